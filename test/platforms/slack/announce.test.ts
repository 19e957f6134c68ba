/** What the bot says without having been asked, and buttons that stand in a direct message. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Outbound } from '../../../src/chat/outbound.ts';
import { Undeliverable } from '../../../src/chat/platform.ts';
import type { Platform } from '../../../src/chat/platform.ts';
import { slackHarness } from '../../helpers/slack-harness.ts';
import type { SlackHarness } from '../../helpers/slack-harness.ts';
import { directOf } from '../../helpers/slack-methods.ts';
import { GENERAL } from '../../helpers/slack-people.ts';
import { BOT } from '../../helpers/slack-workspace.ts';
import { COMMANDS, DONE, picture, scripted } from './scripted.ts';
import type { Scripted } from './scripted.ts';

const PLACE = { platform: 'slack', server: 'T0000001', channel: GENERAL };
const FIRST = { key: 'contest-abcdefghijkl-closed', again: false };
const VOTE: Outbound = {
  text: 'Which is better?',
  picture: picture({ id: null, name: 'duel' }),
  buttons: [{ action: 'duel:abcdefghijkl:1-2:1', label: 'A' }],
};

let harness: SlackHarness;
let platform: Platform;
let handler: Scripted;

beforeEach(async () => {
  harness = await slackHarness(COMMANDS);
  platform = await harness.connect();
  handler = scripted(({ responder, kind }) =>
    kind === 'command' ? responder.reply(VOTE, { private: true }) : responder.dismiss(),
  );
  await platform.start(handler);
});

afterEach(() => harness.close());

const said = () => harness.server.workspace.messages.filter(({ user }) => user === BOT.user);

describe('an announcement', () => {
  it('stands in the channel with its picture, and mentions nobody', async () => {
    await platform.announce(PLACE, DONE, FIRST);
    await platform.announce(PLACE, DONE, { ...FIRST, again: true });
    const [message, file, ...others] = said();
    expect(others).toEqual([]);
    expect(message).toMatchObject({ channel: GENERAL, thread: null, only: null });
    expect(file!.files).toHaveLength(1);
    expect(JSON.stringify(said())).not.toContain('<@');
  });

  it('is undeliverable where the channel is gone', async () => {
    const gone = { ...PLACE, channel: 'C0000GONE' };
    await expect(platform.announce(gone, { text: 'Hello' }, FIRST)).rejects.toBeInstanceOf(
      Undeliverable,
    );
  });

  it('shows moments in the zone of each reader, and a link that is its own', async () => {
    const link = { label: 'Gallery <1>', url: 'https://dreams.example.org/gallery/abc?a=1&b=|' };
    await platform.announce(PLACE, { text: 'Until **<t:1790000000>**.', link }, FIRST);
    const json = JSON.stringify(said()[0]!.blocks);
    expect(json).toContain('*<!date^1790000000^{date_short_pretty} {time}|2026-09-21 14:13 UTC>*');
    expect(json).toContain(
      '<https://dreams.example.org/gallery/abc?a=1&amp;b=%7C|Gallery &lt;1&gt;>',
    );
    expect(said()[0]!.text).toContain('Until 2026-09-21 14:13 UTC.');
  });
});

describe('a private answer with a picture', () => {
  it('comes by direct message, and its buttons are about the channel all the same', async () => {
    await harness.command('bob', 'layers', {});
    await handler.heard(1);
    const direct = directOf('bob');
    await harness.server.workspace.until(() => said().find(({ files }) => files.length > 0));
    const message = said().find(({ blocks }) => JSON.stringify(blocks).includes('duel:'))!;
    expect(message.channel).toBe(direct);
    await harness.press(
      'bob',
      harness.messages('bob').find(({ id }) => id === message.ts)!,
      'duel:abcdefghijkl:1-2:1',
    );
    await handler.heard(2);
    expect(handler.events[1]!.place).toEqual(PLACE);
    expect(handler.events[1]!.address['channel']).toBe(direct);
  });
});
