/**
 * Contests that are over, for anybody: what a public page may show and nothing else. No ids of
 * orders or people, no entry that is out; of a contest that goes on, not even that there is one.
 */
import { DreamError } from '../../kit/errors.ts';
import { csv } from '../../studio/contests/csv.ts';
import type { Contests } from '../../studio/contests/contests.ts';
import { Letters } from '../../studio/contests/podium/letters.ts';
import type { Results } from '../../studio/contests/results.ts';
import { commandFor } from '../command-text.ts';
import { acrossFor, drawSheet } from './drawing.ts';
import { nameOf, scoreWords } from './words.ts';

export interface ShownEntry {
  /** 1 is the winner. */
  readonly rank: number;
  readonly number: number;
  readonly title: string | null;
  readonly author: string;
  readonly score: string;
  /** What was climbed, as a formula. */
  readonly formula: string;
  readonly model: string;
  /** That makes such a dream again. */
  readonly command: string;
  readonly rows: number;
  readonly columns: number;
  /** It was kept to the white of a mask. */
  readonly masked: boolean;
  /** It is for those who want to see it. */
  readonly veiled: boolean;
  /** Why there is no picture: those who ran the contest took it down, its author had it deleted. */
  readonly gone: 'removed' | 'deleted' | null;
}

export interface ShownContest {
  readonly id: string;
  readonly theme: string;
  /** Milliseconds since 1970. */
  readonly endedAt: number;
  readonly voting: string;
  readonly voters: number;
  readonly tieRule: string;
  /** Places on the podium. */
  readonly winners: number;
  /** From first to last. */
  readonly entries: readonly ShownEntry[];
}

/** Each is null where there is nothing to be shown. */
export interface Gallery {
  contest(id: string): Promise<ShownContest | null>;
  /** PNG. */
  picture(id: string, entry: number): Promise<Uint8Array | null>;
  /** What the dream began with. */
  before(id: string, entry: number): Promise<Uint8Array | null>;
  podium(id: string): Promise<Uint8Array | null>;
  /** Everything on one page, to be printed. */
  sheet(id: string): Promise<Uint8Array | null>;
  json(id: string): Promise<string | null>;
  csv(id: string): Promise<string | null>;
}

/** More would be too small to be seen on one page. */
const MOST_ON_SHEET = 150;

/** Pixels across a page at 200 dots an inch, less its margins. */
const PAPER_WIDTH = 1500;

export function galleryOf({ read }: Pick<Contests, 'read'>): Gallery {
  const results = (id: string): Promise<Results | null> => orNull(read.results(null, id));
  const contest = async (id: string): Promise<ShownContest | null> => {
    const found = await results(id);
    return found && shown(found);
  };
  const picture = (id: string, entry: number): Promise<Uint8Array | null> =>
    orNull(read.picture(null, id, entry));
  return {
    contest,
    picture,
    async before(id, number) {
      const found = await results(id);
      const place = found?.placed.find(({ entry }) => entry.number === number);
      return place ? orNull(read.picture(null, id, number, 'source')) : null;
    },
    podium: (id) => orNull(read.podium(null, id)),
    async sheet(id) {
      const found = await contest(id);
      return found && drawContest(found, (entry) => picture(id, entry));
    },
    async json(id) {
      const found = await results(id);
      return found && `${JSON.stringify(exported(found), null, 2)}\n`;
    },
    async csv(id) {
      const found = await contest(id);
      if (!found) return null;
      const head = 'rank,entry,title,author,score,formula,model,command,mask'.split(',');
      const rows = found.entries.map(({ rank, number, title, author, score, ...dream }) => {
        const { formula, model, command, masked } = dream;
        const entry = [rank, number, title ?? '', author, score];
        return [...entry, formula, model, command, masked ? 'yes' : ''];
      });
      return csv([head, ...rows]);
    },
  };
}

async function orNull<Found>(found: Promise<Found>): Promise<Found | null> {
  try {
    return await found;
  } catch (error) {
    if (error instanceof DreamError) return null;
    throw error;
  }
}

function shown({ contest, placed, podium, voters, tieRule }: Results): ShownContest {
  const { id, theme, endedAt, settings } = contest;
  const entries = placed.map(({ rank, entry, ...place }): ShownEntry => {
    const { number, title = null, by, dream, state } = entry;
    const forgotten = by?.name === '';
    return {
      ...{ rank, number, title, author: nameOf(by?.name ?? '') },
      score: scoreWords(place, settings.voting),
      formula: dream.formula,
      model: dream.job.model,
      command: commandFor(dream.job),
      rows: dream.rows,
      columns: dream.columns,
      masked: dream.masked === true,
      veiled: dream.veiled === true,
      gone: state === 'removed' ? 'removed' : forgotten ? 'deleted' : null,
    };
  });
  return {
    ...{ id, theme, voters, tieRule, entries, endedAt: endedAt! },
    voting: settings.voting,
    winners: podium.length,
  };
}

function exported(results: Results): object {
  const { theme, endedAt, voting, voters, tieRule, entries } = shown(results);
  const recipes = results.placed.map(({ score, confidence, entry: { dream } }) => ({
    ...{ score, ...(confidence ? { confidence } : {}) },
    ...{ recipe: dream.job.recipe, size: dream.job.size },
  }));
  return {
    ...{ theme, ended: new Date(endedAt).toISOString(), voting, voters, tieRule },
    results: entries.map(({ score: words, ...entry }, index) => ({
      ...entry,
      words,
      ...recipes[index]!,
    })),
  };
}

async function drawContest(
  { theme, entries }: ShownContest,
  read: (entry: number) => Promise<Uint8Array | null>,
): Promise<Uint8Array> {
  const listed = entries.slice(0, MOST_ON_SHEET);
  const tiles = [];
  for (const { rank, number, author, veiled } of listed) {
    tiles.push({ label: `${rank}. ${author}`, picture: veiled ? null : await read(number) });
  }
  // Paper is higher than wide.
  const across = acrossFor(Math.ceil(listed.length * 0.7));
  const width = Math.floor(PAPER_WIDTH / across);
  const height = Math.floor(width * 0.8);
  const line = Math.max(12, Math.floor(width / 12));
  const letters = await Letters.load();
  const look = { ...{ across, width, height, line, letters }, title: theme, paper: true };
  return drawSheet(tiles, look);
}
