/** Tells places that their contests have turned: each turn once. */
import type { Logger } from '../../kit/log.ts';
import type { Phase } from './contest.ts';
import type { Book } from './book.ts';
import type { Clock } from './clock.ts';
import { factsOf } from './views.ts';
import type { ContestFacts } from './views.ts';

export interface Announcement {
  readonly contest: ContestFacts;
  /** The phase that began. The contest itself may be further by now. */
  readonly phase: Phase;
  /** An earlier attempt may have got through: look before you send. */
  readonly again: boolean;
}

/** @throws where it did not get through: it is tried again for a day and a half, then given up. */
export type Announce = (announcement: Announcement) => Promise<void>;

export interface AnnouncerParts {
  readonly book: Book;
  readonly clock: Clock;
  readonly log: Logger;
}

const MINUTE = 60_000;

/** A channel that the bot has lost may come back. */
const MOST_ATTEMPTS = 12;

interface Due {
  readonly contest: string;
  readonly phase: Phase;
  readonly state: 'due' | 'begun' | 'done';
  readonly attempts: number;
}

export class Announcer {
  readonly #parts: AnnouncerParts;
  #announce: Announce | undefined;
  #stopTimer: (() => void) | undefined;
  #looking: Promise<void> | undefined;
  #again = false;

  constructor(parts: AnnouncerParts) {
    this.#parts = parts;
  }

  async begin(announce: Announce): Promise<void> {
    this.#announce = announce;
    this.look();
    await this.#looking;
  }

  look(): void {
    if (!this.#announce) return;
    this.#again = true;
    this.#looking ??= this.#look();
  }

  async stop(): Promise<void> {
    this.#announce = undefined;
    this.#stopTimer?.();
    await this.#looking;
  }

  async #look(): Promise<void> {
    const { log, clock } = this.#parts;
    let left = true;
    while (this.#again) {
      this.#again = false;
      try {
        for (const due of await this.#due()) await this.#try(due);
        left = await this.#isSomethingLeft();
      } catch (error) {
        log.error({ err: error }, 'announcements of contests could not be looked up');
        left = true;
      }
    }
    // In the same turn as the last look at #again: who comes later begins anew.
    this.#looking = undefined;
    this.#stopTimer?.();
    if (!this.#announce || !left) return;
    this.#stopTimer = clock.after(MINUTE, () => {
      this.look();
    });
  }

  #due(): Promise<Due[]> {
    const { book } = this.#parts;
    return (
      book.tables
        .selectFrom('contest_announcements')
        .select(['contest', 'phase', 'state', 'attempts'])
        .where('state', '<>', 'done')
        .where('at', '<=', book.now())
        .orderBy('at')
        .orderBy('contest')
        // 'voting' after 'closed' would be the wrong way round, and both may be due at once.
        .orderBy('phase', 'desc')
        .execute()
    );
  }

  async #isSomethingLeft(): Promise<boolean> {
    const row = await this.#parts.book.tables
      .selectFrom('contest_announcements')
      .select('contest')
      .where('state', '<>', 'done')
      .limit(1)
      .executeTakeFirst();
    return row !== undefined;
  }

  /** A contest that cannot be read stays due; the others are not to wait for it. */
  async #try(due: Due): Promise<void> {
    try {
      await this.#send(due);
    } catch (error) {
      const { contest } = due;
      this.#parts.log.error({ err: error, contest }, 'a contest could not be announced');
    }
  }

  async #send(due: Due): Promise<void> {
    const announce = this.#announce;
    if (!announce) return;
    const { book, log } = this.#parts;
    const { phase, state } = due;
    const attempts = due.attempts + 1;
    const { contest } = await book.current(due.contest);
    await this.#mark(due, { state: 'begun', attempts });
    try {
      await announce({ contest: factsOf(contest), phase, again: state === 'begun' });
    } catch (error) {
      const fields = { err: error, contest: contest.id, phase, attempts };
      if (attempts < MOST_ATTEMPTS) {
        log.warn(fields, 'a contest was not announced');
        // 1, 2, 4 … minutes: twelve attempts take a day and a half.
        await this.#mark(due, { at: book.now() + MINUTE * 2 ** (attempts - 1) });
        return;
      }
      log.error(fields, 'the announcement of a contest was given up');
    }
    await this.#mark(due, { state: 'done' });
  }

  async #mark(
    { contest, phase }: Due,
    change: { readonly state?: 'begun' | 'done'; readonly attempts?: number; readonly at?: number },
  ): Promise<void> {
    await this.#parts.book.tables
      .updateTable('contest_announcements')
      .set(change)
      .where('contest', '=', contest)
      .where('phase', '=', phase)
      .execute();
  }
}
