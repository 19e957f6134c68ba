/** Files that are no pictures: only for the commands that ask for one, within a limit of their own. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Snapshot } from '../../../src/platforms/web/wire.ts';
import { takesFile } from '../../../src/platforms/web/file-lines.ts';
import { commandsOnWire } from '../../../src/platforms/web/snapshot.ts';
import { temporaryFolder } from '../../helpers/folder.ts';
import { memoryShelf } from '../../helpers/memory-shelf.ts';
import {
  FILE_COMMAND,
  listeningChat,
  SAMPLE_COMMANDS,
  ScriptedHandler,
} from '../../helpers/web-chat.ts';
import type { RunningChat } from '../../helpers/web-chat.ts';
import { openTab, streamEvents } from '../../helpers/web-tab.ts';
import type { Tab } from '../../helpers/web-tab.ts';

const commands = [...SAMPLE_COMMANDS, FILE_COMMAND];
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
