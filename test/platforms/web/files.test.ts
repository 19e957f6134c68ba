/** Files that are no pictures: only for the commands that ask for one, within a limit of their own. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Attachment } from '../../../src/chat/option.ts';
import type { Snapshot } from '../../../src/platforms/web/wire.ts';
import { fileOptions, placesOf, takesFile } from '../../../src/platforms/web/file-lines.ts';
import { commandsOnWire } from '../../../src/platforms/web/snapshot.ts';
import { temporaryFolder } from '../../helpers/folder.ts';
import { memoryShelf } from '../../helpers/memory-shelf.ts';
import { noisyJpeg } from '../../helpers/pictures.ts';
import {
  FILE_COMMAND,
  listeningChat,
  PAIR_COMMAND,
  SAMPLE_COMMANDS,
  ScriptedHandler,
} from '../../helpers/web-chat.ts';
import type { RunningChat } from '../../helpers/web-chat.ts';
import { openTab, streamEvents } from '../../helpers/web-tab.ts';
import type { Tab } from '../../helpers/web-tab.ts';

const commands = [...SAMPLE_COMMANDS, FILE_COMMAND, PAIR_COMMAND];
const handler = new ScriptedHandler();
const uploadsDir = temporaryFolder();

let chat: RunningChat;
let tab: Tab;

beforeAll(async () => {
  chat = await listeningChat({
    ...{ commands, shelf: memoryShelf(), uploadsDir, maxPicture: 1000, maxFile: 3000 },
    pictures: { read: () => Promise.reject(new Error('missing')) },
  });
  await chat.platform.start(handler);
  tab = openTab(chat.url, {}, () => undefined);
  await tab.ready;
});

afterAll(async () => {
  tab.close();
  await chat.close();
});

describe('a file', () => {
  it('comes with the command that takes it, and can be fetched', async () => {
    const bytes = new Uint8Array(2500).fill(7);
    await tab.send('/box add', bytes);
    const [event] = handler.events;
    if (event?.kind !== 'command') throw new Error('no command came');
    expect(event).toMatchObject({ command: 'box', subcommand: 'add' });
    await expect.poll(() => tab.messages().at(0)).toMatchObject({ file: 'picture.png' });
    const file = event.values['file'];
    if (typeof file !== 'object') throw new Error('no file came');
    expect(file.size).toBe(2500);
    const fetched = await chat.platform.fetch(file, new AbortController().signal, 3000);
    expect(Buffer.compare(fetched, bytes)).toBe(0);
  });

  it.each([
    ['/box add', 3001],
    ['/dream', 1001],
    ['', 1001],
    ['/box list', 1001],
  ])('is refused where it is too large: %j, %i bytes', async (line, size) => {
    await expect(tab.send(line, new Uint8Array(size))).rejects.toThrow(/^413: .*is larger than/);
    expect(handler.events).toHaveLength(1);
  });

  it('is of no use to a command that takes none', async () => {
    await expect(tab.send('/box list', new Uint8Array(10))).resolves.toMatchObject({
      understood: false,
    });
  });
});

describe('two pictures', () => {
  const bytes = (picture: unknown): Promise<Uint8Array> =>
    chat.platform.fetch(picture as Attachment, new AbortController().signal);

  it('each go to the option that they are for, and are both shown', async () => {
    const [one, other] = await Promise.all([noisyJpeg(8, 6), noisyJpeg(8, 6, 2)]);
    await tab.send('/pair', one, other);
    const event = handler.events.at(-1);
    if (event?.kind !== 'command') throw new Error('no command came');
    expect(await bytes(event.values['picture'])).toEqual(one);
    expect(await bytes(event.values['mask'])).toEqual(other);
    const shown = () => tab.messages().find(({ text }) => text === '/pair');
    await expect.poll(shown).toMatchObject({ beside: { name: 'mask.png' } });
    const sources = [shown()!.picture!.source, shown()!.beside!.source];
    expect(new Set(sources).size).toBe(2);
    for (const source of sources) expect((await tab.get(source)).status).toBe(200);
  });

  it('are one too many for a command that takes one', async () => {
    const before = handler.events.length;
    const picture = await noisyJpeg(8, 6);
    await expect(tab.send('/dream', picture, picture)).resolves.toMatchObject({
      understood: false,
    });
    expect(handler.events).toHaveLength(before);
    const answer = () => tab.messages().some(({ text }) => /dream takes one file/.test(text));
    await expect.poll(answer).toBe(true);
  });

  it('find their places also where they were added before the command', () => {
    const wire = commandsOnWire(commands);
    expect(fileOptions('/pair x', wire)).toEqual(['picture', 'mask']);
    expect(fileOptions('/box add', wire)).toEqual(['file']);
    for (const line of ['', '/', '/queue', '/dream']) {
      expect(fileOptions(line, wire)).toEqual(['picture']);
    }
    expect(placesOf(['mask', 'picture'], ['picture', 'mask'])).toEqual(['mask', 'picture']);
    expect(placesOf(['mask'], ['picture', 'mask'])).toEqual(['mask']);
    expect(placesOf(['picture', 'picture'], ['picture', 'mask'])).toEqual(['picture', 'mask']);
    expect(placesOf(['picture'], ['file'])).toEqual(['file']);
    expect(placesOf(['picture', 'mask'], ['file'])).toEqual(['file', undefined]);
    expect(placesOf(['__proto__'], [])).toEqual([undefined]);
  });
});

it('the page knows which lines take a file, and how large it may be', async () => {
  const wire = commandsOnWire(commands);
  expect(takesFile('/box add name:x', wire)).toBe(true);
  expect(takesFile(' /BOX  Add', wire)).toBe(true);
  for (const line of ['/box', '/box list', '/dream', 'box add', '']) {
    expect(takesFile(line, wire)).toBe(false);
  }
  const closing = new AbortController();
  for await (const { event, data } of streamEvents(chat.url, {}, closing.signal)) {
    if (event !== 'snapshot') continue;
    expect(data as Snapshot).toMatchObject({ maxPicture: 1000, maxFile: 3000 });
    break;
  }
  closing.abort();
});
