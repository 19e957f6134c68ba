/** From every way of asking to the picture in the thread. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Platform } from '../../../src/chat/platform.ts';
import type { Seen } from '../../helpers/platform-harness.ts';
import { slackHarness } from '../../helpers/slack-harness.ts';
import type { SlackHarness } from '../../helpers/slack-harness.ts';
import { directOf } from '../../helpers/slack-methods.ts';
import { GENERAL } from '../../helpers/slack-people.ts';
import { BOT, TEAM } from '../../helpers/slack-workspace.ts';
import type { SlackMessage } from '../../helpers/slack-workspace.ts';
import { COMMANDS, DONE, KEY, PNG, dreaming, idOf, scripted } from './scripted.ts';
import type { Scripted } from './scripted.ts';

let harness: SlackHarness;
let platform: Platform;
let handler: Scripted;

beforeEach(async () => {
  harness = await slackHarness(COMMANDS);
  platform = await harness.connect();
  handler = scripted(dreaming(() => platform));
  await platform.start(handler);
});

afterEach(() => harness.close());

const photo = { name: 'photo.png', bytes: PNG };
const attached = { name: 'photo.png', size: PNG.length, contentType: 'image/png' };

/** The answer with its picture and its last buttons. */
function answered(): Promise<Seen> {
  return harness.server.workspace.until(() =>
    harness.messages('ann').find(({ picture, buttons }) => picture !== null && buttons.length > 1),
  );
}

function said(): Promise<Seen> {
  return harness.server.workspace.until(() => harness.messages('ann').at(-1));
}

function handled(count = 1): Promise<void> {
  return handler.heard(count);
}

function botMessages(): SlackMessage[] {
  return harness.server.workspace.messages.filter(({ user }) => user === BOT.user);
}

describe('a mention with a picture', () => {
  it('is answered in its thread: progress, then the picture with alt text and buttons', async () => {
    const mention = await harness.people.mention('ann', 'dream layer:mixed5', { files: [photo] });
    const answer = await answered();
    expect(answer).toMatchObject({
      text: DONE.text,
      fields: 'Climbed mixed4 < mixed5 & `more`\nSeed 7',
      alt: 'A dog of pagodas',
      buttons: [
        { label: 'Deeper', action: `deeper:${KEY}` },
        { label: 'Again', action: `again:${KEY}` },
      ],
      private: false,
    });
    expect(answer.picture).toEqual(PNG);
    const [above, file] = botMessages();
    expect(above).toMatchObject({ thread: mention.ts, edits: 2 });
    expect(file).toMatchObject({ thread: mention.ts });
    expect(file!.text).toBe(`<@${idOf(harness.server, 'ann')}> *Dream of mixed5*`);
    expect(handler.events).toMatchObject([
      {
        kind: 'command',
        command: 'dream',
        values: { layer: 'mixed5', picture: attached },
        person: { id: idOf(harness.server, 'ann'), name: 'ann', admin: true },
        place: { platform: 'slack', server: TEAM, channel: GENERAL },
        address: { team: TEAM, channel: GENERAL, thread: mention.ts, message: null },
      },
    ]);
  });

  it('is answered in the thread that it was said in', async () => {
    const { ts } = harness.people.say('bob', 'look at this');
    await harness.people.mention('bob', '', { files: [photo], thread: ts });
    await answered();
    expect(botMessages().map(({ thread }) => thread)).toEqual([ts, ts]);
  });

  it('needs no name of a command', async () => {
    await harness.people.mention('bob', 'mixed4:139', { files: [photo] });
    await handled();
    expect(handler.events).toMatchObject([{ command: 'dream', values: { layer: 'mixed4:139' } }]);
  });

  it('is looked up where its picture comes from another workspace', async () => {
    await harness.people.mention('bob', 'dream', { files: [photo], checkFileInfo: true });
    await handled();
    expect(handler.events).toMatchObject([{ values: { picture: attached } }]);
  });

  it('leaves out files that are no pictures', async () => {
    const notes = { name: 'notes.txt', bytes: Buffer.from('words') };
    await harness.people.mention('bob', 'dream', { files: [notes, photo] });
    await handled();
    expect(handler.events).toMatchObject([{ values: { picture: attached } }]);
  });

  it('is handled once, however often Slack tells of it', async () => {
    harness.server.socket.duplicateNext = true;
    const mention = await harness.people.mention('bob', 'dream', { files: [photo] });
    // An edit of the message is another event about the same one.
    await harness.people.tell('app_mention', mention);
    await harness.people.mention('bob', 'layers');
    await handled(2);
    expect(handler.events).toMatchObject([{ command: 'dream' }, { command: 'layers' }]);
  });
});

describe('a mention in words', () => {
  it('runs commands and parts of commands', async () => {
    await harness.people.mention('bob', 'layers model:inception');
    await harness.people.mention('bob', 'contest list');
    await handled(2);
    expect(handler.events).toMatchObject([
      { command: 'layers', values: { model: 'inception' } },
      { command: 'contest', subcommand: 'list', values: {} },
    ]);
  });

  it('asks how to begin by the name of a command of several parts alone', async () => {
    await harness.people.mention('bob', 'contest');
    await handled();
    expect(handler.events).toMatchObject([{ command: 'contest', values: {} }]);
    expect(handler.events[0]).not.toHaveProperty('subcommand');
  });

  it('that means nothing is explained to the person alone', async () => {
    await harness.people.mention('ann', 'drem &lt;3');
    const answer = await said();
    expect(answer.text).toContain('/drem');
    expect(answer.text).toContain('nearest: /dream');
    expect(answer.private).toBe(true);
    expect(handler.events).toEqual([]);
    expect(harness.messages('bob')).toEqual([]);
  });

  it('of a bot is not heard', async () => {
    const mention = harness.people.say('bob', `<@${BOT.user}> layers`);
    await harness.people.tell('app_mention', { ...mention, user: BOT.user });
    await harness.people.mention('bob', 'contest list');
    await handled();
    expect(handler.events).toMatchObject([{ command: 'contest' }]);
  });
});

describe('a direct message', () => {
  it('with a picture is a dream, in a place of two', async () => {
    const message = await harness.people.direct('ann', 'layer:mixed3', { files: [photo] });
    await answered();
    expect(handler.events).toMatchObject([
      {
        command: 'dream',
        values: { layer: 'mixed3', picture: attached },
        place: { platform: 'slack', channel: message.channel },
      },
    ]);
    expect(handler.events[0]!.place.server).toBeUndefined();
  });

  it('that means nothing is explained there', async () => {
    const { ts } = await harness.people.direct('ann', 'hello');
    const answer = await said();
    expect(answer.text).toMatch(/there is no command \/hello/i);
    expect(botMessages()).toMatchObject([{ thread: ts, only: null }]);
  });

  it('of another app is not heard', async () => {
    await harness.people.direct('ann', 'layer:mixed3', { files: [photo], app: 'BOTHER0001' });
    await harness.people.direct('ann', 'layer:mixed4', { files: [photo] });
    await answered();
    expect(handler.events).toMatchObject([{ command: 'dream', values: { layer: 'mixed4' } }]);
  });
});

describe('a slash command', () => {
  it('that takes a picture asks for it in a form, and shows the picture in the channel', async () => {
    await harness.command('bob', 'dream', { layer: 'mixed5', octaves: '3' }, PNG);
    const answer = await answered();
    expect(answer.picture).toEqual(PNG);
    expect(handler.events).toMatchObject([
      { values: { layer: 'mixed5', octaves: '3', picture: attached }, person: { admin: false } },
    ]);
    const [above, file] = botMessages();
    expect(above!.thread).toBeNull();
    expect(file!.thread).toBe(above!.ts);
    const shown = { type: 'image', slack_file: { id: file!.files[0] }, alt_text: answer.alt };
    await harness.server.workspace.until(() => above!.edits === 2);
    expect(above!.blocks).toContainEqual(shown);
  });

  it('that takes none runs at once', async () => {
    await harness.command('bob', 'contest list', {});
    await handled();
    expect(handler.events).toMatchObject([{ command: 'contest', subcommand: 'list' }]);
    expect(harness.server.callsOf('views.open')).toEqual([]);
  });

  it('of another app with the same name can be gone round', async () => {
    await harness.people.slash('bob', '/dream layers model:inception');
    await handled();
    expect(handler.events).toMatchObject([{ command: 'layers', values: { model: 'inception' } }]);
  });

  it('that will not do is explained to the person alone', async () => {
    await harness.command('ann', 'dream', { octaves: '99' });
    expect(await said()).toMatchObject({ private: true });
    expect((await said()).text).toMatch(/octaves: expected a whole number from 1 to 12, found 99/i);
    expect(handler.events).toEqual([]);
  });

  it('is handled once, however often Slack tells of it', async () => {
    harness.server.socket.duplicateNext = true;
    await harness.people.slash('bob', '/layers');
    await harness.people.slash('bob', '/contest list');
    await handled(2);
    expect(handler.events).toMatchObject([{ command: 'layers' }, { command: 'contest' }]);
  });
});

describe('what only the person may see', () => {
  const whispered = (): Promise<SlackMessage> =>
    harness.server.workspace.until(() => botMessages().find(({ only }) => only !== null));

  it('stands in the thread that they are in', async () => {
    const { ts } = harness.people.say('bob', 'my holidays');
    harness.people.say('bob', 'and more', { thread: ts });
    await harness.people.mention('ann', 'nonsense', { thread: ts });
    expect((await whispered()).thread).toBe(ts);
  });

  it('stands in the channel where its thread has no replies yet', async () => {
    await harness.people.mention('ann', 'nonsense');
    expect((await whispered()).thread).toBeNull();
  });

  it('is said to be in the direct messages, where it has a file', async () => {
    handler = scripted(({ responder }) => responder.reply(DONE, { private: true }));
    await platform.stop();
    platform = await harness.connect();
    await platform.start(handler);
    await harness.people.slash('bob', '/layers');
    const hint = await whispered();
    expect(hint).toMatchObject({ channel: GENERAL, only: idOf(harness.server, 'bob') });
    expect(hint.text).toContain('direct message');
    const there = { channel: directOf('bob'), only: null };
    expect(botMessages()).toMatchObject([there, there, { channel: GENERAL }]);
  });

  it('says nothing of it to whoever is there already', async () => {
    handler = scripted(({ responder }) => responder.reply(DONE, { private: true }));
    await platform.stop();
    platform = await harness.connect();
    await platform.start(handler);
    await harness.people.direct('bob', 'layers');
    await harness.server.workspace.until(() => botMessages()[1]);
    await platform.stop();
    expect(botMessages()).toHaveLength(2);
  });
});

describe('the menu of a message', () => {
  it('dreams on its picture, in its thread', async () => {
    const message = harness.people.say('bob', 'my holidays', { files: [photo] });
    await harness.people.shortcut('ann', 'picture:dream', message);
    await answered();
    expect(handler.events).toMatchObject([
      { command: 'dream', values: { picture: attached }, address: { thread: message.ts } },
    ]);
  });

  it('asks for what else is required in a form', async () => {
    const message = harness.people.say('bob', 'my holidays', { files: [photo] });
    await harness.people.shortcut('ann', 'picture:contest submit', message);
    const form = await harness.people.form('ann');
    expect(await harness.people.submit('ann', form, {})).toEqual({
      title: 'title is missing. Its name.',
    });
    expect(await harness.people.submit('ann', form, { title: 'Sea' })).toBeNull();
    await handled();
    expect(handler.events).toMatchObject([
      { command: 'contest', subcommand: 'submit', values: { picture: attached, title: 'Sea' } },
    ]);
  });

  it('says so where there is no picture', async () => {
    const message = harness.people.say('bob', 'words');
    await harness.people.shortcut('ann', 'picture:dream', message);
    const answer = await said();
    expect(answer).toMatchObject({ private: true });
    expect(answer.text).toContain('This message has no picture');
  });
});

describe('what is announced later on', () => {
  it('begins where the bot can speak, and nowhere else', async () => {
    await harness.people.slash('ann', '/contest start', 'C0SECRET0');
    const { workspace } = harness.server;
    const told = await workspace.until(() =>
      workspace.messages.find(({ channel }) => channel === 'C0SECRET0'),
    );
    expect(JSON.stringify(told)).toMatch(/could announce nothing[^]*\/invite @/i);
    expect(handler.events).toEqual([]);
    await harness.people.slash('ann', '/contest start', 'C0OUTSIDE');
    await handled();
    expect(handler.events).toMatchObject([
      { subcommand: 'start', place: { channel: 'C0OUTSIDE' } },
    ]);
  });
});

describe('a button', () => {
  it('comes back as its action, also after a restart', async () => {
    await harness.command('bob', 'dream', {}, PNG);
    const answer = await answered();
    await platform.stop();
    platform = await harness.connect();
    await platform.start(handler);
    await harness.press('ann', answer, `deeper:${KEY}`);
    await handled(2);
    expect(handler.events[1]).toMatchObject({
      kind: 'action',
      action: `deeper:${KEY}`,
      person: { id: idOf(harness.server, 'ann') },
      address: { channel: GENERAL, thread: answer.id, message: null },
    });
    expect(handler.events[1]).not.toHaveProperty('choice');
  });

  it('pressed once is handled once', async () => {
    await harness.command('bob', 'dream', {}, PNG);
    const answer = await answered();
    harness.server.socket.duplicateNext = true;
    await harness.press('ann', answer, `again:${KEY}`);
    await harness.press('ann', answer, `deeper:${KEY}`);
    await handled(3);
    expect(handler.events.slice(1)).toMatchObject([
      { action: `again:${KEY}` },
      { action: `deeper:${KEY}` },
    ]);
  });
});

it('a menu that one person sees comes back with the choice, and is answered there', async () => {
  const menu = {
    action: `layer:${KEY}`,
    placeholder: 'Other layer',
    choices: [{ value: 'mixed3', label: 'mixed3', description: 'eyes' }],
  };
  const asking = scripted(({ kind, responder }) =>
    kind === 'command'
      ? responder.reply({ text: 'Which?', menu }, { private: true })
      : responder.dismiss(),
  );
  await platform.stop();
  platform = await harness.connect();
  await platform.start(asking);
  const { ts } = await harness.people.mention('ann', 'layers');
  const asked = await said();
  expect(asked).toMatchObject({ private: true, menu: { values: ['mixed3'] } });
  await harness.press('ann', asked, `layer:${KEY}`, 'mixed3');
  await asking.heard(2);
  expect(asking.events[1]).toMatchObject({ action: `layer:${KEY}`, choice: 'mixed3' });
  // Asked in the channel, where it can be seen; the dream belongs into the thread.
  expect(botMessages()[0]!.thread).toBeNull();
  expect(asking.events[1]!.address).toMatchObject({ channel: GENERAL, thread: ts });
});
