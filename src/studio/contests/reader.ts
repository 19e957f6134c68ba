/** What there is to see of contests, for each as far as they may. */
import { DreamError } from '../../kit/errors.ts';
import type { Place } from '../order.ts';
import type { Book } from './book.ts';
import type { Actor, Contest } from './contest.ts';
import type { EntryPictures } from './entry-pictures.ts';
import { exportContest } from './export.ts';
import type { ContestExport, ExportFormat } from './export.ts';
import { hallOf } from './hall.ts';
import type { HallPlace } from './hall.ts';
import { isIn } from './place-rows.ts';
import { drawPodium } from './podium/podium.ts';
import { resultsOf, votersOf } from './results.ts';
import type { Results } from './results.ts';
import { checkMayRun, checkPlace, mayRun, unknownContest } from './rights.ts';
import { entryNumber } from './entry-number.ts';
import { standing } from './rules.ts';
import type { Stored } from './stored.ts';
import { entriesFor, factsOf, maySee } from './views.ts';
import type { ContestFacts, EntryView, Viewer } from './views.ts';

export interface ContestStatus {
  readonly contest: ContestFacts;
  /** Entries that can be voted for, now or when voting begins. */
  readonly entries: number;
  /** Entries that wait for approval; null for people who do not run the contest. */
  readonly waiting: number | null;
  /** People who have voted. */
  readonly voters: number;
  readonly mayRun: boolean;
}

export class ContestReader {
  readonly #book: Book;
  readonly #pictures: EntryPictures;

  constructor(book: Book, pictures: EntryPictures) {
    this.#book = book;
    this.#pictures = pictures;
  }

  async status(actor: Actor, id: string): Promise<ContestStatus> {
    const { contest } = await this.#stored(actor, id);
    const runs = mayRun(actor, contest);
    const waiting = contest.entries.filter(({ state }) => state === 'waiting').length;
    return {
      ...{ contest: factsOf(contest), entries: standing(contest).length, mayRun: runs },
      waiting: runs ? waiting : null,
      voters: await votersOf(this.#book, id),
    };
  }

  /** The contests of the actor's place that are not over, the oldest first. */
  async running(actor: Actor): Promise<ContestFacts[]> {
    const rows = await this.#book.tables
      .selectFrom('contests')
      .select('id')
      .where(isIn(actor.place))
      .where('due_at', 'is not', null)
      .orderBy('started_at')
      .orderBy('id')
      .execute();
    const contests = await this.#all(rows);
    return contests.filter(({ endedAt }) => endedAt === undefined).map(factsOf);
  }

  /** Those that are over, the newest first. */
  async history(actor: Actor, limit: number): Promise<ContestFacts[]> {
    return (await this.#ended(actor.place, limit)).map(factsOf);
  }

  /** In the viewer's own order until the end. */
  async entries(actor: Actor, id: string): Promise<EntryView[]> {
    const { contest } = await this.#stored(actor, id);
    return entriesFor(contest, actor);
  }

  /** What the actor has approved or ranked so far; null where nothing. */
  async ballot(actor: Actor, id: string): Promise<readonly number[] | null> {
    await this.#stored(actor, id);
    const row = await this.#book.tables
      .selectFrom('contest_ballots')
      .select('choice')
      .where('contest', '=', id)
      .where('voter', '=', actor.id)
      .where('pair', '=', '')
      .executeTakeFirst();
    return row ? (JSON.parse(row.choice) as number[]) : null;
  }

  /**
   * PNG, with the recipe inside.
   * @param which `source` is what the dream began with.
   */
  async picture(
    viewer: Viewer,
    id: string,
    number: number,
    which: 'result' | 'source' = 'result',
  ): Promise<Uint8Array> {
    const { contest } = await this.#stored(viewer, id);
    const entry = entryNumber(contest, number);
    if (!maySee(contest, entry, viewer)) {
      throw new DreamError('unknown-entry', `there is no entry ${number} in this contest`);
    }
    return this.#pictures.read(id, entry.dream.order, which);
  }

  /** @throws DreamError 'wrong-phase' before the end: nobody sees a tally, whoever they are. */
  async results(viewer: Viewer, id: string): Promise<Results> {
    const stored = await this.#stored(viewer, id);
    checkClosed(stored.contest);
    return resultsOf(this.#book, stored, viewer);
  }

  /** PNG of the winners; null where nobody voted. */
  async podium(viewer: Viewer, id: string): Promise<Uint8Array | null> {
    const { contest, podium } = await this.results(viewer, id);
    if (podium.length === 0) return null;
    const pictures = podium.map(async (place) => {
      const { dream, state } = place.entry;
      if (state === 'removed') return { ...place, picture: null };
      // Of a winner who wanted to be forgotten the place is left, and no picture.
      const picture = await this.#pictures.read(id, dream.order).catch(() => null);
      return { ...place, picture };
    });
    return drawPodium(contest.theme, await Promise.all(pictures));
  }

  /** People with places on podiums, the best first. */
  async hallOfFame(actor: Actor, limit: number): Promise<HallPlace[]> {
    const contests = await this.#ended(actor.place, 1000);
    const closed = contests.filter(({ phase }) => phase === 'closed');
    const all = await Promise.all(closed.map(({ id }) => this.results(actor, id)));
    return hallOf(all).slice(0, limit);
  }

  /** For those who run the contest, when it is over. */
  async exportOf(actor: Actor, id: string, format: ExportFormat): Promise<ContestExport> {
    const { contest } = await this.#stored(actor, id);
    checkMayRun(actor, contest);
    checkClosed(contest);
    return exportContest(this.#book, await this.results(actor, id), format);
  }

  /** Whoever asks: for housekeeping. */
  async allRunning(): Promise<Contest[]> {
    const { tables } = this.#book;
    const rows = await tables
      .selectFrom('contests')
      .select('id')
      .where('due_at', 'is not', null)
      .execute();
    return this.#all(rows);
  }

  async #ended(place: Place, limit: number): Promise<Contest[]> {
    const rows = await this.#book.tables
      .selectFrom('contests')
      .select('id')
      .where(isIn(place))
      .where('ended_at', 'is not', null)
      .orderBy('ended_at', 'desc')
      .orderBy('id')
      .limit(limit)
      .execute();
    return this.#all(rows);
  }

  async #all(rows: readonly { readonly id: string }[]): Promise<Contest[]> {
    const contests: Contest[] = [];
    for (const { id } of rows) contests.push((await this.#book.current(id)).contest);
    return contests;
  }

  /** Without a viewer, ended ones only. */
  async #stored(viewer: Viewer, id: string): Promise<Stored> {
    const stored = await this.#book.current(id);
    if (viewer) checkPlace(viewer, stored.contest);
    else if (stored.contest.phase !== 'closed') throw unknownContest();
    return stored;
  }
}

function checkClosed({ phase }: Contest): void {
  if (phase === 'closed') return;
  throw new DreamError(
    'wrong-phase',
    phase === 'cancelled'
      ? 'this contest was cancelled: there are no results'
      : 'results are hidden until the contest is over',
  );
}
