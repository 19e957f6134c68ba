/** What becomes of renders, noted down: in order for each of them, again and again until it is. */
import { setTimeout as after } from 'node:timers/promises';
import type { Logger } from '../kit/log.ts';
import type { OrderState } from './order.ts';
import type { OrderChange, StoredOrder } from './store/order-rows.ts';
import type { OrderStore } from './store/orders.ts';

/** Milliseconds between two attempts, at first and at most. */
const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 60_000;

export interface NotesParts {
  readonly store: Pick<OrderStore, 'change'>;
  readonly log: Logger;
  /** @default 250 */
  readonly firstPause?: number;
}

/** A database that fails is given time; what it has not taken when the bot ends is found at the next start. */
export class Notes {
  readonly #parts: NotesParts;
  readonly #last = new Map<string, Promise<unknown>>();
  readonly #closing = new AbortController();

  constructor(parts: NotesParts) {
    this.#parts = parts;
  }

  /**
   * As `OrderStore.change`, after all that was to be noted of the order before. Never fails.
   * @returns null also where the bot ended before the database took it.
   */
  note(id: string, from: readonly OrderState[], change: OrderChange): Promise<StoredOrder | null> {
    const before = this.#last.get(id) ?? Promise.resolve();
    const noted = before.then(() => this.#repeat(id, from, change));
    this.#last.set(id, noted);
    void noted.finally(() => {
      if (this.#last.get(id) === noted) this.#last.delete(id);
    });
    return noted;
  }

  /** What fails from now on is not repeated. Resolves when nothing is left to be noted. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all(this.#last.values());
  }

  async #repeat(
    id: string,
    from: readonly OrderState[],
    change: OrderChange,
  ): Promise<StoredOrder | null> {
    const { store, log, firstPause = FIRST_PAUSE } = this.#parts;
    const { signal } = this.#closing;
    for (let pause = firstPause; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
      try {
        return await store.change(id, from, change);
      } catch (error) {
        log.error(
          { err: error, order: id, state: change.state },
          'a render could not be noted down',
        );
        if (signal.aborted) return null;
        // Once more at once when the bot ends.
        await after(pause, undefined, { signal }).catch(() => undefined);
      }
    }
  }
}
