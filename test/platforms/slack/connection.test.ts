/** Coming, staying and leaving. */
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Platform } from '../../../src/chat/platform.ts';
import type { DreamError } from '../../../src/kit/errors.ts';
import { silentLog } from '../../../src/kit/log.ts';
import { slackPlatform } from '../../../src/platforms/slack/index.ts';
import { slackHarness } from '../../helpers/slack-harness.ts';
import type { SlackHarness } from '../../helpers/slack-harness.ts';
import { BOT_TOKEN } from '../../helpers/slack-server.ts';
import { COMMANDS, scripted } from './scripted.ts';

let harness: SlackHarness;

beforeEach(async () => {
  harness = await slackHarness(COMMANDS);
});

afterEach(() => harness.close());

describe('a login that fails', () => {
  async function failure(platform: Platform): Promise<DreamError> {
    const error: unknown = await platform.start(scripted()).then(
      () => null,
      (reason: unknown) => reason,
    );
    expect(platform.ready()).toBe(false);
    expect(error).toMatchObject({ name: 'DreamError', code: 'login-failed' });
    return error as DreamError;
  }

  it('names the bot token', async () => {
    const { message, hint } = await failure(await harness.connect({ botToken: 'xoxb-wrong' }));
    expect(message).toBe('Slack refuses SLACK_BOT_TOKEN: invalid_auth');
    expect(hint).toContain('xoxb-…');
  });

  it('names the app token', async () => {
    const { message, hint } = await failure(await harness.connect({ appToken: 'xapp-wrong' }));
    expect(message).toBe('Slack refuses SLACK_APP_TOKEN: invalid_auth');
    expect(hint).toContain('connections:write');
  });

  it('names the app token where the other one is in its place', async () => {
    const { message } = await failure(await harness.connect({ appToken: BOT_TOKEN }));
    expect(message).toBe('Slack refuses SLACK_APP_TOKEN: not_allowed_token_type');
  });

  it('names the app token where it lacks its scope', async () => {
    const body = { ok: false, error: 'missing_scope' };
    harness.server.faults.push({ method: 'apps.connections.open', status: 200, body });
    const { message } = await failure(await harness.connect());
    expect(message).toBe('Slack refuses SLACK_APP_TOKEN: missing_scope');
  });

  it('says where Slack cannot be reached', async () => {
    const { message } = await failure(await harness.connect({ apiUrl: 'http://127.0.0.1:1/api/' }));
    expect(message).toContain('Slack cannot be reached');
  });

  it('wants a token for the socket, or a secret for requests', async () => {
    const { apiUrl } = harness.server;
    const { message } = await failure(
      slackPlatform({
        ...{ botToken: BOT_TOKEN, apiUrl, commands: COMMANDS, log: silentLog },
        download: () => Promise.reject(new Error('nothing is downloaded')),
      }),
    );
    expect(message).toBe('Slack needs SLACK_APP_TOKEN beside SLACK_BOT_TOKEN');
  });
});

describe('a connection that breaks', () => {
  it.each(['cut', 'announced'] as const)('%s is made again', async (how) => {
    const platform = await harness.connect({ socketTimeout: 400 });
    const handler = scripted();
    await platform.start(handler);
    const { workspace, socket } = harness.server;
    socket.drop(how);
    await workspace.until(() => socket.sockets.size === 0);
    await workspace.until(() => socket.sockets.size === 1);
    await harness.people.slash('bob', '/layers');
    await handler.heard(1);
    expect(platform.ready()).toBe(true);
  });

  it('is made again also where Slack is away meanwhile', async () => {
    const platform = await harness.connect({ socketTimeout: 400 });
    const handler = scripted();
    await platform.start(handler);
    const { workspace, socket, faults } = harness.server;
    faults.push({ method: 'apps.connections.open', status: 0 });
    socket.drop('cut');
    await workspace.until(() => socket.sockets.size === 0);
    await workspace.until(() => socket.sockets.size === 1);
    await harness.people.slash('bob', '/layers');
    await handler.heard(1);
    expect(faults).toEqual([]);
  });
});

describe('a connection that cannot be made again', () => {
  it('is said, and ends nothing else', async () => {
    const lost = 'the connection to Slack is lost';
    let told: () => void = () => undefined;
    const said = new Promise<void>((resolve) => (told = resolve));
    const error = (_: object, message: string): void => {
      if (message === lost) told();
    };
    const log = { ...silentLog, error };
    const platform = await harness.connect({ socketTimeout: 400, log });
    await platform.start(scripted());
    const body = { ok: false, error: 'account_inactive' };
    harness.server.faults.push({ method: 'apps.connections.open', status: 200, body });
    harness.server.socket.drop('cut');
    await said;
    expect(platform.ready()).toBe(false);
  });

  it('since the platform is stopped meanwhile, ends nothing else', async () => {
    const platform = await harness.connect({ socketTimeout: 400 });
    await platform.start(scripted());
    const { workspace, socket, faults } = harness.server;
    const opened = (): boolean => harness.server.callsOf('apps.connections.open').length === 2;
    faults.push({ method: 'apps.connections.open', status: 500, afterwards: true });
    socket.drop('cut');
    await workspace.until(opened);
    await platform.stop();
    expect(platform.ready()).toBe(false);
  });
});

describe('a stop', () => {
  it('waits for what is under way, and takes no more', async () => {
    const platform = await harness.connect();
    let finish: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (finish = resolve));
    const handler = scripted(async ({ responder }) => {
      await held;
      await responder.reply({ text: 'mixed5' });
    });
    await platform.start(handler);
    await harness.people.slash('bob', '/layers');
    await handler.heard(1);
    const stopped = platform.stop();
    expect(platform.ready()).toBe(false);
    finish();
    await stopped;
    expect(harness.messages('bob')).toMatchObject([{ text: 'mixed5' }]);
    const { workspace, socket } = harness.server;
    await workspace.until(() => socket.sockets.size === 0);
  });

  it('before a start is nothing', async () => {
    const platform = await harness.connect();
    await platform.stop();
    expect(platform.ready()).toBe(false);
  });
});

it('what goes wrong is logged without tokens, and said to the person', async () => {
  const lines: string[] = [];
  const note = (fields: object, message: string): void => {
    lines.push(`${inspect(fields)} ${message}`);
  };
  const log = { debug: note, info: note, warn: note, error: note };
  const platform = await harness.connect({ log });
  await platform.start(scripted(() => Promise.reject(new Error('a defect'))));
  harness.server.faults.push({ method: 'users.info', status: 500 });
  await harness.people.slash('bob', '/layers');
  await platform.stop();
  const all = lines.join('\n');
  expect(all).toContain('taken for no admin');
  expect(all).toContain('a defect');
  expect(all).not.toMatch(/xoxb-stand-in|xapp-stand-in/);
  expect(harness.messages('bob')).toMatchObject([{ private: true }]);
});
