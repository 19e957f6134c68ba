/** Pictures that people attached, fetched from Slack. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Platform } from '../../../src/chat/platform.ts';
import { slackHarness } from '../../helpers/slack-harness.ts';
import type { SlackHarness } from '../../helpers/slack-harness.ts';
import { BOT_TOKEN } from '../../helpers/slack-server.ts';
import type { SlackFile } from '../../helpers/slack-workspace.ts';
import { COMMANDS, PNG } from './scripted.ts';

let harness: SlackHarness;
let platform: Platform;
let file: SlackFile;

const { signal } = new AbortController();

beforeEach(async () => {
  harness = await slackHarness(COMMANDS);
  platform = await harness.connect();
  file = harness.server.workspace.addFile({ name: 'photo.png', user: 'UANN00001', bytes: PNG });
});

afterEach(() => harness.close());

function at(path: string): { reference: string; name: string } {
  const url = path.startsWith('http') ? path : `${harness.server.base}${path}`;
  return { reference: JSON.stringify({ id: file.id, url }), name: file.name };
}

it('comes with the bot’s token, without a login', async () => {
  const picture = at(`/files-pri/T0000001-${file.id}/download/photo.png`);
  expect(new Uint8Array(await platform.fetch(picture, signal))).toEqual(PNG);
  expect(harness.server.calls).toEqual([]);
});

it('comes from its new address where the old one has gone', async () => {
  const picture = at('/files-pri/T0000001-FGONE/photo.png');
  expect(new Uint8Array(await platform.fetch(picture, signal))).toEqual(PNG);
  expect(harness.server.callsOf('files.info')).toEqual([{ file: file.id }]);
});

it('that was removed is said so', async () => {
  harness.server.workspace.files.clear();
  await expect(platform.fetch(at('/files-pri/T0000001-FGONE/a.png'), signal)).rejects.toMatchObject(
    {
      code: 'fetch-failed',
      message: 'the file can no longer be had from Slack (file_not_found)',
    },
  );
});

it('that needs a scope which is missing is said so', async () => {
  const picture = at(`/files-pri/T0000001-${file.id}/photo.png`);
  harness.server.scopes = harness.server.scopes.filter((scope) => scope !== 'files:read');
  const failure = platform.fetch(picture, signal);
  await expect(failure).rejects.toMatchObject({ code: 'fetch-failed' });
  await expect(failure).rejects.toThrow(/missing_scope|sign in/);
});

it('never takes the token to another host', async () => {
  const elsewhere = harness.server.base.replace('127.0.0.1', 'localhost');
  const picture = at(`${elsewhere}/files-pri/T0000001-${file.id}/photo.png`);
  // Its own address is looked up, and is a good one.
  expect(new Uint8Array(await platform.fetch(picture, signal))).toEqual(PNG);
  expect(harness.server.callsOf('files.info')).toHaveLength(1);
});

it('comes without the token from a host that is not Slack’s', async () => {
  const asked: unknown[] = [];
  const other = await harness.connect({
    pictureHosts: ['pictures.example'],
    download: (url, { headers }) => {
      asked.push({ url, headers });
      return Promise.resolve(PNG);
    },
  });
  const [linked, own] = ['https://pictures.example/a.png', 'https://files.slack.com/a.png'];
  for (const url of [linked, own]) await other.fetch(at(url), signal);
  expect(asked).toEqual([
    { url: linked, headers: {} },
    { url: own, headers: { authorization: `Bearer ${BOT_TOKEN}` } },
  ]);
});

it('that is too large is refused', async () => {
  const picture = at(`/files-pri/T0000001-${file.id}/photo.png`);
  const strict = await harness.connect({ maxPictureBytes: 5 });
  await expect(strict.fetch(picture, signal)).rejects.toMatchObject({ code: 'picture-too-large' });
});
