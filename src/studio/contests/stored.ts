/** Contests and duels, as they lie in the database. */
import type { Kysely } from 'kysely';
import type { Tables } from '../store/tables.ts';
import type { Ballot, Contest, ContestEvent } from './contest.ts';
import { apply } from './rules.ts';
import { pairOf } from './votes.ts';

/** A contest as it is stored. */
export interface Stored {
  readonly contest: Contest;
  /** Events that made it. */
  readonly version: number;
  /** Votes so far, changed ones included. */
  readonly votes: number;
}

/** A person's duels, as they become more. */
export interface Duels {
  readonly decided: Set<string>;
  /** As it was shown, the left one first. */
  offered: readonly [number, number] | null;
}

/** @param known an earlier state, which only what came later is added to. */
export async function readContest(
  tables: Kysely<Tables>,
  id: string,
  known?: Stored,
): Promise<Stored | null> {
  const row = await tables
    .selectFrom('contests')
    .select(['version', 'votes'])
    .where('id', '=', id)
    .executeTakeFirst();
  if (!row) return null;
  let contest = known?.contest ?? null;
  const version = known?.version ?? 0;
  if (version < row.version) {
    const events = await tables
      .selectFrom('contest_events')
      .select('event')
      .where('contest', '=', id)
      .where('sequence', '>', version)
      .orderBy('sequence')
      .execute();
    contest = events.reduce(
      (so, { event }) => apply(so, JSON.parse(event) as ContestEvent),
      contest,
    );
  }
  return { contest: contest!, version: row.version, votes: row.votes };
}

/** What was chosen before; null where nothing was. */
export async function readChoice(
  tables: Kysely<Tables>,
  id: string,
  { voter, pair }: Pick<Ballot, 'voter' | 'pair'>,
): Promise<readonly number[] | null> {
  const row = await tables
    .selectFrom('contest_ballots')
    .select('choice')
    .where('contest', '=', id)
    .where('voter', '=', voter)
    .where('pair', '=', pair)
    .executeTakeFirst();
  return row ? (JSON.parse(row.choice) as number[]) : null;
}

export async function readDuels(tables: Kysely<Tables>, id: string, voter: string): Promise<Duels> {
  const decided = await tables
    .selectFrom('contest_ballots')
    .select('pair')
    .where('contest', '=', id)
    .where('voter', '=', voter)
    .execute();
  const offer = await tables
    .selectFrom('contest_offers')
    .select('pair')
    .where('contest', '=', id)
    .where('voter', '=', voter)
    .executeTakeFirst();
  const pairs = new Set(decided.map(({ pair }) => pair));
  const offered = offer ? (offer.pair.split('-').map(Number) as [number, number]) : null;
  return { decided: pairs, offered: offered && pairs.has(pairOf(offered)) ? null : offered };
}
