/** What was acknowledged is there after the bot was killed, once. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/kit/random.ts';
import { openDatabase } from '../../src/studio/store/database.ts';
import { OrderStore } from '../../src/studio/store/orders.ts';
import { temporaryFolder } from '../helpers/folder.ts';
import { gone, runBot } from '../helpers/run-bot.ts';
import {
  attachment,
  newOrder,
  openStudio,
  steps,
  TestLog,
  until,
  updatesOf,
} from '../helpers/studio.ts';

const folder = temporaryFolder();

describe('a bot that is killed', () => {
  it('has every order that it acknowledged, and none twice', async () => {
    const path = join(folder, 'submitting');
    const random = seededRandom(3);
    const acknowledged = new Map<string, string>();
    for (let round = 0; round < 3; round++) {
      const bot = runBot('submitting-bot.ts', path);
      // It goes on while it is told to die: where it is then is anyone's guess.
      let left = acknowledged.size + random.integer(1, 40);
      for await (const line of bot.lines) {
        const [id, event] = [line.slice(0, 12), line.slice(13)];
        // The same event again is the same order, also for the next process.
        expect(acknowledged.get(event) ?? id).toBe(id);
        acknowledged.set(event, id);
        left -= 1;
        if (left === 0) void bot.kill();
      }
      await bot.kill();
      const { studio } = await openStudio(path);
      const stored = await studio.undelivered();
      await studio.close(0);
      const events = stored.map(({ event }) => event);
      expect(new Set(events).size).toBe(events.length);
      const found = new Map(stored.map(({ event, id }) => [event, id]));
      for (const [event, id] of acknowledged) expect(found.get(event)).toBe(id);
    }
    expect(acknowledged.size).toBeGreaterThan(10);
  });

  it('goes on with what it was rendering, and leaves no process behind', async () => {
    const path = join(folder, 'rendering');
    const bot = runBot('rendering-bot.ts', path);
    const { value: line } = (await bot.lines.next()) as { value: string };
    const [id, pid] = line.split(' ') as [string, string];
    await bot.kill();
    // Nobody told it: it sees that its bot is gone.
    await gone(Number(pid));
    const { studio } = await openStudio(path);
    expect(await studio.order(id)).toMatchObject({ state: 'rendering' });
    await studio.recover();
    await until(studio, id, steps);
    expect(await studio.cancel(id)).toBe(true);
    await studio.close(0);
  });

  it('gives up an order that it went down with again and again', async () => {
    const path = join(folder, 'fatal');
    const { studio: first } = await openStudio(path);
    const { id } = await first.submit(newOrder({ source: attachment }));
    await first.close(0);
    const database = await openDatabase(path, new TestLog());
    const store = new OrderStore(database.tables);
    await store.change(id, ['received'], { state: 'rendering', interruptions: 2 });
    await database.close();
    const { studio } = await openStudio(path);
    await studio.recover();
    expect(await updatesOf(studio, id)).toEqual([{ state: 'failed' }]);
    expect(await studio.order(id)).toMatchObject({ failure: { code: 'render-crashed' } });
    await studio.close(0);
  });
});
