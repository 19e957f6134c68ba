/** Answers arrive once, whatever Slack does. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Person, Responder } from '../../../src/chat/inbound.ts';
import type { Outbound } from '../../../src/chat/outbound.ts';
import { Undeliverable } from '../../../src/chat/platform.ts';
import type { Platform } from '../../../src/chat/platform.ts';
import type { Address } from '../../../src/platforms/slack/address.ts';
import { slackHarness } from '../../helpers/slack-harness.ts';
import type { SlackHarness } from '../../helpers/slack-harness.ts';
import { directOf } from '../../helpers/slack-methods.ts';
import { GENERAL } from '../../helpers/slack-people.ts';
import { BOT } from '../../helpers/slack-workspace.ts';
import type { SlackMessage } from '../../helpers/slack-workspace.ts';
import { COMMANDS, DONE, KEY, PROGRESS, idOf, picture, scripted } from './scripted.ts';

let harness: SlackHarness;
let platform: Platform;
let first = { key: KEY, again: false, person: '' };
const FAILED: Outbound = { text: 'The picture is damaged.', tone: 'problem' };

beforeEach(async () => {
  harness = await slackHarness(COMMANDS);
  platform = await harness.connect();
  await platform.start(scripted());
  first = { key: KEY, again: false, person: idOf(harness.server, 'bob') };
});

afterEach(() => harness.close());

function addressIn(channel: string, more: Address = {}): Address {
  return { team: 'T0000001', channel, thread: null, message: null, person: first.person, ...more };
}

/** Where progress stands already. */
function working(thread: string | null = null): Promise<Address> {
  return platform.show(addressIn(GENERAL, { thread }), PROGRESS);
}

function botMessages(): SlackMessage[] {
  return harness.server.workspace.messages.filter(({ user }) => user === BOT.user);
}

function files(): SlackMessage[] {
  return botMessages().filter((message) => message.files.length > 0);
}

describe('progress', () => {
  it('is one message, edited in place, without the pictures of what is under way', async () => {
    const address = await working();
    const preview = picture({ id: null, name: 'preview' });
    expect(await platform.show(address, { ...PROGRESS, picture: preview })).toEqual(address);
    expect(botMessages()).toMatchObject([{ ts: address['message'], edits: 1 }]);
    const [shown] = harness.messages('bob');
    expect(shown!.text).toMatch(/^\*\*Dream of mixed5\*\* · 42 %\n▓{8}░{12} · 42 %/);
    expect(shown!.buttons).toEqual([{ label: 'Cancel', action: `cancel:${KEY}` }]);
    expect(harness.server.callsOf('files.getUploadURLExternal')).toEqual([]);
  });

  it('is dropped while Slack asks for a pause', async () => {
    const address = await working();
    const before = harness.server.calls.length;
    harness.failNext!(429);
    expect(await platform.show(address, PROGRESS)).toEqual(address);
    expect(await platform.show(address, PROGRESS)).toEqual(address);
    expect(harness.server.calls.length).toBe(before + 1);
  });

  it('comes anew where its message was removed', async () => {
    const address = await working();
    harness.server.workspace.messages.splice(0);
    const moved = await platform.show(address, PROGRESS);
    expect(moved['message']).not.toBe(address['message']);
    expect(botMessages()).toMatchObject([{ ts: moved['message'] }]);
  });

  it('is not tried again at once in a channel that is closed to the bot', async () => {
    await expect(platform.show(addressIn('C0SECRET0'), PROGRESS)).rejects.toThrow();
    const before = harness.server.calls.length;
    expect(await platform.show(addressIn('C0SECRET0'), PROGRESS)).toEqual(addressIn('C0SECRET0'));
    expect(harness.server.calls.length).toBe(before);
    expect((await platform.show(addressIn(GENERAL), PROGRESS))['message']).not.toBeNull();
  });

  it('that is lost throws', async () => {
    const address = await working();
    harness.failNext!(500);
    await expect(platform.show(address, PROGRESS)).rejects.toThrow();
  });
});

describe('an answer', () => {
  it('without a picture takes the place of the progress', async () => {
    const address = await working();
    await platform.deliver(address, FAILED, first);
    await platform.deliver(address, FAILED, { ...first, again: true });
    expect(botMessages()).toMatchObject([
      { ts: address['message'], text: '⚠️ The picture is damaged.' },
    ]);
  });

  it('is a new message that mentions the person where there was none', async () => {
    await platform.deliver(addressIn(GENERAL), DONE, first);
    const [above, file] = botMessages();
    expect(file).toMatchObject({ thread: above!.ts });
    expect(file!.text).toContain(`<@${first.person}>`);
    await platform.deliver(addressIn(GENERAL), DONE, { ...first, again: true });
    expect(botMessages()).toHaveLength(2);
  });

  it('is a new message where the one with the progress was removed', async () => {
    const { ts } = harness.people.say('bob', 'dream');
    const address = await working(ts);
    harness.server.workspace.messages.splice(1);
    await platform.deliver(address, FAILED, first);
    expect(botMessages()).toMatchObject([{ thread: ts }]);
    expect(botMessages()[0]!.text).toContain(`<@${first.person}>`);
  });

  it('stands in the channel, with its picture, where the question was deleted', async () => {
    const question = harness.people.say('bob', 'dream');
    harness.server.workspace.delete(question);
    const address = await working(question.ts);
    await platform.deliver(address, DONE, first);
    const [above, file] = botMessages();
    expect(above!.thread).toBeNull();
    expect(above!.blocks.some(({ type }) => type === 'image')).toBe(true);
    expect(file!.thread).toBe(above!.ts);
  });

  it('so does one without progress, also where it takes two attempts', async () => {
    const question = harness.people.say('bob', 'dream');
    harness.server.workspace.delete(question);
    const address = addressIn(GENERAL, { thread: question.ts });
    harness.server.faults.push({ method: 'files.getUploadURLExternal', status: 500 });
    await expect(platform.deliver(address, DONE, first)).rejects.toThrow();
    await platform.deliver(address, DONE, { ...first, again: true });
    const [above, file, ...more] = botMessages();
    expect(above!.thread).toBeNull();
    expect(file!.thread).toBe(above!.ts);
    expect(more).toEqual([]);
  });

  it('stays in its thread where the first message was deleted later', async () => {
    const question = harness.people.say('bob', 'dream');
    const address = await working(question.ts);
    harness.server.workspace.delete(question);
    await platform.deliver(address, DONE, first);
    expect(botMessages().map(({ thread }) => thread)).toEqual([question.ts, question.ts]);
  });

  it.each(['thread_not_found', 'cannot_reply_to_message'])(
    'stands in the channel where Slack says %s',
    async (error) => {
      const { ts } = harness.people.say('bob', 'dream');
      harness.failNext!(200, { ok: false, error });
      const address = await platform.show(addressIn(GENERAL, { thread: ts }), PROGRESS);
      expect(address['thread']).toBeNull();
      expect(botMessages()).toMatchObject([{ thread: null }]);
    },
  );

  it('has its picture in the thread only, where it is veiled', async () => {
    const address = await working();
    const veiled = { ...DONE, picture: picture({ spoiler: true }) };
    await platform.deliver(address, veiled, first);
    const [above, file] = botMessages();
    expect(above!.blocks.filter(({ type }) => type === 'image')).toEqual([]);
    expect(file!.files).toHaveLength(1);
  });

  it('waits until Slack has made out what the file is', async () => {
    harness.server.workspace.slowness = 3;
    await platform.deliver(await working(), DONE, first);
    expect(harness.server.callsOf('files.info')).toHaveLength(4);
    expect(botMessages()[0]!.blocks.filter(({ type }) => type === 'image')).toHaveLength(1);
  });

  it('does without the picture in the channel where Slack does not show it', async () => {
    harness.server.refuseShownFiles = true;
    await platform.deliver(await working(), DONE, first);
    expect(botMessages()[0]!.blocks.filter(({ type }) => type === 'image')).toEqual([]);
    expect(harness.messages('bob')).toMatchObject([{ alt: 'A dog of pagodas' }]);
  });

  it('is named after its order', async () => {
    const other = picture({
      name: 'sheet',
      fileWithin: async (bytes) => ({ ...(await picture().fileWithin(bytes)), name: 'sheet.png' }),
    });
    await platform.deliver(await working(), { ...DONE, picture: other }, first);
    const [file] = [...harness.server.workspace.files.values()];
    expect(file).toMatchObject({ name: `sheet-${KEY}.png`, title: `sheet-${KEY}.png` });
  });
});

describe('an answer that breaks off', () => {
  const BREAKS = [
    ['before the upload', { method: 'files.getUploadURLExternal', status: 500 }],
    ['when the upload is completed', { method: 'files.completeUploadExternal', status: 500 }],
    [
      'when the upload was completed, unknown to us',
      { method: 'files.completeUploadExternal', status: 0, afterwards: true },
    ],
    ['after the upload', { method: 'chat.update', status: 503 }],
    ['in the end', { method: 'chat.update', status: 0, afterwards: true }],
  ] as const;

  it.each(BREAKS)('%s arrives once with the next attempt', async (_, fault) => {
    const address = await working();
    harness.server.faults.push(fault);
    await expect(platform.deliver(address, DONE, first)).rejects.toThrow();
    await platform.deliver(address, DONE, { ...first, again: true });
    expect(files()).toHaveLength(1);
    expect(harness.messages('bob')).toMatchObject([
      { alt: 'A dog of pagodas', buttons: [{ label: 'Deeper' }, { label: 'Again' }] },
    ]);
  });

  it('without a message of its own arrives once with the next attempt', async () => {
    harness.server.faults.push({ method: 'files.completeUploadExternal', status: 500 });
    const address = addressIn(GENERAL);
    await expect(platform.deliver(address, DONE, first)).rejects.toThrow();
    await platform.deliver(address, DONE, { ...first, again: true });
    expect(botMessages()).toHaveLength(2);
    expect(files()).toHaveLength(1);
  });

  it('is found among many files', async () => {
    const address = await working();
    await platform.deliver(address, DONE, first);
    const many = { user: BOT.user, bytes: new Uint8Array([1]) };
    for (let index = 0; index < 450; index++) {
      harness.server.workspace.addFile({ ...many, name: `dream-${index}.png` });
    }
    await platform.deliver(address, DONE, { ...first, again: true });
    expect(files()).toHaveLength(1);
    expect(harness.server.callsOf('files.list')).toHaveLength(3);
  });

  it('waits as long as Slack asks', async () => {
    const address = await working();
    const paused = { status: 429, headers: { 'retry-after': '0' } };
    harness.server.faults.push({ method: 'files.completeUploadExternal', ...paused });
    harness.server.faults.push({ method: 'chat.update', ...paused });
    await platform.deliver(address, DONE, first);
    expect(files()).toHaveLength(1);
  });
});

describe('an answer in a channel that is closed to the bot', () => {
  const direct = directOf('bob');
  const toBob = () => botMessages().filter(({ channel }) => channel === direct);

  it.each(['C0SECRET0', 'C0GONE000'])('%s goes to the person alone', async (channel) => {
    await platform.deliver(addressIn(channel), DONE, first);
    expect(toBob().filter((message) => message.files.length > 0)).toHaveLength(1);
    expect(toBob()[1]!.text).toBe(`<#${channel}> *Dream of mixed5*`);
    await platform.deliver(addressIn(channel), FAILED, { ...first, key: 'another' });
    expect(toBob().at(-1)!.text).toContain('The picture is damaged.');
  });

  it('since it was archived goes there too, once', async () => {
    const address = await working();
    harness.server.workspace.channels.get(GENERAL)!.archived = true;
    harness.server.faults.push({ method: 'files.completeUploadExternal', status: 500 });
    await expect(platform.deliver(address, DONE, first)).rejects.toThrow();
    await platform.deliver(address, DONE, { ...first, again: true });
    await platform.deliver(address, DONE, { ...first, again: true });
    expect(files()).toMatchObject([{ channel: direct }]);
    expect(toBob()).toHaveLength(2);
  });

  it('has buttons that are about that channel', async () => {
    await platform.deliver(addressIn('C0SECRET0'), DONE, first);
    const { blocks } = toBob()[0]!;
    expect(blocks.at(-1)).toMatchObject({ block_id: 'about:C0SECRET0:buttons' });
  });

  it('is given up where the person cannot be written to either', async () => {
    const refusal = { ok: false, error: 'user_disabled' };
    harness.server.faults.push({ method: 'conversations.open', status: 200, body: refusal });
    await expect(platform.deliver(addressIn('C0SECRET0'), DONE, first)).rejects.toThrow(
      Undeliverable,
    );
  });
});

describe('an answer that cannot be given', () => {
  it.each(['account_inactive', 'invalid_auth', 'token_revoked'])(
    'for %s is given up',
    async (error) => {
      const address = await working();
      harness.server.faults.push({
        method: 'chat.update',
        status: 200,
        body: { ok: false, error },
      });
      await expect(platform.deliver(address, FAILED, first)).rejects.toThrow(Undeliverable);
    },
  );

  it('for the moment is not given up', async () => {
    const address = await working();
    harness.server.faults.push({
      method: 'chat.update',
      status: 200,
      body: { ok: false, error: 'fatal_error' },
    });
    const delivery = platform.deliver(address, FAILED, first);
    await expect(delivery).rejects.not.toThrow(Undeliverable);
  });

  it('outside while Slack asks for a pause is not given up', async () => {
    const paused = { status: 429, headers: { 'retry-after': '0' } };
    harness.server.faults.push({ method: 'conversations.join', ...paused });
    await platform.deliver(addressIn('C0OUTSIDE'), DONE, first);
    expect(files()).toMatchObject([{ channel: 'C0OUTSIDE' }]);
    harness.server.workspace.channels.get('C0OUTSIDE')!.member = false;
    harness.server.faults.push({ method: 'conversations.join', status: 500 });
    const delivery = platform.deliver(addressIn('C0OUTSIDE'), FAILED, { ...first, key: 'another' });
    await expect(delivery).rejects.not.toThrow(Undeliverable);
    expect(botMessages()).toHaveLength(2);
  });

  it('outside is given after the bot has entered', async () => {
    await platform.deliver(addressIn('C0OUTSIDE'), DONE, first);
    expect(files()).toMatchObject([{ channel: 'C0OUTSIDE' }]);
  });
});

describe('a first answer', () => {
  async function asked(
    channel: string,
    answer: (responder: Responder, person: Person) => Promise<unknown>,
  ) {
    await platform.stop();
    platform = await harness.connect();
    const handler = scripted(({ responder, person }) => answer(responder, person));
    await platform.start(handler);
    await harness.people.slash('ann', '/layers', channel);
    return harness.server.workspace.until(() => botMessages().at(-1));
  }

  it('where the bot may not write is a request for an invitation', async () => {
    let failure: unknown;
    const told = await asked('C0SECRET0', (responder) =>
      responder.acknowledge().catch((error: unknown) => (failure = error)),
    );
    expect(told).toMatchObject({ only: idOf(harness.server, 'ann') });
    expect(told.text).toContain('/invite @dream');
    await platform.stop();
    expect(String(failure)).toContain('channel_not_found');
  });

  it('asks for none into a conversation of two other people', async () => {
    const told = await asked('D0OTHERS0', (responder) =>
      responder.acknowledge().catch(() => undefined),
    );
    expect(told.text).toContain('the answer comes to you as a direct message');
    expect(told.text).not.toContain('/invite');
  });

  it.each(['user_not_in_channel', 'restricted_action'])(
    'reaches the person by the event where Slack says %s',
    async (error) => {
      harness.failNext!(200, { ok: false, error });
      const told = await asked(GENERAL, (responder) =>
        responder.reply({ text: 'mixed5' }, { private: true }),
      );
      expect(told).toMatchObject({ only: idOf(harness.server, 'ann'), text: 'mixed5' });
    },
  );

  it('reaches people where the bot may not write, for all or for one', async () => {
    const all = await asked('C0SECRET0', (responder) => responder.reply({ text: 'mixed5' }));
    expect(all).toMatchObject({ only: null, text: 'mixed5' });
    const one = await asked('C0SECRET0', (responder) =>
      responder.reply({ text: 'mixed4' }, { private: true }),
    );
    await harness.server.workspace.until(() => botMessages().length === 2);
    expect(one.channel).toBe('C0SECRET0');
    expect(botMessages()[1]).toMatchObject({ only: idOf(harness.server, 'ann'), text: 'mixed4' });
  });

  it('can have a picture: in the thread for all, as a direct message for one', async () => {
    await asked(GENERAL, (responder) => responder.reply(DONE));
    await harness.server.workspace.until(() => files().length === 1);
    expect(harness.messages('bob')).toMatchObject([{ alt: 'A dog of pagodas' }]);
    await asked(GENERAL, (responder) => responder.reply(DONE, { private: true }));
    const sent = await harness.server.workspace.until(() => files()[1]);
    expect(sent.channel).toBe('D0ANN0000');
  });

  it('with a file alerts nobody, whatever it says', async () => {
    const text = '**<!channel>** <@U0ANN0000>';
    await asked(GENERAL, (responder) => responder.reply({ ...DONE, text }));
    await harness.server.workspace.until(() => files().length === 1);
    const said = JSON.stringify(botMessages());
    expect(said).toContain('&lt;!channel&gt;');
    expect(said).not.toMatch(/<[!@]/);
  });

  it.each([
    ['chat.postMessage', false],
    ['files.completeUploadExternal', false],
    ['conversations.open', true],
    ['users.info', true],
  ])('with a picture waits where Slack asks for a pause (%s)', async (method, alone) => {
    harness.server.faults.push({ method, status: 429, headers: { 'retry-after': '0' } });
    let admin: boolean | undefined;
    await asked(GENERAL, (responder, person) => {
      ({ admin } = person);
      return responder.reply(DONE, { private: alone });
    });
    await harness.server.workspace.until(() => files().length === 1);
    expect(admin).toBe(true);
  });

  it('waits where Slack asks for a pause', async () => {
    harness.server.faults.push({ status: 429, headers: { 'retry-after': '0' } });
    const told = await asked(GENERAL, (responder) => responder.acknowledge());
    expect(told.text).toBe('Starting …');
  });
});
