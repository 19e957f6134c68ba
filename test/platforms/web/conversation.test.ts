/** The messages that a web chat keeps. */
import { describe, expect, it } from 'vitest';
import { Conversation } from '../../../src/platforms/web/conversation.ts';
import type { Entry } from '../../../src/platforms/web/conversation.ts';
import { Forgotten } from '../../../src/platforms/web/forgotten.ts';
import { Previews } from '../../../src/platforms/web/pictures.ts';
import { Room } from '../../../src/platforms/web/room.ts';
import { UploadSpace } from '../../../src/platforms/web/upload-space.ts';
import { Uploads } from '../../../src/platforms/web/uploads.ts';
import { temporaryFolder } from '../../helpers/folder.ts';
import { memoryShelf } from '../../helpers/memory-shelf.ts';

const KEPT = 300;
const PROGRESS = { text: 'Under way', progress: { fraction: 0.5, eta: null } };

function entryOf(id: string): Entry {
  const message = { id, author: null, text: id, at: 0, private: false };
  return { message, audience: null, uploads: [`upload of ${id}`] };
}

function opened() {
  const dropped: (string | undefined)[] = [];
  const shelf = memoryShelf();
  const conversation = new Conversation(shelf, ({ uploads = [] }) => {
    dropped.push(...uploads);
    return Promise.resolve();
  });
  const kept = async (): Promise<number> => (await shelf.list('web-messages')).length;
  return { conversation, dropped, kept, shelf };
}

async function full() {
  const chat = opened();
  const ids = Array.from({ length: KEPT }, () => chat.conversation.newId());
  for (const id of ids) await chat.conversation.put(entryOf(id));
  return { ...chat, ids };
}

describe('a conversation', () => {
  it('reads messages that were kept when each had one file at most', async () => {
    const { conversation, shelf } = opened();
    const { message, audience } = entryOf(conversation.newId());
    await shelf.put('web-messages', message.id, { message, audience, upload: 'abc' });
    await conversation.load();
    expect(conversation.get(message.id)).toMatchObject({ message, uploads: ['abc'] });
  });

  it('drops each old message once, however many come at the same time', async () => {
    const { conversation, dropped, ids, kept } = await full();
    const more = Array.from({ length: 5 }, () => conversation.newId());
    await Promise.all(more.map((id) => conversation.put(entryOf(id))));
    expect(conversation.entries()).toHaveLength(KEPT);
    expect(await kept()).toBe(KEPT);
    expect(dropped).toEqual(ids.slice(0, 5).map((id) => `upload of ${id}`));
  });

  it('is not woken by the progress of a message that it has dropped', async () => {
    const { conversation, ids, shelf } = await full();
    const parts = {
      forgotten: new Forgotten(shelf),
      previews: new Previews(),
      pictures: { read: () => Promise.reject(new Error()) },
    };
    const uploads = new Uploads(temporaryFolder());
    const space = new UploadSpace({ uploads, conversation, most: 1000 });
    const room = new Room({ conversation, ...parts, space, onRemoved: () => undefined });
    await conversation.put(entryOf(conversation.newId()));
    const before = conversation.revision;
    const address = { message: ids[0]!, name: 'Ann' };
    expect(await room.say(address, PROGRESS)).toEqual(address);
    expect(conversation.revision).toBe(before);
    expect(conversation.get(ids[0]!)).toBeUndefined();
  });
});
