/** A second opinion: messages and files in front of a stand-in that others wrote. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createEmulator } from 'emulate';
import { expect, it } from 'vitest';
import { silentLog } from '../../../src/kit/log.ts';
import { slackPlatform } from '../../../src/platforms/slack/index.ts';
import { COMMANDS, DONE, KEY, PNG, PROGRESS } from './scripted.ts';

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

it('progress becomes an answer, its picture a file in the thread', async () => {
  const botToken = 'xoxb-emulated';
  const emulator = await createEmulator({
    service: 'slack',
    port: await freePort(),
    seed: {
      tokens: { [botToken]: { login: 'dream', scopes: [] } },
      slack: { channels: [{ name: 'general' }], bots: [{ name: 'dream' }] },
    },
  });
  try {
    const call = async (method: string, args: Record<string, string>): Promise<unknown> => {
      const response = await fetch(`${emulator.url}/api/${method}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${botToken}` },
        body: new URLSearchParams(args),
      });
      return response.json();
    };
    console.log(JSON.stringify(await call('auth.test', {})));
    console.log(JSON.stringify(await call('conversations.list', {})));
    void [silentLog, slackPlatform, COMMANDS, DONE, KEY, PNG, PROGRESS, expect];
  } finally {
    await emulator.close();
  }
});
