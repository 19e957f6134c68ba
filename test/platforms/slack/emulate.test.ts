/** A second opinion: messages, files and scopes before a stand-in that others wrote. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createEmulator } from 'emulate';
import type { Emulator } from 'emulate';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createDownloader } from '../../../src/chat/download.ts';
import { silentLog } from '../../../src/kit/log.ts';
import { slackPlatform } from '../../../src/platforms/slack/index.ts';
import { slackManifest } from '../../../src/platforms/slack/manifest.ts';
import { COMMANDS, DONE, KEY, PNG, PROGRESS } from './scripted.ts';

const TOKEN = 'xoxb-emulated';
const BOT = { bot_id: 'B00DREAM0', bot_user_id: 'U00DREAM0' };
const { scopes } = (slackManifest([]) as { oauth_config: { scopes: { bot: string[] } } })
  .oauth_config;

let emulator: Emulator;

beforeAll(async () => {
  const app = { client_id: '1.2', app_id: 'A00DREAM0', name: 'dream', bot_name: 'dream', ...BOT };
  emulator = await createEmulator({
    service: 'slack',
    port: await freePort(),
    seed: {
      slack: {
        oauth_apps: [{ ...app, client_secret: 'secret', scopes: scopes.bot }],
        tokens: [{ token: TOKEN, user: BOT.bot_user_id, scopes: scopes.bot, ...BOT }],
        strict_scopes: true,
      },
    },
  });
});

afterAll(() => emulator.close());

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

interface EmulatedFile {
  readonly id: string;
  readonly name: string;
  readonly alt_txt?: string;
  readonly url_private: string;
  readonly shares: { readonly public: Readonly<Record<string, readonly { thread_ts?: string }[]>> };
}

async function call<Answer>(method: string, args: Record<string, string>): Promise<Answer> {
  const response = await fetch(`${emulator.url}/api/${method}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${TOKEN}` },
    body: new URLSearchParams(args),
  });
  return response.json() as Promise<Answer>;
}

it('progress becomes an answer, its picture one file in the thread, which can be fetched', async () => {
  const { host } = new URL(emulator.url);
  const downloader = createDownloader({ trustedHosts: [host] });
  const platform = slackPlatform({
    botToken: TOKEN,
    apiUrl: `${emulator.url}/api/`,
    commands: COMMANDS,
    log: silentLog,
    download: downloader.download,
  });
  const channel = 'C000000001';
  const person = 'U000000001';
  const nowhere = { team: 'T000000001', channel, thread: null, message: null, person };
  const address = await platform.show(nowhere, PROGRESS);
  const delivery = { key: KEY, again: false, person };
  await platform.deliver(address, DONE, delivery);
  await platform.deliver(address, DONE, { ...delivery, again: true });

  const { files } = await call<{ files: EmulatedFile[] }>('files.list', {});
  expect(files).toMatchObject([{ name: `dream-${KEY}.png`, alt_txt: 'A dog of pagodas' }]);
  const [file] = files;
  expect(file!.shares.public[channel]).toMatchObject([{ thread_ts: address['message'] }]);
  const picture = { reference: JSON.stringify({ id: file!.id, url: file!.url_private }), name: '' };
  const { signal } = new AbortController();
  expect(new Uint8Array(await platform.fetch(picture, signal))).toEqual(PNG);
  await downloader.close();
});
