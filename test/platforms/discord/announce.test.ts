/** What the bot says and does in a server without having been asked at that moment. */
import { describe, expect, it } from 'vitest';
import type { Outbound } from '../../../src/chat/outbound.ts';
import { Undeliverable } from '../../../src/chat/platform.ts';
import { ROLES } from '../../helpers/discord-gateway.ts';
import { CHANNEL, GUILD, userOf } from '../../helpers/discord-world.ts';
import { DONE } from './scripted.ts';
import { useBench } from './setup.ts';

const bench = useBench();

const PLACE = { platform: 'discord', server: GUILD, channel: CHANNEL };
const FIRST = { key: 'contest-abcdefghijkl-closed', again: false };
const AGAIN = { ...FIRST, again: true };
const BOB = userOf('bob').id;

describe('an announcement', () => {
  it('stands in the channel once, however often it is sent', async () => {
    const { platform } = await bench().bot();
    await platform.announce(PLACE, { ...DONE, text: 'For @everyone and <@1>' }, FIRST);
    await platform.announce(PLACE, DONE, AGAIN);
    // The nonce alone, where nobody looks.
    await platform.announce(PLACE, DONE, FIRST);
    expect(bench().kept()).toHaveLength(1);
    expect(bench().kept()[0]!.alerted).toEqual([]);
    expect(bench().shown()[0]).toMatchObject({ alt: 'A dog of pagodas', private: false });
  });

  it('is another one where its key is another', async () => {
    const { platform } = await bench().bot();
    await platform.announce(PLACE, DONE, FIRST);
    await platform.announce(PLACE, DONE, { ...AGAIN, key: 'contest-abcdefghijkl-voting' });
    expect(bench().kept()).toHaveLength(2);
  });

  it('is undeliverable where the channel is gone', async () => {
    const { platform } = await bench().bot();
    bench().world.closed.set(CHANNEL, 10003);
    await expect(platform.announce(PLACE, DONE, FIRST)).rejects.toBeInstanceOf(Undeliverable);
  });

  it('shows moments in the zone of each reader, a link as a button, a table as a file', async () => {
    const { platform } = await bench().bot();
    const said: Outbound = {
      text: 'Until <t:1790000000>, **at <t:1790000060>**, `<t:1>`',
      link: { label: 'Gallery', url: 'https://dreams.example.org/gallery/abcdefghijkl' },
      document: { name: 'results.csv', contentType: 'text/csv', text: 'rank,entry\r\n' },
    };
    await platform.announce(PLACE, said, FIRST);
    const json = JSON.stringify(bench().kept()[0]!.message.components);
    expect(json).toContain('Until <t:1790000000:f>, **at <t:1790000060:f>**, `<t:1>`');
    expect(json).toContain('"url":"https://dreams.example.org/gallery/abcdefghijkl"');
    const [upload] = bench().calls(/POST \/channels/)[0]!.uploads;
    expect(upload!.name).toBe('results.csv');
    expect(Buffer.from(upload!.bytes).toString()).toBe('rank,entry\r\n');
  });
});

describe("a winner's role", () => {
  it('is given', async () => {
    const { platform } = await bench().bot();
    await platform.grantRole!(PLACE, BOB, ROLES.winner);
    expect(bench().world.granted).toEqual([{ person: BOB, role: ROLES.winner }]);
  });

  it('is not given where it carries powers, or is none', async () => {
    const { platform } = await bench().bot();
    await expect(platform.grantRole!(PLACE, BOB, ROLES.moderator)).rejects.toThrow(/powers/);
    await expect(platform.grantRole!(PLACE, BOB, '1100000000000000099')).rejects.toThrow(/no such/);
    expect(bench().world.granted).toEqual([]);
  });

  it('says what the bot lacks', async () => {
    const { platform } = await bench().bot();
    bench().world.closed.set(ROLES.winner, 50013);
    await expect(platform.grantRole!(PLACE, BOB, ROLES.winner)).rejects.toMatchObject({
      code: 'not-allowed',
      hint: expect.stringMatching(/Manage Roles/) as string,
    });
  });
});

describe('a person', () => {
  it('comes with roles, and with the ages of the account and of the membership', async () => {
    const { handler } = await bench().bot(({ responder }) => responder.dismiss());
    bench().server.slash('bob', 'dream', []);
    const { person } = await bench().world.until(() => handler.events[0]);
    expect(person).toMatchObject({ roles: [], joinedAt: 0 });
    // Snowflakes count from 2015.
    expect(new Date(person.accountCreatedAt!).getUTCFullYear()).toBe(2023);
  });
});
