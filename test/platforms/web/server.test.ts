/** The server of the web chat over real HTTP: what it refuses, keeps, resumes and never sends. */
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { request } from 'undici';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CommandEvent, Person } from '../../../src/chat/inbound.ts';
import type { Attachment } from '../../../src/chat/option.ts';
import type { Outbound, OutboundPicture } from '../../../src/chat/outbound.ts';
import { Undeliverable } from '../../../src/chat/platform.ts';
import { DreamError } from '../../../src/kit/errors.ts';
import type { Accepted, Snapshot, WireMessage } from '../../../src/platforms/web/wire.ts';
import type { Address } from '../../../src/studio/order.ts';
import { temporaryFolder } from '../../helpers/folder.ts';
import { memoryShelf } from '../../helpers/memory-shelf.ts';
import { noisyJpeg } from '../../helpers/pictures.ts';
import { TestLog } from '../../helpers/studio.ts';
import { listeningChat, SAMPLE_COMMANDS, ScriptedHandler } from '../../helpers/web-chat.ts';
import type { RunningChat } from '../../helpers/web-chat.ts';
import { openTab, streamEvents } from '../../helpers/web-tab.ts';
import type { StreamEvent, Tab } from '../../helpers/web-tab.ts';

const ORDER = 'abcdef012345';
const LIMIT = 64 * 1024;
const KEY = { key: ORDER, again: false, person: 'you' };

let chat: RunningChat;
let handler: ScriptedHandler;
let log: TestLog;
let shelf = memoryShelf();
let folder: string;
let photo: Buffer;
let stored: Map<string, Uint8Array>;
let tabs: Tab[] = [];

async function start(people?: () => Person | null): Promise<void> {
  handler = new ScriptedHandler();
  log = new TestLog();
  chat = await listeningChat({
    ...{ commands: SAMPLE_COMMANDS, shelf, uploadsDir: folder, maxPicture: LIMIT },
    ...{ hosts: ['dreams.example'], log },
    pictures: {
      read: (id) => {
        const bytes = stored.get(id);
        return bytes ? Promise.resolve(bytes) : Promise.reject(new Error('missing'));
      },
    },
    ...(people ? { people } : {}),
  });
  await chat.platform.start(handler);
}

async function restart(): Promise<void> {
  await chat.close();
  await start();
}

async function tab(): Promise<Tab> {
  const opened = openTab(chat.url, {}, () => undefined);
  tabs.push(opened);
  await opened.ready;
  return opened;
}

async function snapshot(): Promise<Snapshot> {
  const [event] = await firstEvents(1);
  return event!.data as Snapshot;
}

/** The first so many events of a stream of its own. */
async function firstEvents(count: number, last?: string): Promise<StreamEvent[]> {
  const events: StreamEvent[] = [];
  const controller = new AbortController();
  const headers = last === undefined ? {} : { 'last-event-id': last };
  for await (const event of streamEvents(chat.url, headers, controller.signal)) {
    events.push(event);
    if (events.length === count) break;
  }
  controller.abort();
  return events;
}

function keptPicture(id: string): OutboundPicture {
  return {
    ...{ name: 'dream', alt: 'A dream', spoiler: false, id: `${id}/result` },
    beforeId: `${id}/source`,
    fileWithin: () => Promise.reject(new Error('a kept picture is shown from the store')),
  };
}

function preview(bytes: Uint8Array): OutboundPicture {
  const file = { bytes, name: 'preview.jpg', contentType: 'image/jpeg' } as const;
  return {
    ...{ name: 'preview', alt: 'Under way', spoiler: false, id: null },
    fileWithin: () => Promise.resolve(file),
  };
}

const nowhere = temporaryFolder();
let count = 0;

beforeEach(async () => {
  shelf = memoryShelf();
  folder = join(nowhere, `uploads-${count++}`);
  photo = await noisyJpeg(60, 40);
  stored = new Map([
    [`${ORDER}/result`, photo],
    [`${ORDER}/source`, photo],
  ]);
  await start();
});

afterEach(async () => {
  for (const opened of tabs) opened.close();
  tabs = [];
  await chat.close();
});

describe('who may talk to it', () => {
  async function status(
    path: string,
    headers: Record<string, string>,
    method: 'GET' | 'POST' = 'GET',
  ): Promise<number> {
    const response = await request(`${chat.url}${path}`, { method, headers });
    response.body.destroy();
    response.body.on('error', () => undefined);
    return response.statusCode;
  }

  it('is known under its own names alone', async () => {
    expect(await status('/', { host: '127.0.0.1:1234' })).toBe(200);
    expect(await status('/', { host: 'localhost' })).toBe(200);
    expect(await status('/', { host: '[::1]:80' })).toBe(200);
    expect(await status('/', { host: 'dreams.example' })).toBe(200);
    expect(await status('/', { host: 'evil.example' })).toBe(421);
    expect(await status('/', { host: 'localhost.evil.example' })).toBe(421);
    expect(await status('/api/events', { host: 'evil.example' })).toBe(421);
    expect(await status(`/pictures/${ORDER}/result`, { host: 'evil.example' })).toBe(421);
  });

  it('says why, as JSON', async () => {
    const response = await request(chat.url, { headers: { host: 'evil.example' } });
    const body = (await response.body.json()) as { message: string; hint: string };
    expect(body.message).toContain('evil.example');
    expect(body.hint).toContain('127.0.0.1');
  });

  it('lets no other site read', async () => {
    for (const path of ['/api/events', `/pictures/${ORDER}/result`, '/api/completions']) {
      expect(await status(path, { 'sec-fetch-site': 'cross-site' })).toBe(403);
      // Another port of this machine is another site too.
      expect(await status(path, { 'sec-fetch-site': 'same-site' })).toBe(403);
      expect(await status(path, { origin: 'http://evil.example' })).toBe(403);
    }
    expect(await status(`/pictures/${ORDER}/result`, { 'sec-fetch-site': 'none' })).toBe(200);
    expect(await status('/', { 'sec-fetch-site': 'cross-site' })).toBe(200);
  });

  it('lets no other site change anything, nor anybody who does not say where from', async () => {
    const bad: Record<string, string>[] = [
      {},
      { origin: 'http://evil.example' },
      { origin: 'null' },
      { origin: `${chat.url}.evil.example` },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'none' },
      { origin: chat.url, 'sec-fetch-site': 'same-site' },
    ];
    for (const headers of bad) {
      expect(await status('/api/messages', headers, 'POST')).toBe(403);
      expect(await status('/api/actions', headers, 'POST')).toBe(403);
    }
    // Past the guard: there is nothing in it.
    expect(await status('/api/messages', { origin: chat.url }, 'POST')).toBe(415);
    expect(await status('/api/messages', { 'sec-fetch-site': 'same-origin' }, 'POST')).toBe(415);
    expect(handler.events).toEqual([]);
  });

  it('sends headers that keep scripts and frames out', async () => {
    const { headers } = await fetch(chat.url);
    const policy = headers.get('content-security-policy')!;
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe-inline');
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
  });

  it('turns strangers away', async () => {
    await chat.close();
    await start(() => null);
    expect(await status('/api/events', {})).toBe(401);
    expect(await status(`/pictures/${ORDER}/result`, {})).toBe(401);
  });
});

/** The same event at each call, as a page sends it again that has heard no answer. */
async function sendAsOne(text: string, picture?: Buffer): Promise<Accepted> {
  const form = new FormData();
  form.set('event', 'a1b2c3d4e5f6');
  form.set('text', text);
  if (picture) form.set('picture', new Blob([Buffer.from(picture)]), 'photo.jpg');
  const options = { method: 'POST', headers: { origin: chat.url }, body: form };
  return (await (await fetch(`${chat.url}/api/messages`, options)).json()) as Accepted;
}

describe('lines', () => {
  it('become commands', async () => {
    const accepted = await (await tab()).send('/dream layer:mixed5 octaves:3');
    expect(accepted.understood).toBe(true);
    expect(handler.events).toHaveLength(1);
    expect(handler.events[0]).toMatchObject({
      kind: 'command',
      command: 'dream',
      values: { layer: 'mixed5', octaves: '3' },
      person: { id: 'you', admin: true },
    });
  });

  it('with a picture alone ask for what is offered on pictures', async () => {
    await (await tab()).send('', photo);
    expect(handler.events[0]).toMatchObject({ command: 'dream', values: { picture: {} } });
  });

  it('that are no commands are answered in private, with a hint', async () => {
    const opened = await tab();
    expect((await opened.send('hello')).understood).toBe(false);
    expect((await opened.send('/draem')).understood).toBe(false);
    expect((await opened.send('/queue', photo)).understood).toBe(false);
    const { messages } = await snapshot();
    const answers = messages.filter(({ author }) => author === null);
    expect(answers.map(({ private: alone, tone }) => [alone, tone])).toEqual(
      Array(3).fill([true, 'problem']),
    );
    expect(answers[1]!.text).toContain('/dream');
    expect(answers[2]!.text).toContain('takes no file');
    expect(handler.events).toEqual([]);
  });

  it('that are refused come back for a correction, where there is something to correct', async () => {
    const opened = await tab();
    handler.onEvent = ({ responder }) =>
      responder.reply({ text: 'No.', tone: 'problem' }, { private: true });
    expect((await opened.send('/dream layer:mixd5')).understood).toBe(false);
    expect((await opened.send('/dream', photo)).understood).toBe(false);
    expect((await opened.send('/queue')).understood).toBe(true);
    handler.onEvent = ({ responder }) => responder.reply({ text: 'Yes.' });
    expect((await opened.send('/dream layer:mixed5')).understood).toBe(true);
  });

  it('sent twice are one', async () => {
    const send = () => sendAsOne('/queue');
    const first = await send();
    expect((await send()).message).toBe(first.message);
    expect(handler.events).toHaveLength(1);
  });

  it('sent twice at once are one, and both are told so', async () => {
    const send = () => sendAsOne('/dream', photo);
    const answers = await Promise.all([send(), send(), send()]);
    expect(answers).toEqual([answers[0], answers[0], answers[0]]);
    expect((await snapshot()).messages).toHaveLength(1);
    expect(handler.events).toHaveLength(1);
    expect(await readdir(folder)).toHaveLength(1);
  });

  it('sent again after a crash are asked for again, and said once', async () => {
    const send = () => sendAsOne('/dream', photo);
    const first = await send();
    const [before] = handler.events as CommandEvent[];
    await restart();
    // The bot cannot know how far it came: the same event is the same order.
    expect((await send()).message).toBe(first.message);
    const [after] = handler.events as CommandEvent[];
    expect(after).toMatchObject({ id: 'a1b2c3d4e5f6', values: before!.values });
    expect((await snapshot()).messages).toHaveLength(1);
    expect(await readdir(folder)).toHaveLength(1);
  });

  it('that meet a defect are told no more than that; the log is', async () => {
    const defect = new Error('/srv/dream/secret');
    handler.onEvent = () => Promise.reject(defect);
    const form = new FormData();
    form.set('text', '/dream');
    const options = { method: 'POST', headers: { origin: chat.url }, body: form };
    const response = await fetch(`${chat.url}/api/messages`, options);
    expect(response.status).toBe(500);
    expect(await response.json()).toEqual({ message: 'Something went wrong on our side.' });
    expect(log.of('a request failed')).toEqual([{ err: defect, route: '/api/messages' }]);
  });

  it('are limited', async () => {
    const opened = await tab();
    await expect(opened.send('x'.repeat(2001))).rejects.toThrow(/413.*characters/);
    await expect(opened.send('')).rejects.toThrow('400');
    await expect(opened.send('', Buffer.alloc(LIMIT + 1))).rejects.toThrow(/413.*larger/);
    await expect(opened.send('', Buffer.alloc(20 * LIMIT))).rejects.toThrow('413');
    expect(await readdir(folder)).toEqual([]);
    expect((await snapshot()).messages).toEqual([]);
  });

  it('stay text, whatever stands in them', async () => {
    const line = '<img src=x onerror=alert(1)> </script>';
    await (await tab()).send(line);
    expect((await snapshot()).messages[0]!.text).toBe(line);
    expect(await (await fetch(chat.url)).text()).not.toContain('onerror');
  });
});

describe('pictures', () => {
  async function sentPicture(): Promise<Attachment> {
    await (await tab()).send('/dream', photo);
    const [event] = handler.events;
    return (event as CommandEvent).values['picture'] as Attachment;
  }

  const { signal } = new AbortController();

  it('that were sent can be fetched, also after a restart', async () => {
    const attachment = await sentPicture();
    expect(Buffer.from(await chat.platform.fetch(attachment, signal)).equals(photo)).toBe(true);
    await restart();
    expect(Buffer.from(await chat.platform.fetch(attachment, signal)).equals(photo)).toBe(true);
  });

  it('are fetched by a name of ours alone', async () => {
    await writeFile(join(nowhere, 'secret'), 'secret');
    for (const reference of ['../secret', join(nowhere, 'secret'), '', 'a'.repeat(32)]) {
      const fetched = chat.platform.fetch({ name: 'x', reference }, signal);
      await expect(fetched).rejects.toThrow(DreamError);
    }
  });

  it('that no message has any more are removed at the start', async () => {
    const { reference } = await sentPicture();
    await writeFile(join(folder, 'f'.repeat(32)), 'left over');
    await writeFile(join(folder, `${'e'.repeat(32)}.part`), 'half');
    await restart();
    expect(await readdir(folder)).toEqual([reference]);
  });

  it('are sent by the ids of the store, for ever the same', async () => {
    const { status, headers } = await fetch(`${chat.url}/pictures/${ORDER}/result`);
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('image/jpeg');
    expect(headers.get('cache-control')).toContain('immutable');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });

  it.each(['..%2f..%2fetc%2fpasswd', `${ORDER}/recipe`, ORDER, `${ORDER}/result/x`, '%00/result'])(
    'are not sent for %s',
    async (id) => {
      expect((await fetch(`${chat.url}/pictures/${id}`)).status).toBe(404);
    },
  );

  it('are pictures, or are not sent', async () => {
    stored.set(`${ORDER}/result`, Buffer.from('<script>alert(1)</script>'));
    expect((await fetch(`${chat.url}/pictures/${ORDER}/result`)).status).toBe(404);
    const opened = await tab();
    await opened.send('/dream', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'));
    const [name] = await readdir(folder);
    expect((await opened.get(`/uploads/${name!}`)).status).toBe(404);
  });

  it('under way are kept in memory, and gone with the result', async () => {
    const address = { message: '0mwabcdef' };
    const progress = { fraction: 0.5, eta: 3 };
    const opened = await tab();
    await chat.platform.show(address, { text: 'half', progress, picture: preview(photo) });
    const [shown] = (await snapshot()).messages;
    expect(shown!.picture).toMatchObject({ preview: true, width: 60, height: 40 });
    const { source } = shown!.picture!;
    expect((await opened.get(source)).headers.get('content-type')).toBe('image/jpeg');
    // The same picture again needs no new name.
    await chat.platform.show(address, { text: 'more', progress, picture: preview(photo) });
    expect((await snapshot()).messages[0]!.picture!.source).toBe(source);
    await chat.platform.deliver(address, { text: 'done', picture: keptPicture(ORDER) }, KEY);
    expect((await opened.get(source)).status).toBe(404);
    expect((await snapshot()).messages[0]!.picture).toMatchObject({
      source: `/pictures/${ORDER}/result`,
      before: `/pictures/${ORDER}/source`,
      preview: false,
    });
  });

  it('under way are gone with a message that made room for others', async () => {
    const address = { message: '000000001' };
    const progress = { fraction: 0.5, eta: 3 };
    const opened = await tab();
    await chat.platform.show(address, { text: 'half', progress, picture: preview(photo) });
    const { source } = (await snapshot()).messages[0]!.picture!;
    for (let count = 0; count < 300; count++) {
      const place = { platform: 'web', channel: 'chat' };
      await chat.platform.announce(place, { text: 'x' }, { key: `news-${count}`, again: false });
    }
    await chat.platform.deliver(address, { text: 'done', picture: keptPicture(ORDER) }, KEY);
    expect((await opened.get(source)).status).toBe(404);
  });
});

describe('messages', () => {
  const result: Outbound = {
    text: '**done**',
    buttons: [{ action: `again:${ORDER}`, label: 'Again' }],
    menu: { action: `layer:${ORDER}`, placeholder: '…', choices: [{ value: 'a', label: 'a' }] },
  };

  it('survive a restart', async () => {
    handler.onEvent = ({ responder }) => responder.reply(result);
    await (await tab()).send('/queue');
    const before = await snapshot();
    await restart();
    const after = await snapshot();
    const plain = ({ messages }: Snapshot): unknown =>
      messages.map((message) => ({ ...message, revision: 0 }));
    expect(plain(after)).toEqual(plain(before));
    expect(after.messages.map(({ text }) => text)).toEqual(['/queue', '**done**']);
  });

  it('are edited in place, and delivered once', async () => {
    let address = {};
    handler.onEvent = async ({ responder }) => {
      address = await responder.acknowledge();
    };
    await (await tab()).send('/dream');
    await chat.platform.show(address, { text: '10 %', progress: { fraction: 0.1, eta: 9 } });
    await chat.platform.deliver(address, result, KEY);
    await restart();
    await chat.platform.deliver(address, result, { ...KEY, again: true });
    const { messages } = await snapshot();
    expect(messages.map(({ text }) => text)).toEqual(['/dream', '**done**']);
  });

  it('need an address of the web chat', async () => {
    const delivered = chat.platform.deliver({ channel: 'C1' }, result, KEY);
    await expect(delivered).rejects.toThrow(Undeliverable);
  });

  it('can be pressed while they offer it', async () => {
    handler.onEvent = ({ responder }) => responder.reply(result);
    const opened = await tab();
    await opened.send('/queue');
    const { id } = (await snapshot()).messages[1]!;
    await opened.press(id, `again:${ORDER}`);
    await opened.press(id, `layer:${ORDER}`, 'a');
    expect(handler.events.slice(1)).toMatchObject([
      { kind: 'action', action: `again:${ORDER}` },
      { kind: 'action', action: `layer:${ORDER}`, choice: 'a' },
    ]);
    await expect(opened.press(id, 'again:other')).rejects.toThrow('409');
    await expect(opened.press(id, `layer:${ORDER}`, 'b')).rejects.toThrow('409');
    await expect(opened.press('nothing', `again:${ORDER}`)).rejects.toThrow('409');
  });

  it('that are private are seen, and pressed, by one person', async () => {
    await chat.close();
    let who = 'ann';
    await start(() => ({ id: who, name: who, admin: false }));
    handler.onEvent = ({ responder }) => responder.reply(result, { private: true });
    await (await tab()).send('/queue');
    const { messages } = await snapshot();
    expect(messages.map(({ private: alone }) => alone)).toEqual([false, true]);
    who = 'bob';
    expect((await snapshot()).messages.map(({ text }) => text)).toEqual(['/queue']);
    const pressed = (await tab()).press(messages[1]!.id, `again:${ORDER}`);
    await expect(pressed).rejects.toThrow('409');
  });

  it('that are private are answered in their place, but for problems', async () => {
    const file = { bytes: photo, name: 'sheet.jpg', contentType: 'image/jpeg' } as const;
    const picture = {
      ...{ name: 'sheet', alt: 'A sheet', spoiler: false, id: null },
      fileWithin: () => Promise.resolve(file),
    };
    const buttons = [{ action: 'turn:page', label: 'Next page' }];
    let answer: Outbound = { text: 'page 1', picture, buttons };
    handler.onEvent = ({ responder }) => responder.reply(answer, { private: true });
    const opened = await tab();
    await opened.send('/queue');
    const texts = async () => (await snapshot()).messages.map(({ text }) => text);
    const { id } = (await snapshot()).messages[1]!;
    answer = { ...answer, text: 'page 2' };
    await opened.press(id, 'turn:page');
    expect(await texts()).toEqual(['/queue', 'page 2']);
    // The sheet before has gone.
    expect(await readdir(folder)).toHaveLength(1);
    answer = { text: 'no such page', tone: 'problem' };
    await opened.press(id, 'turn:page');
    expect(await texts()).toEqual(['/queue', 'page 2', 'no such page']);
  });

  it('of whoever is forgotten are gone from every tab, with their files', async () => {
    await chat.close();
    let who = 'ann';
    await start(() => ({ id: who, name: who, admin: false }));
    handler.onEvent = ({ responder }) => responder.reply({ text: `for ${who}` });
    const [first] = await firstEvents(1);
    await (await tab()).send('/dream', photo);
    who = 'bob';
    const other = await tab();
    await other.send('/queue');
    await expect.poll(() => other.messages()).toHaveLength(4);
    who = 'ann';
    handler.onEvent = async ({ responder }) => {
      await responder.forget!();
      await responder.reply({ text: 'forgotten' }, { private: true });
    };
    await (await tab()).send('/queue');
    await expect
      .poll(() => other.messages().map(({ text }) => text))
      .toEqual(['/queue', 'for bob']);
    expect((await firstEvents(1, first!.id))[0]!.event).toBe('snapshot');
    expect((await snapshot()).messages.at(-1)!.text).toBe('forgotten');
    expect(await readdir(folder)).toEqual([]);
    await restart();
    expect((await snapshot()).messages.map(({ text }) => text)).toEqual(['/queue', 'for bob']);
  });

  it('that were on their way to whoever is forgotten are not said any more', async () => {
    const opened = await tab();
    let address: Address = {};
    handler.onEvent = async ({ responder }) => {
      address = await responder.acknowledge();
    };
    await opened.send('/dream');
    handler.onEvent = async ({ responder }) => {
      // Its end may come before, and after.
      await chat.platform.deliver(address, { text: 'cancelled' }, KEY);
      await responder.forget!();
      await responder.reply({ text: 'forgotten' }, { private: true });
    };
    await opened.send('/queue');
    const late = { text: 'late', picture: keptPicture(ORDER) };
    await chat.platform.show(address, { ...late, progress: { fraction: 0.5, eta: null } });
    await chat.platform.deliver(address, late, { ...KEY, key: 'another' });
    const texts = async () => (await snapshot()).messages.map(({ text }) => text);
    expect(await texts()).toEqual(['forgotten']);
    await restart();
    await chat.platform.deliver(address, late, { ...KEY, key: 'another' });
    expect(await texts()).toEqual(['forgotten']);
  });

  it('come after those that are forgotten, whatever the clock has done', async () => {
    await shelf.put('web-forgotten', 'you', 'zzzzzzzz0');
    await restart();
    handler.onEvent = ({ responder }) => responder.reply({ text: 'heard' });
    await (await tab()).send('/queue');
    expect((await snapshot()).messages.map(({ text }) => text)).toEqual(['/queue', 'heard']);
  });

  it('are kept up to a number, with the pictures in them', async () => {
    const opened = await tab();
    await opened.send('/dream', photo);
    expect(await readdir(folder)).toHaveLength(1);
    for (let index = 0; index < 300; index++) {
      const message = `0mw${index.toString(36).padStart(6, 'z')}`;
      await chat.platform.show({ message }, { text: String(index) });
    }
    expect((await snapshot()).messages).toHaveLength(300);
    expect(await shelf.list('web-messages')).toHaveLength(300);
    expect(await readdir(folder)).toEqual([]);
  });

  it('whose place is gone are delivered at the end, to the person by name', async () => {
    let address: Address = {};
    handler.onEvent = async ({ responder }) => {
      address = await responder.acknowledge();
    };
    await (await tab()).send('/dream');
    for (let index = 100; index < 400; index++) {
      await chat.platform.show({ message: `${String(address['message'])}${index}` }, result);
    }
    await chat.platform.deliver(address, { text: 'late' }, KEY);
    await chat.platform.deliver(address, { text: 'late' }, { ...KEY, again: true });
    const texts = (await snapshot()).messages.map(({ text }) => text);
    expect(texts.filter((text) => text.includes('late'))).toEqual(['**You**: late']);
  });
});

describe('the stream', () => {
  const place = (message: string) => ({ message });

  it('goes on where a tab left it', async () => {
    await chat.platform.show(place('0mw000001'), { text: 'one' });
    const [first] = await firstEvents(1);
    await chat.platform.show(place('0mw000002'), { text: 'two' });
    await chat.platform.show(place('0mw000001'), { text: 'one, edited' });
    await chat.platform.show(place('0mw000002'), { text: 'two, edited' });
    const events = await firstEvents(3, first!.id);
    expect(events.map(({ event }) => event)).toEqual(['message', 'message', 'caught-up']);
    // What came in between is not told: only how it stands.
    expect(events.slice(0, 2).map(({ data }) => (data as WireMessage).text)).toEqual([
      'one, edited',
      'two, edited',
    ]);
  });

  it.each(['x', 'x.1', '.', '000000000000.5'])('tells everything after %j', async (last) => {
    await chat.platform.show(place('0mw000001'), { text: 'one' });
    expect((await firstEvents(1, last))[0]!.event).toBe('snapshot');
  });

  it('tells everything after a restart', async () => {
    const [first] = await firstEvents(1);
    await restart();
    expect((await firstEvents(1, first!.id))[0]!.event).toBe('snapshot');
  });

  it('reaches many tabs', async () => {
    const opened = await Promise.all(Array.from({ length: 12 }, tab));
    await opened[0]!.send('/queue');
    const other = await tab();
    expect(other.messages().map(({ text }) => text)).toEqual(['/queue']);
  });
});

describe('completions', () => {
  it('are asked of the handler', async () => {
    handler.completions = ['mixed4', 'mixed5'];
    const opened = await tab();
    expect(await opened.complete('dream', 'layer', 'mix')).toEqual(['mixed4', 'mixed5']);
    expect(handler.typed[0]).toMatchObject({ command: 'dream', option: 'layer', text: 'mix' });
  });

  it('refuse what is no question', async () => {
    const opened = await tab();
    expect((await opened.get('/api/completions?command=dream')).status).toBe(400);
    const values = '/api/completions?command=a&option=b&text=c&values=';
    expect((await opened.get(`${values}[1]`)).status).toBe(400);
    expect((await opened.get(`${values}{`)).status).toBe(400);
  });
});

describe('before the start and after the end', () => {
  it('says so', async () => {
    await chat.platform.stop();
    expect(chat.platform.ready()).toBe(false);
    const response = await fetch(`${chat.url}/api/events`);
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ message: expect.any(String) as string });
  });
});
