/** How the bot ends: asked to, asked twice, or for a reason that it can name. */
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { DatabaseLock } from '../../src/studio/store/postgres-lock.ts';
import { DiscordServer } from '../helpers/discord-server.ts';
import { temporaryFolder } from '../helpers/folder.ts';
import { breakLock, postgres, startPostgres, untilWaitedFor } from '../helpers/postgres.ts';
import { gone } from '../helpers/run-bot.ts';
import { TestLog } from '../helpers/studio.ts';
import { killAll, startBotProcess } from './bot-process.ts';
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
const PATIENCE = 120_000;

afterEach(killAll);

describe('a bot that is told to stop', () => {
  it(
    'hands back what is not rendered, also where Discord does not answer',
    async () => {
      const server = await DiscordServer.start();
      const home = join(folder, 'stop');
      const variables = { ...variablesFor(server), STOP_SECONDS: '1' };
      let bot = startBotProcess(home, variables);
      await bot.up;
      // Nobody answers the first message about progress: the stop does not wait for it.
      server.fail({ on: /@original$/, with: 'hang' });
      const asked = [
        ask(server, 'ann', { steps: 20, size: 160 }),
        ask(server, 'bob', { steps: 2, size: 128 }),
      ];
      await until(server, () => asked.every(({ answer }) => answer));
      await bot.logged(({ msg }) => msg === 'render begun');
      bot.signal('SIGTERM');
      expect(await bot.ended).toEqual({ code: 0, signal: null });
      for (const pid of bot.renderProcesses()) await gone(pid);
      const orders = await ordersIn(join(home, 'data'));
      expect(orders.map(({ state }) => state)).toEqual(['queued', 'queued']);

      bot = startBotProcess(home, variables);
      await until(server, () => orders.every(({ id }) => finalAnswers(server, id).length > 0));
      bot.signal('SIGINT');
      expect(await bot.ended).toEqual({ code: 0, signal: null });
      expect(audit(server, await ordersIn(join(home, 'data')))).toEqual([]);
      await server.close();
    },
    PATIENCE,
  );

  it(
    'ends at once where it is told so twice',
    async () => {
      const server = await DiscordServer.start();
      const home = join(folder, 'twice');
      const bot = startBotProcess(home, { ...variablesFor(server), STOP_SECONDS: '600' });
      await bot.up;
      const rendering = called(server, /@original$/, /%/);
      ask(server, 'ann', { steps: 100, size: 1024 });
      await rendering;
      bot.signal('SIGTERM');
      await bot.logged(({ msg }) => msg === 'stopping');
      bot.signal('SIGTERM');
      expect(await bot.ended).toEqual({ code: 130, signal: null });
      for (const pid of bot.renderProcesses()) await gone(pid);
      await server.close();
    },
    PATIENCE,
  );
});

describe('a bot that is not up yet', () => {
  it(
    'ends where it is told to',
    async () => {
      const server = await DiscordServer.start();
      // Nobody answers: the start would wait.
      server.fail({ on: /gateway\/bot/, with: 'hang' });
      const connecting = called(server, /gateway\/bot/);
      const bot = startBotProcess(join(folder, 'starting'), variablesFor(server));
      await connecting;
      bot.signal('SIGTERM');
      expect(await bot.ended).toEqual({ code: 0, signal: null });
      expect(bot.log.at(-1)).toMatchObject({ msg: 'stopping', signal: 'SIGTERM' });
      await server.close();
    },
    PATIENCE,
  );
});

describe('a defect that nobody catches', () => {
  it(
    'ends the bot, and the log says which, without what it carries',
    async () => {
      const defect = "Object.assign(new Error('lost'), { url: 'https://x/secret-token' })";
      const script = `process.on('SIGUSR2', () => void Promise.reject(${defect}))`;
      const loaded = `data:text/javascript;base64,${Buffer.from(script).toString('base64')}`;
      const bot = startBotProcess(join(folder, 'defect'), { NODE_OPTIONS: `--import=${loaded}` });
      await bot.up;
      bot.signal('SIGUSR2');
      expect(await bot.ended).toEqual({ code: 1, signal: null });
      expect(bot.log.at(-1)).toMatchObject({ level: 50, msg: 'the bot ends' });
      expect(bot.output()).toContain('Error: lost');
      expect(bot.output()).not.toContain('secret-token');
    },
    PATIENCE,
  );
});

if ('missing' in postgres) {
  it.skip(`a bot whose database another one has taken ends (${postgres.missing})`, () => undefined);
} else {
  describe('a bot whose database another one has taken', () => {
    it(
      'ends, and says why and what to do',
      async () => {
        const databases = await startPostgres();
        const url = await databases.create();
        const bot = startBotProcess(join(folder, 'taken'), { DATABASE_URL: url });
        await bot.up;
        const other = DatabaseLock.take(url, new TestLog());
        await untilWaitedFor(url);
        await breakLock(url);
        expect(await bot.ended).toEqual({ code: 1, signal: null });
        expect(bot.output()).toMatch(/^dream: the database is used by another .*\nStop that one/m);
        await (await other).release();
        await databases.stop();
      },
      PATIENCE,
    );
  });
}

describe('a bot that cannot start', () => {
  it(
    'ends with 2 where its settings cannot be',
    async () => {
      const mounted = join(folder, 'mounted');
      mkdirSync(join(mounted, '.env'), { recursive: true });
      const bots = [
        [startBotProcess(mounted, {}), /^dream: '.*\.env' is a folder, .*\nRemove it, or .*\n$/],
        [startBotProcess(join(folder, 'wrong'), { PORT: 'eighty' }), /^dream: PORT: expected /],
      ] as const;
      for (const [bot, words] of bots) {
        expect(await bot.ended).toEqual({ code: 2, signal: null });
        expect(bot.output()).toMatch(words);
      }
    },
    PATIENCE,
  );

  it(
    'says why in a line, and what to do in another',
    async () => {
      const server = await DiscordServer.start();
      const absent = await DiscordServer.start();
      const taken = createServer();
      await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
      const { port } = taken.address() as AddressInfo;
      const first = startBotProcess(join(folder, 'first'), { WEB_CHAT: 'on' });
      await first.up;
      const cases: readonly (readonly [RegExp, string, Readonly<Record<string, string>>])[] = [
        [/^dream: the data folder .* another bot that is running\nStop that one/, 'first', {}],
        [/^dream: the port \d+ on 127\.0\.0\.1 is in use\nSet PORT/, 'port', { PORT: `${port}` }],
        [/^dream: HOST is '192\.0\.2\.1', which is no address/, 'host', { HOST: '192.0.2.1' }],
        [
          /^dream: Discord does not take the token in DISCORD_TOKEN\nCopy it again/,
          'token',
          { ...variablesFor(server), DISCORD_TOKEN: 'not.the.token' },
        ],
        [
          /^dream: Discord cannot be reached \(ECONNREFUSED\)\nIs this machine/,
          'unreachable',
          { DISCORD_TOKEN: 'a.b.c', DISCORD_API_URL: absent.apiUrl },
        ],
      ];
      await absent.close();
      const starts = cases.map(async ([words, name, variables]) => {
        const bot = startBotProcess(join(folder, name), { LOG_LEVEL: 'silent', ...variables });
        expect(await bot.ended).toEqual({ code: 1, signal: null });
        expect(bot.output()).toMatch(words);
        expect(bot.output().trim().split('\n')).toHaveLength(2);
      });
      await Promise.all(starts);
      taken.close();
      await server.close();
    },
    PATIENCE,
  );
});
