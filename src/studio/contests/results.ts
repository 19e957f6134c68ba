/** What came out of a contest that is closed. Counted once, and kept. */
import type { Book } from './book.ts';
import { standing } from './rules.ts';
import type { Stored } from './stored.ts';
import { TIE_RULES } from './settings.ts';
import { tallies } from './tally/index.ts';
import type { CountedBallot, Placed } from './tally/tally.ts';
import { entryView, factsOf } from './views.ts';
import type { ContestFacts, EntryView, Viewer } from './views.ts';

export interface PlacedEntry extends Omit<Placed, 'entry'> {
  /** 1 is the winner. */
  readonly rank: number;
  readonly entry: EntryView;
}

export interface Results {
  readonly contest: ContestFacts;
  /** From first to last. */
  readonly placed: readonly PlacedEntry[];
  /** Up to three with at least one vote; none where nobody voted. */
  readonly podium: readonly PlacedEntry[];
  readonly voters: number;
  /** What decided between equal ones. */
  readonly tieRule: string;
}

interface Count {
  /** From first to last. */
  readonly placed: readonly Placed[];
  /** People whose ballots count. */
  readonly voters: number;
}

/** @param stored closed. */
export async function resultsOf(book: Book, stored: Stored, viewer: Viewer): Promise<Results> {
  const { contest } = stored;
  const { placed, voters } = await countOf(book, stored);
  const entries = placed.map(({ entry: number, ...rest }, index): PlacedEntry => {
    const entry = entryView(contest, contest.entries[number - 1]!, viewer);
    return { ...rest, rank: index + 1, entry };
  });
  return {
    ...{ contest: factsOf(contest), placed: entries, voters },
    podium: entries.slice(0, 3).filter(({ support }) => support > 0),
    tieRule: TIE_RULES[contest.settings.voting],
  };
}

/** @param stored closed: no ballot comes any more. */
async function countOf(book: Book, { contest }: Stored): Promise<Count> {
  const { tables } = book;
  const { id, settings } = contest;
  const { results } = await tables
    .selectFrom('contests')
    .select('results')
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  if (results !== null) return JSON.parse(results) as Count;
  const entries = standing(contest).map(({ number }) => number);
  const placed = tallies[settings.voting](entries, await countedBallots(book, id));
  const count = { placed, voters: await votersOf(book, id) };
  await tables
    .updateTable('contests')
    .set({ results: JSON.stringify(count) })
    .where('id', '=', id)
    .execute();
  return count;
}

/** People who have voted, and not taken it back. */
export async function votersOf({ tables }: Book, id: string): Promise<number> {
  const { voters } = await tables
    .selectFrom('contest_ballots')
    .select(({ fn }) => fn.count<number | string>('voter').distinct().as('voters'))
    .where('contest', '=', id)
    // Of two dreams neither may be better: that is a vote too.
    .where((row) => row.or([row('choice', '<>', '[]'), row('pair', '<>', '')]))
    .executeTakeFirstOrThrow();
  return Number(voters);
}

async function countedBallots({ tables }: Book, id: string): Promise<CountedBallot[]> {
  const rows = await tables
    .selectFrom('contest_ballots')
    .select(({ fn }) => ['pair', 'choice', fn.countAll<number | string>().as('count')])
    .where('contest', '=', id)
    .groupBy(['pair', 'choice'])
    .execute();
  return rows.map(({ pair, choice, count }) => ({
    pair,
    choice: JSON.parse(choice) as number[],
    count: Number(count),
  }));
}
