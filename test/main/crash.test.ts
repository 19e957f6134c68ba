/** The real bot, killed at the moments that matter: nothing is lost, and nothing comes twice. */
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { DiscordServer } from '../helpers/discord-server.ts';
import { temporaryFolder } from '../helpers/folder.ts';
import { gone } from '../helpers/run-bot.ts';
import { SlackPeople } from '../helpers/slack-people.ts';
import { APP_TOKEN, BOT_TOKEN, SlackServer } from '../helpers/slack-server.ts';
import { BOT } from '../helpers/slack-workspace.ts';
import { openTab } from '../helpers/web-tab.ts';
import type { Tab } from '../helpers/web-tab.ts';
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

    // One is being rendered (long enough that it is told how far it is), one waits, one is fetched, and of one Discord has not heard yet.
    let release = (): void => undefined;
    server.cdnDelay = new Promise((resolve) => (release = resolve));
    let bot = await start();
    const rendering = called(server, /@original$/, /%/);
    const asked = [
      ask(server, 'bob', { steps: 100, size: 224 }),
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
  }, 300_000);
});

describe('a bot on Slack and on its own page that is killed', () => {
  it('delivers what it accepted exactly once, with the pictures that were sent', async () => {
    const server = await new SlackServer().start();
    const { workspace } = server;
    const people = new SlackPeople(server);
    const home = join(folder, 'slack');
    const variables = {
      ...{ SLACK_BOT_TOKEN: BOT_TOKEN, SLACK_APP_TOKEN: APP_TOKEN, WEB_CHAT: 'on' },
      ...{ SLACK_API_URL: server.apiUrl, PICTURE_HOSTS: server.host },
    };
    const line = 'dream layer:mixed0 octaves:1 steps:2 size:120';
    let bot = startBotProcess(home, variables);
    const url = await bot.up;
    // The picture reaches Slack, the receipt does not reach the bot.
    const uploading = 'files.completeUploadExternal';
    server.faults.push({ method: uploading, status: 0, afterwards: true });
    await people.mention('ann', line, { files: [{ name: 'photo.png', bytes: photo }] });
    const sending = openTab(url, {}, () => undefined);
    await sending.ready;
    expect(await sending.send(`/${line}`, photo)).toMatchObject({ understood: true });
    sending.close();
    await workspace.until(() => server.callsOf(uploading).length > 0);
    await bot.kill();

    const orders = await ordersIn(join(home, 'data'));
    expect(orders).toHaveLength(2);
    bot = startBotProcess(home, variables);
    let told = (): void => undefined;
    const tab: Tab = openTab(await bot.up, {}, () => {
      told();
    });
    const open = orders.filter(({ state }) => state !== 'delivered').length;
    await bot.logged(() => bot.log.filter(({ msg }) => msg === 'delivered').length === open);
    const onPage = (): string[] =>
      tab.messages().map((message) => JSON.stringify(message.buttons ?? []));
    const inSlack = workspace.messages.map(({ blocks }) => JSON.stringify(blocks));
    while (!onPage().some((buttons) => buttons.includes('again:'))) {
      await new Promise<void>((resolve) => (told = resolve));
    }
    for (const { id } of orders) {
      const answers = [...inSlack, ...onPage()].filter((text) => text.includes(`again:${id}`));
      expect(answers).toHaveLength(1);
    }
    expect(
      workspace.messages.filter(({ files, user }) => files.length > 0 && user === BOT.user),
    ).toHaveLength(1);
    const sent = tab.messages().find(({ author }) => author !== null);
    const upload = await tab.get(sent!.picture!.source);
    expect(Buffer.from(await upload.arrayBuffer()).equals(Buffer.from(photo))).toBe(true);
    tab.close();
    bot.signal('SIGTERM');
    expect(await bot.ended).toEqual({ code: 0, signal: null });
    expect((await ordersIn(join(home, 'data'))).map(({ state }) => state)).toEqual([
      'delivered',
      'delivered',
    ]);
    expect(workspace.violations).toEqual([]);
    await server.close();
  }, 300_000);
});
