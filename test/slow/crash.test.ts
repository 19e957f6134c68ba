/** The real bot, killed at sixty random moments of its life: nothing is lost, nothing comes twice. */
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import sharp from 'sharp';
import { afterEach, describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/kit/random.ts';
import { DiscordServer } from '../helpers/discord-server.ts';
import { temporaryFolder } from '../helpers/folder.ts';
import { gone } from '../helpers/run-bot.ts';
import { killAll, startBotProcess } from '../main/bot-process.ts';
import type { BotProcess } from '../main/bot-process.ts';
import {
  ask,
  audit,
  finalAnswers,
  ordersIn,
  until,
  variablesFor,
} from '../main/discord-account.ts';

const folder = temporaryFolder();
const KILLS = Number(process.env['KILLS'] ?? 60);
const SEED = Number(process.env['SEED'] ?? 7);

afterEach(killAll);

describe(`a bot that is killed ${KILLS} times`, () => {
  it('delivers every dream that it accepted exactly once, where it was asked', async () => {
    const server = await DiscordServer.start();
    const home = join(folder, 'bot');
    const random = seededRandom(SEED);
    const picture = await sharp('examples/clouds.png').resize(120).png().toBuffer();
    const bots: BotProcess[] = [];
    const start = (): BotProcess => {
      const bot = startBotProcess(home, variablesFor(server));
      bots.push(bot);
      return bot;
    };
    for (let kill = 0; kill < KILLS; kill++) {
      const bot = start();
      const isUp = await bot.up.then(() => true);
      const wishes = random.integer(1, 3);
      for (let wish = 0; isUp && wish < wishes; wish++) {
        const who = random.uniform() < 0.5 ? 'ann' : 'bob';
        const [steps, size] = [random.integer(2, 10), random.integer(116, 128)];
        ask(server, who, { steps, size, ...(random.uniform() < 0.5 ? { picture } : {}) });
      }
      // Every tenth gets no further than its start.
      if (kill % 10 === 9) {
        const next = (await bot.kill(), start());
        await after(1500 * random.uniform());
        await next.kill();
        continue;
      }
      await after(4000 * random.uniform());
      await bot.kill();
    }
    const orders = await ordersIn(join(home, 'data'));
    const bot = start();
    await until(server, () => orders.every(({ id }) => finalAnswers(server, id).length > 0));
    await bot.up;
    bot.signal('SIGTERM');
    expect(await bot.ended).toEqual({ code: 0, signal: null });
    const ended = await ordersIn(join(home, 'data'));
    const failed = ended.flatMap(({ failure }) => failure ?? []);
    console.log(
      `${KILLS} kills: ${server.world.interactions.size} asked, ${ended.length} accepted, ${ended.length - failed.length} dreamed, ${failed.length} told why not: ${failed.join(' ')}`,
    );
    expect(audit(server, ended)).toEqual([]);
    expect(orders.length).toBeGreaterThan(KILLS / 2);
    for (const pid of bots.flatMap((each) => each.renderProcesses())) await gone(pid);
    await server.close();
  });
});
