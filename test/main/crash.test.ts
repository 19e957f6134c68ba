/** The real bot, killed at the moments that matter: nothing is lost, and nothing comes twice. */
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { DiscordServer } from '../helpers/discord-server.ts';
import { temporaryFolder } from '../helpers/folder.ts';
import { gone } from '../helpers/run-bot.ts';
import { killAll, startBotProcess } from './bot-process.ts';
import type { BotProcess } from './bot-process.ts';
import {
  ask,
  audit,
  called,
  finalAnswers,
  ordersIn,
  until,
  variablesFor,
} from './discord-account.ts';

const folder = temporaryFolder();
let photo: Uint8Array;

beforeAll(async () => {
  photo = await sharp('examples/clouds.png').resize(120).png().toBuffer();
});

afterEach(killAll);

describe('a bot on Discord that is killed', () => {
  it('delivers every dream that it accepted exactly once, where it was asked', async () => {
    const server = await DiscordServer.start();
    const home = join(folder, 'discord');
    const bots: BotProcess[] = [];
    const start = async (): Promise<BotProcess> => {
      const bot = startBotProcess(home, variablesFor(server));
      bots.push(bot);
      await bot.up;
      return bot;
    };

    // One is being rendered, one waits, one is fetched, and of one Discord has not heard yet.
    let release = (): void => undefined;
    server.cdnDelay = new Promise((resolve) => (release = resolve));
    let bot = await start();
    const rendering = called(server, /@original$/, /%/);
    const asked = [
      ask(server, 'bob', { steps: 40, size: 160 }),
      ask(server, 'ann', { steps: 2, size: 128 }),
      ask(server, 'bob', { steps: 2, size: 120, picture: photo }),
    ];
    await until(server, () => asked.every(({ answer }) => answer));
    await rendering;
    server.fail({ on: /callback$/, with: 'drop' });
    const unheard = called(server, /callback$/);
    asked.push(ask(server, 'ann', { steps: 2, size: 120, picture: photo }));
    await unheard;
    await bot.kill();
    expect(asked.at(-1)?.answer).toBeUndefined();
    release();

    // An answer is on its way when the power goes; then one arrives, and nobody learns of it.
    for (const how of ['drop', 'drop-after'] as const) {
      server.fail({ on: /@original$|messages$/, saying: /again:/, with: how });
      const answering = called(server, /@original$|messages$/, /again:/);
      bot = await start();
      await answering;
      await bot.kill();
    }

    const orders = await ordersIn(join(home, 'data'));
    expect(orders).toHaveLength(asked.length);
    bot = await start();
    await until(server, () => orders.every(({ id }) => finalAnswers(server, id).length > 0));
    bot.signal('SIGTERM');
    expect(await bot.ended).toEqual({ code: 0, signal: null });
    expect(audit(server, await ordersIn(join(home, 'data')))).toEqual([]);
    for (const pid of bots.flatMap((each) => each.renderProcesses())) await gone(pid);
    await server.close();
  }, 120_000);
});
