/** What the people who run the bot see of it, and what its log must never say. */
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, describe, expect, it } from 'vitest';
import { DiscordServer } from '../helpers/discord-server.ts';
import { TOKEN } from '../helpers/discord-world.ts';
import { temporaryFolder } from '../helpers/folder.ts';
import { SlackPeople } from '../helpers/slack-people.ts';
import { APP_TOKEN, BOT_TOKEN, SlackServer } from '../helpers/slack-server.ts';
import { killAll, startBotProcess } from './bot-process.ts';
import { ask, called, until, variablesFor } from './discord-account.ts';

const folder = temporaryFolder();

afterEach(killAll);

/** Of pictures: the first bytes of a PNG, as text, as numbers, in base64. */
const PICTURE_BYTES = [/\x89PNG/, /137, ?80, ?78, ?71/, /iVBORw0KGgo/, /\ufffdPNG/];

describe('the operations page and the log of a whole session', () => {
  it('tell how the bot is, and no secrets', async () => {
    const discord = await DiscordServer.start();
    const slack = await new SlackServer().start();
    const people = new SlackPeople(slack);
    const photo = await sharp('examples/clouds.png').resize(120).png().toBuffer();
    const bot = startBotProcess(join(folder, 'session'), {
      ...variablesFor(discord),
      ...{ SLACK_BOT_TOKEN: BOT_TOKEN, SLACK_APP_TOKEN: APP_TOKEN },
      ...{ SLACK_API_URL: slack.apiUrl, WEB_CHAT: 'on' },
      PICTURE_HOSTS: `${new URL(discord.origin).host},${slack.host}`,
    });
    const url = await bot.up;
    const get = async (path: string): Promise<{ status: number; text: string }> => {
      const response = await fetch(`${url}${path}`);
      return { status: response.status, text: await response.text() };
    };
    expect(await get('/healthz')).toMatchObject({ status: 200 });
    const connections = { discord: true, slack: true, web: true };
    const ready = await get('/readyz');
    expect(ready.status).toBe(200);
    expect(JSON.parse(ready.text)).toEqual({ ok: true, connections });

    // Whatever goes wrong is in the log with its circumstances.
    discord.fail({ on: /@original$/, with: 'drop' });
    discord.fail({ on: /@original$/, with: { status: 400, body: { code: 50_035 } }, times: 2 });
    discord.fail({ on: /callback$/, with: { status: 404, body: { code: 10_062 } } });
    const answered = called(discord, /messages$/, /again:/);
    ask(discord, 'ann', { steps: 2, size: 120, picture: photo });
    await answered;
    // No picture is there any more.
    const refused = ask(discord, 'bob', { steps: 2, size: 120, picture: photo });
    discord.world.files.clear();
    await bot.logged(({ msg, state }) => msg === 'delivered' && state === 'failed');
    expect(refused.answer).toBeDefined();
    slack.faults.push({ status: 0 }, { status: 500 });
    const file = { name: 'photo.png', bytes: photo };
    const line = 'dream layer:mixed0 octaves:1 steps:2 size:120';
    await people.mention('ann', line, { files: [file] });
    const isOurs = (each: Readonly<Record<string, unknown>>): boolean =>
      each['msg'] === 'delivered';
    await bot.logged(() => bot.log.filter(isOurs).length === 3);

    const { text: metrics } = await get('/metrics');
    for (const name of [
      'dream_render_seconds_count 2',
      'dream_wait_seconds_count 2',
      'dream_orders_total 2',
      'dream_failures_total{code="fetch-failed"} 1',
      'dream_queue_waiting 0',
      'dream_queue_rendering 0',
      'process_resident_memory_bytes ',
      'nodejs_eventloop_lag_seconds ',
    ]) {
      expect(metrics).toContain(name);
    }

    discord.gateway.drop(4004);
    await bot.logged(({ msg }) => /closed the connection for good/.test(String(msg)));
    const down = await get('/readyz');
    expect(down.status).toBe(503);
    expect(JSON.parse(down.text)).toEqual({
      ok: false,
      connections: { ...connections, discord: false },
    });
    await until(discord, () => !discord.gateway.connected);
    bot.signal('SIGTERM');
    expect(await bot.ended).toEqual({ code: 0, signal: null });

    const output = bot.output();
    const tokens = [...discord.world.interactions.values()].map(({ token }) => token);
    for (const secret of [TOKEN, BOT_TOKEN, APP_TOKEN, ...tokens, 'hm=abcdef', 'is=67000000']) {
      expect(output).not.toContain(secret);
    }
    for (const bytes of PICTURE_BYTES) expect(output).not.toMatch(bytes);
    await Promise.all([discord.close(), slack.close()]);
  }, 120_000);
});
