/** The files that the chat keeps: how many, which go first, and which have to stay. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Attachment } from '../../../src/chat/option.ts';
import type { Inbound } from '../../../src/chat/inbound.ts';
import { temporaryFolder } from '../../helpers/folder.ts';
import { memoryShelf } from '../../helpers/memory-shelf.ts';
import { noisyJpeg } from '../../helpers/pictures.ts';
import {
  listeningChat,
  PAIR_COMMAND,
  SAMPLE_COMMANDS,
  ScriptedHandler,
} from '../../helpers/web-chat.ts';
import type { RunningChat } from '../../helpers/web-chat.ts';
import { openTab } from '../../helpers/web-tab.ts';
import type { Tab } from '../../helpers/web-tab.ts';

const MOST = 10_000;
const home = temporaryFolder();

let chat: RunningChat;
let tab: Tab;
let handler: ScriptedHandler;
let shelf = memoryShelf();
let folder: string;
let photo: Buffer;
let runs = 0;

beforeEach(async () => {
  shelf = memoryShelf();
  folder = join(home, `${runs++}`);
  photo = await noisyJpeg(60, 40);
  await start();
});

afterEach(stop);

async function start(): Promise<void> {
  handler = new ScriptedHandler();
  handler.onEvent = ({ responder }) => responder.reply({ text: 'done' });
  chat = await listeningChat({
    ...{
      commands: [...SAMPLE_COMMANDS, PAIR_COMMAND],
      shelf,
      uploadsDir: folder,
      maxUploads: MOST,
    },
    pictures: { read: () => Promise.reject(new Error('missing')) },
  });
  await chat.platform.start(handler);
  tab = openTab(chat.url, {}, () => undefined);
  await tab.ready;
}

async function stop(): Promise<void> {
  tab.close();
  await chat.close();
}

/** The picture, with so many bytes after its end. */
const padded = (bytes: number): Buffer =>
  Buffer.concat([photo, Buffer.alloc(bytes - photo.length)]);

const kept = async (): Promise<number> => (await readdir(folder)).length;

function pictureOf(event: Inbound | undefined): Attachment {
  if (event?.kind !== 'command') throw new Error('no command came');
  return event.values['picture'] as Attachment;
}

const fetched = (event: Inbound | undefined): Promise<Uint8Array> =>
  chat.platform.fetch(pictureOf(event), new AbortController().signal);

it('the oldest that nothing needs any more makes room, and its message says so', async () => {
  for (let index = 0; index < 4; index++) await tab.send('/dream', padded(4000));
  expect(await kept()).toBe(2);
  const [first, , third, fourth] = handler.events;
  await expect(fetched(first)).rejects.toMatchObject({ code: 'fetch-failed' });
  expect(await fetched(third)).toHaveLength(4000);
  expect(await fetched(fourth)).toHaveLength(4000);
  await expect
    .poll(() => tab.messages().find(({ gone }) => gone))
    .toMatchObject({ text: '/dream' });
  const sent = tab.messages().filter(({ author }) => author);
  expect(sent.map(({ gone, picture }) => [gone !== undefined, picture !== undefined])).toEqual([
    [true, false],
    [true, false],
    [false, true],
    [false, true],
  ]);
});

it('what an accepted order needs stays, also after a restart; what comes is refused', async () => {
  handler.onEvent = ({ responder }) => responder.acknowledge();
  await tab.send('/dream', padded(6000));
  const [waiting] = handler.events;
  await expect(tab.send('/dream', padded(6000))).rejects.toThrow(/^507: .*no room/);
  await stop();
  await start();
  await expect(tab.send('/dream', padded(6000))).rejects.toThrow(/^507/);
  expect(await fetched(waiting)).toHaveLength(6000);
  await chat.platform.deliver(
    waiting!.address,
    { text: 'the dream' },
    {
      ...{ key: 'abc', again: false, person: 'you' },
    },
  );
  await tab.send('/dream', padded(6000));
  expect(await kept()).toBe(1);
});

it('nothing is removed for a file that would not fit all the same', async () => {
  await tab.send('/dream', padded(4000));
  await expect(tab.send('/dream', padded(MOST + 1))).rejects.toThrow(/^507/);
  expect(await fetched(handler.events[0])).toHaveLength(4000);
});

it('two that come together do not share the same room', async () => {
  handler.onEvent = ({ responder }) => responder.acknowledge();
  const both = await Promise.allSettled([
    tab.send('/dream', padded(6000)),
    tab.send('/dream', padded(6000)),
  ]);
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(await kept()).toBe(1);
});

it('a second try by a button needs the picture again', async () => {
  const cancelled = { text: 'cancelled', buttons: [{ action: 'again:abc', label: 'Try again' }] };
  handler.onEvent = ({ responder }) => responder.reply(cancelled);
  await tab.send('/dream', padded(6000));
  handler.onEvent = ({ responder }) => responder.acknowledge();
  const answer = () => tab.messages().find(({ buttons }) => buttons);
  await expect.poll(answer).toBeDefined();
  await tab.press(answer()!.id, 'again:abc');
  await expect(tab.send('/dream', padded(6000))).rejects.toThrow(/^507/);
});

it('two that came together are kept and removed together', async () => {
  await tab.send('/pair', padded(4000), padded(4000));
  expect(await kept()).toBe(2);
  await expect(tab.send('/pair', padded(4000), padded(7000))).rejects.toThrow(/^507/);
  expect(await kept()).toBe(2);
  await tab.send('/dream', padded(4000));
  expect(await kept()).toBe(1);
  await expect
    .poll(() => tab.messages().find(({ gone }) => gone))
    .toMatchObject({ text: '/pair', gone: 'picture.png, mask.png' });
});
