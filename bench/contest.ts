/**
 * A contest of 200 entries with 5,000 voters: how long a vote takes to be acknowledged (it is on
 * the disk by then), how long the results take, and what memory does.
 *
 * Votes come as they do, whether the last one was acknowledged or not: 250 a second, and those of
 * 500 voters all at once at the end.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom } from '../src/kit/random.ts';
import { silentLog } from '../src/kit/log.ts';
import { presets } from '../src/dream/presets.ts';
import type { Actor, Vote } from '../src/studio/contests/contest.ts';
import { Contests } from '../src/studio/contests/contests.ts';
import type { Voting } from '../src/studio/contests/settings.ts';
import { shuffled } from '../src/studio/contests/shuffle.ts';
import type { Order, Place } from '../src/studio/order.ts';
import { openDatabase } from '../src/studio/store/database.ts';

const ENTRIES = 200;
const VOTERS = 5000;
const A_SECOND = 250;
const AT_ONCE = 500;
const DUELS = 2;
const DAY = 86_400_000;

const place: Place = { platform: 'bench', server: 'bench', channel: 'bench' };

export async function contest(): Promise<void> {
  for (const voting of ['approval', 'ranked', 'duels'] as const) await measure(voting);
}

async function measure(voting: Voting): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'dream-bench-'));
  const database = await openDatabase(folder, silentLog);
  const studio = {
    order: (id: string) => Promise.resolve(orderOf(id)),
    result: () => Promise.resolve(Buffer.from('-')),
    source: () => Promise.resolve(Buffer.from('-')),
  };
  const contests = new Contests({
    ...{ tables: database.tables, studio, log: silentLog },
    folder: join(folder, 'entries'),
  });
  const admin = actor('admin', true);
  const now = Date.now();
  const { id } = await contests.create(admin, {
    event: 'bench',
    theme: 'Clouds',
    settings: { submissionEndsAt: now + DAY, votingEndsAt: now + 2 * DAY, voting },
  });
  for (let entry = 1; entry <= ENTRIES; entry++) {
    await contests.enter(actor(authorOf(entry)), id, orderIdOf(entry));
  }
  await contests.close(admin, id, 'submission');
  const memory = process.memoryUsage().rss;
  const times = await votes(contests, id, voting);
  const grown = process.memoryUsage().rss - memory;
  await contests.close(admin, id, 'voting');
  const began = performance.now();
  const { voters } = await contests.read.results(admin, id);
  const seconds = (performance.now() - began) / 1000;
  times.sort((one, other) => one - other);
  const at = (share: number): string => times[Math.floor((times.length - 1) * share)]!.toFixed(1);
  console.log(
    `${voting.padEnd(9)} ${voters} voters, ${times.length} votes: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, longest ${at(1)} ms; results ${seconds.toFixed(2)} s; memory ${(grown / 2 ** 20).toFixed(0)} MiB more`,
  );
  await contests.stop();
  await database.close();
  await rm(folder, { recursive: true, force: true });
}

/** @returns milliseconds of each vote. */
async function votes(contests: Contests, id: string, voting: Voting): Promise<number[]> {
  const random = seededRandom(1);
  const numbers = Array.from({ length: ENTRIES }, (_, index) => index + 1);
  const times: number[] = [];
  const cast = async (who: string, vote: Vote): Promise<void> => {
    const began = performance.now();
    await contests.vote(actor(who), id, vote);
    times.push(performance.now() - began);
  };
  const voter = async (number: number): Promise<void> => {
    const who = `voter ${number}`;
    if (voting !== 'duels') {
      const entries = shuffled(numbers, random).slice(0, voting === 'ranked' ? ENTRIES : 20);
      return cast(who, { voting, entries });
    }
    for (let duel = 0; duel < DUELS; duel++) {
      const next = (await contests.nextDuel(actor(who), id))!;
      const pair = [next.left.number, next.right.number] as const;
      await cast(who, { voting, pair, winner: Math.min(...pair) });
    }
  };
  const all: Promise<void>[] = [];
  const voters = voting === 'duels' ? A_SECOND / DUELS : A_SECOND;
  const began = performance.now();
  for (let number = 0; number < VOTERS - AT_ONCE; number++) {
    const wait = began + (number * 1000) / voters - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    all.push(voter(number));
  }
  await Promise.all(all);
  await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => voter(VOTERS - AT_ONCE + index)));
  return times;
}

function actor(id: string, isAdmin = false): Actor {
  return { id, name: id, place, admin: isAdmin, roles: [] };
}

function authorOf(entry: number): string {
  return `author ${entry}`;
}

function orderIdOf(entry: number): string {
  return `entry${String(entry).padStart(7, '0')}`;
}

function orderOf(id: string): Order {
  const author = authorOf(Number(id.slice(5)));
  return {
    ...{ id, requester: { id: author, name: author }, place, address: {}, event: id },
    job: {
      ...{ kind: 'dream', model: 'inception_v3', size: 512, deepLayers: false },
      recipe: presets.default,
    },
    ...{ source: { from: 'clouds' }, spoiler: false, state: 'delivered', createdAt: 0 },
    ...{ updatedAt: 0, crashes: 0, deliveryBegun: true },
    result: {
      ...{ rows: 1, columns: 1, formula: '-', notices: [], engine: '-', seconds: 1, scores: [] },
    },
  };
}
