/** Coming, staying and leaving. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Platform } from '../../../src/chat/platform.ts';
import type { DreamError } from '../../../src/kit/errors.ts';
import { silentLog } from '../../../src/kit/log.ts';
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

  it('wants a token for the socket or a secret for requests', async () => {
    const { appToken: _, ...rest } = { appToken: undefined };
    const options = { ...rest };
    const platform = await harness.connect(options);
    expect(platform.ready()).toBe(false);
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
    await workspace.until(() => !platform.ready() || socket.sockets.size > 0);
    await workspace.until(() => socket.sockets.size === 1);
    await harness.people.slash('bob', '/layers');
    expect(platform.ready()).toBe(true);
    expect(handler.events).toHaveLength(1);
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
    expect(faults).toEqual([]);
    expect(handler.events).toHaveLength(1);
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
    await harness.server.workspace.until(() => handler.events.length === 1);
    const stopped = platform.stop();
    expect(platform.ready()).toBe(false);
    finish();
    await stopped;
    expect(harness.messages('bob')).toMatchObject([{ text: 'mixed5' }]);
    expect(harness.server.socket.sockets.size).toBe(0);
  });

  it('before a start is nothing', async () => {
    const platform = await harness.connect();
    await platform.stop();
    expect(platform.ready()).toBe(false);
  });
});

it('what goes wrong is logged without tokens', async () => {
  const lines: string[] = [];
  const note = (fields: unknown, message: string): void => {
    lines.push(`${JSON.stringify(fields)} ${message}`);
  };
  const log = { ...silentLog, debug: note, info: note, warn: note, error: note };
  const platform = await harness.connect({ log });
  const handler = scripted(() => Promise.reject(new Error(`broken: ${BOT_TOKEN}`)));
  await platform.start(handler);
  await harness.people.slash('bob', '/layers');
  await platform.stop();
  expect(lines.join('\n')).toContain('an event of Slack failed');
  expect(lines.join('\n')).not.toContain(BOT_TOKEN);
});
