/** What a contest leaves, as JSON and CSV: results with names, ballots without. */
import { createHmac } from 'node:crypto';
import type { Book } from './book.ts';
import { csv } from './csv.ts';
import type { Results } from './results.ts';

export const EXPORT_FORMATS = ['json', 'results-csv', 'ballots-csv'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export interface ContestExport {
  /** A file name. */
  readonly name: string;
  readonly mime: 'application/json' | 'text/csv';
  readonly text: string;
}

interface CastBallot {
  readonly number: number;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** The same for all ballots of a person in this contest, and for nothing else. */
  readonly voter: string;
  readonly pair?: string;
  readonly choice: readonly number[];
}

export async function exportContest(
  book: Book,
  results: Results,
  format: ExportFormat,
): Promise<ContestExport> {
  const { id } = results.contest;
  const ballots = await ballotsOf(book, id);
  if (format === 'json') {
    const text = JSON.stringify({ ...summary(results), ballots }, null, 2);
    return { name: `contest-${id}.json`, mime: 'application/json', text };
  }
  const text = format === 'results-csv' ? resultsTable(results) : ballotsTable(ballots);
  return { name: `contest-${id}-${format.replace('-csv', '')}.csv`, mime: 'text/csv', text };
}

async function ballotsOf({ tables }: Book, id: string): Promise<CastBallot[]> {
  const { secret } = await tables
    .selectFrom('contests')
    .select('secret')
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  const rows = await tables
    .selectFrom('contest_ballot_log')
    .selectAll()
    .where('contest', '=', id)
    .orderBy('sequence')
    .execute();
  return rows.map(({ sequence, at, voter, pair, choice }) => ({
    ...{ number: sequence, at: time(Number(at)), voter: pseudonym(secret, voter) },
    ...(pair === '' ? {} : { pair }),
    choice: JSON.parse(choice) as number[],
  }));
}

/** Cannot be turned back without the secret, which never leaves the database. */
function pseudonym(secret: string, voter: string): string {
  return createHmac('sha256', secret).update(voter).digest('hex').slice(0, 16);
}

function summary({ contest, placed, voters, tieRule }: Results): object {
  const { id, theme, settings, startedAt, endedAt } = contest;
  return {
    contest: {
      ...{ id, theme, voting: settings.voting, voters, tieRule, started: time(startedAt) },
      ended: time(endedAt!),
      settings,
    },
    results: placed.map(({ rank, entry, score, confidence, support }) => ({
      ...{ rank, entry: entry.number, author: entry.by?.name ?? '', title: entry.title ?? '' },
      ...{ score, confidence, support, dream: entry.dream },
    })),
  };
}

function resultsTable({ placed }: Results): string {
  const rows = placed.map(({ rank, entry, score, confidence, support }) => {
    const { number, by, title = '', dream } = entry;
    const { model, recipe } = dream.job;
    const [low = '', high = ''] = confidence ?? [];
    return [
      ...[rank, number, by?.name ?? '', title, score, low, high, support],
      ...[model, dream.formula, JSON.stringify(recipe)],
    ];
  });
  const head = 'rank,entry,author,title,score,low,high,support,model,formula,recipe'.split(',');
  return csv([head, ...rows]);
}

function ballotsTable(ballots: readonly CastBallot[]): string {
  const rows = ballots.map(({ number, at, voter, pair = '', choice }) => {
    return [number, at, voter, pair, choice.join(' ')];
  });
  return csv([['ballot', 'at', 'voter', 'pair', 'choice'], ...rows]);
}

function time(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
