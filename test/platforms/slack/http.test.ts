/** Events as requests to a server of ours, in place of the socket. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Platform } from '../../../src/chat/platform.ts';
import { slackPlatform } from '../../../src/platforms/slack/index.ts';
import { slackHarness } from '../../helpers/slack-harness.ts';
import type { SlackHarness } from '../../helpers/slack-harness.ts';
import { eventPayload, httpLine, signedRequest } from '../../helpers/slack-lines.ts';
import type { Json } from '../../helpers/slack-workspace.ts';
import { BOT_TOKEN } from '../../helpers/slack-server.ts';
import { silentLog } from '../../../src/kit/log.ts';
import { COMMANDS, DONE, PNG, dreaming, scripted } from './scripted.ts';
import type { Scripted } from './scripted.ts';

const secret = 'a-signing-secret';

let harness: SlackHarness;
let platform: Platform;
let handler: Scripted;
let url: string;

/** The platform says its port to nobody: Slack is told it by hand. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function platformAt(port: number): Platform {
  return slackPlatform({
    botToken: BOT_TOKEN,
    http: { signingSecret: secret, port, host: '127.0.0.1' },
    apiUrl: harness.server.apiUrl,
    commands: COMMANDS,
    log: silentLog,
    download: () => Promise.resolve(PNG),
  });
}

/** Somebody else may have taken the port meanwhile: then another one is tried. */
async function start(tries = 3): Promise<void> {
  const port = await freePort();
  url = `http://127.0.0.1:${port}/slack/events`;
  platform = platformAt(port);
  await platform.start(handler).catch((error: unknown) => {
    if (tries === 1) throw error;
    return start(tries - 1);
  });
}

beforeEach(async () => {
  harness = await slackHarness(COMMANDS);
  handler = scripted(dreaming(() => platform));
  await start();
  harness.people.line = httpLine(harness.server.workspace, { url, secret });
});

afterEach(async () => {
  await platform.stop();
  await harness.close();
});

it('carries a dream from the form to the picture', async () => {
  expect(platform.ready()).toBe(true);
  await harness.people.slash('bob', '/dream layer:mixed5');
  const form = await harness.people.form('bob');
  handler.completions = ['mixed5'];
  expect(await harness.people.suggest('bob', form, 'layer', '')).toEqual(['mixed5']);
  expect(await harness.people.submit('bob', form, {})).toHaveProperty('picture');
  await harness.people.submit('bob', form, { picture: { name: 'photo.png', bytes: PNG } });
  const answer = await harness.server.workspace.until(() =>
    harness.messages('bob').find(({ buttons }) => buttons.length > 1),
  );
  expect(answer).toMatchObject({ text: DONE.text, alt: 'A dog of pagodas' });
  await harness.press('bob', answer, answer.buttons[0]!.action);
  await handler.heard(2);
  await platform.stop();
  expect(platform.ready()).toBe(false);
  platform = await harness.connect();
});

it('says so where its port is taken', async () => {
  const other = platformAt(Number(new URL(url).port));
  await expect(other.start(handler)).rejects.toMatchObject({
    code: 'login-failed',
    message: expect.stringMatching(/^the port \d+ for Slack's events is in use$/) as string,
    hint: expect.stringContaining('SLACK_PORT') as string,
  });
  expect(other.ready()).toBe(false);
});

describe('a request', () => {
  let event: Json;

  beforeEach(() => {
    const { user, text, ts, channel } = harness.people.say('bob', 'layers');
    event = eventPayload({ type: 'app_mention', user, text, ts, channel }, 1);
  });

  it('that Slack has signed is taken, once', async () => {
    expect((await signedRequest('events_api', event, { url, secret })).status).toBe(200);
    expect((await signedRequest('events_api', event, { url, secret })).status).toBe(200);
    await harness.people.slash('bob', '/contest list');
    await handler.heard(2);
    expect(handler.events).toMatchObject([{ command: 'layers' }, { command: 'contest' }]);
  });

  it.each([
    ['with another signature', { secret: 'another-secret' }],
    ['of yesterday', { timestamp: Math.floor(Date.now() / 1000) - 24 * 3600 }],
    ['of six minutes ago', { timestamp: Math.floor(Date.now() / 1000) - 360 }],
  ])('%s is refused', async (_, more) => {
    const { status } = await signedRequest('events_api', event, { url, secret, ...more });
    expect(status).toBe(401);
    expect(handler.events).toEqual([]);
  });
});
