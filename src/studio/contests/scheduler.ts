/** Windows that open and close by themselves. */
import type { Logger } from '../../kit/log.ts';
import type { Book } from './book.ts';
import type { Clock } from './clock.ts';

export interface SchedulerParts {
  readonly book: Book;
  readonly clock: Clock;
  readonly log: Logger;
}

/** The clock may be set, and a machine may sleep: so often it is looked at, whatever is due. */
const LONGEST = 60_000;

/**
 * One timer. When something is due is in the database, so nothing is missed while the bot is down;
 * it is done when it comes back, once, in the order in which it was due. Times are UTC: what the
 * clocks on the wall do plays no part.
 */
export class Scheduler {
  readonly #parts: SchedulerParts;
  #stopTimer: (() => void) | undefined;
  #looking: Promise<void> | undefined;
  #again = false;
  #begun = false;

  constructor(parts: SchedulerParts) {
    this.#parts = parts;
  }

  async begin(): Promise<void> {
    this.#begun = true;
    this.look();
    await this.#looking;
  }

  /** Something may be due, or due at another time than before. */
  look(): void {
    if (!this.#begun) return;
    this.#again = true;
    this.#looking ??= this.#look();
  }

  async stop(): Promise<void> {
    this.#begun = false;
    this.#stopTimer?.();
    await this.#looking;
  }

  async #look(): Promise<void> {
    const { log, clock } = this.#parts;
    let wait = LONGEST;
    while (this.#again) {
      this.#again = false;
      try {
        wait = await this.#doWhatIsDue();
      } catch (error) {
        log.error({ err: error }, 'contests could not be brought up to date');
        wait = LONGEST;
      }
    }
    // In the same turn as the last look at #again: who comes later begins anew.
    this.#looking = undefined;
    this.#stopTimer?.();
    if (!this.#begun) return;
    this.#stopTimer = clock.after(wait, () => {
      this.look();
    });
  }

  /** @returns milliseconds until it has to look again. */
  async #doWhatIsDue(): Promise<number> {
    const { book, log } = this.#parts;
    const due = await book.tables
      .selectFrom('contests')
      .select(['id', 'due_at'])
      .where('due_at', '<=', book.now())
      .orderBy('due_at')
      .orderBy('id')
      .execute();
    let failed = false;
    for (const { id } of due) {
      try {
        await book.current(id);
      } catch (error) {
        // It stays due; the others are not to wait for it.
        log.error({ err: error, contest: id }, 'a contest could not be brought up to date');
        failed = true;
      }
    }
    if (failed) return LONGEST;
    const next = await book.tables
      .selectFrom('contests')
      .select(({ fn }) => fn.min<number | string | null>('due_at').as('at'))
      .executeTakeFirstOrThrow();
    if (next.at === null) return LONGEST;
    return Math.min(Math.max(Number(next.at) - book.now(), 0), LONGEST);
  }
}
