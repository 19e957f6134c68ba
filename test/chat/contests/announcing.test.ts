/** Contests that turn by the clock, with the whole chat on a stage. */
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { announceTurn } from '../../../src/chat/contests/announcing.ts';
import type { Outbound } from '../../../src/chat/outbound.ts';
import { Undeliverable } from '../../../src/chat/platform.ts';
import type { Platform, Sending } from '../../../src/chat/platform.ts';
import { DreamError } from '../../../src/kit/errors.ts';
import { openDatabase } from '../../../src/studio/store/database.ts';
import {
  actor,
  admin,
  contestOf,
  home,
  MINUTE,
  openContests,
  windows,
} from '../../helpers/contests.ts';
import type { OpenContests } from '../../helpers/contests.ts';
import { temporaryFolder } from '../../helpers/folder.ts';
import { memoryShelf } from '../../helpers/memory-shelf.ts';
import { TestLog } from '../../helpers/studio.ts';

const root = temporaryFolder();

let open: OpenContests;
let log: TestLog;
let said: { readonly outbound: Outbound; readonly sending: Sending }[];
let refuse: (() => Error) | undefined;
let granted: (readonly [string, string])[];
let grant: () => Promise<void>;

beforeEach(async () => {
  const folder = mkdtempSync(join(root, 'home-'));
  log = new TestLog();
  open = await openContests({ folder, open: () => openDatabase(folder, log) });
  [said, granted, refuse] = [[], [], undefined];
  grant = () => Promise.resolve();
});

afterEach(() => open.close());

async function begin(): Promise<void> {
  const platform = {
    name: home.platform,
    announce: (_, outbound, sending) => {
      if (refuse) return Promise.reject(refuse());
      said.push({ outbound, sending });
      return Promise.resolve();
    },
    grantRole: async (_, person, role) => {
      await grant();
      granted.push([person, role]);
    },
  } satisfies Partial<Platform> as unknown as Platform;
  const { contests } = open;
  const parts = { contests, platforms: [platform], shelf: memoryShelf(), log };
  await contests.begin((turn) => announceTurn(turn, { ...parts, galleryLink: () => null }));
}

/** The clock rings, and all that comes of it has happened. */
async function until(at: number): Promise<void> {
  open.clock.set(at);
  await open.contests.stop();
  await begin();
}

async function over(settings: Parameters<typeof contestOf>[2] = {}): Promise<string> {
  await begin();
  const id = await contestOf(open, ['ada', 'bob'], settings);
  await until(windows.submissionEndsAt);
  await open.contests.vote(actor('cleo'), id, { voting: 'approval', entries: [2] });
  await until(windows.votingEndsAt);
  return id;
}

describe('a place is told', () => {
  it('when voting begins and when it is over, once each', async () => {
    const id = await over();
    await until(windows.votingEndsAt + MINUTE);
    expect(said.map(({ sending }) => sending.key)).toEqual([
      `contest-${id}-voting`,
      `contest-${id}-closed`,
    ]);
    const [voting, closed] = said.map(({ outbound }) => outbound);
    expect(voting!.text).toMatch(/voting has begun, 2 dreams/);
    expect(JSON.stringify(voting)).not.toMatch(/ada|bob/);
    expect(voting!.buttons!.map(({ action }) => action)).toContain(`vote:${id}`);
    expect(closed!.text).toContain("1. **Entry 2** by bob's name · 1 vote");
    const { bytes } = await closed!.picture!.fileWithin(1e7);
    expect(await sharp(bytes).metadata()).toMatchObject({ width: 1920, height: 1080 });
  });

  it('why a contest was cancelled', async () => {
    await begin();
    const id = await contestOf(open, ['ada']);
    await open.contests.cancel(admin, id, 'the weather');
    await until(open.clock.now() + MINUTE);
    expect(said.map(({ outbound }) => outbound.text)).toEqual([
      'The contest **Clouds** was cancelled: the weather',
    ]);
  });

  it('nothing of a contest without dreams but that it is over', async () => {
    await begin();
    await contestOf(open, []);
    await until(windows.submissionEndsAt);
    expect(said.map(({ outbound }) => outbound.text)).toEqual([
      '**Clouds** is over. Nobody entered a dream.',
    ]);
  });

  it('later, where its channel is lost for a while; the contest closes all the same', async () => {
    refuse = () => new Undeliverable('the channel is gone');
    const id = await over();
    expect(said).toEqual([]);
    expect((await open.contests.read.results(actor('eve'), id)).podium).toHaveLength(1);
    refuse = undefined;
    for (let tries = 0; said.length < 1 && tries < 12; tries++) {
      await until(open.clock.now() + MINUTE * 2 ** tries);
    }
    await until(open.clock.now() + 100 * MINUTE);
    // Nobody needs to hear any more that voting has begun.
    expect(said.map(({ sending }) => sending)).toEqual([
      { key: `contest-${id}-closed`, again: true },
    ]);
  });
});

describe("the winner's role", () => {
  it('goes to the winner', async () => {
    await over({ winnerRole: 'role-of-winners' });
    expect(granted).toEqual([['bob', 'role-of-winners']]);
  });

  it('that cannot be given is told to whoever runs the contest, and stops nothing', async () => {
    grant = () =>
      Promise.reject(new DreamError('not-allowed', 'no', 'Give the bot a higher role.'));
    await over({ winnerRole: 'role-of-winners' });
    expect(said).toHaveLength(3);
    expect(said[2]!.outbound.text).toMatch(/admin's name: .*not given. no. Give the bot a higher/);
    expect(log.of("the winner's role was not given")).toHaveLength(1);
  });

  it('plays no part where none was promised', async () => {
    await over();
    expect(granted).toEqual([]);
  });
});
