/** Orders that end before they are rendered, or while they are: cancelled, or with a failure. */
import type { Bells } from './bells.ts';
import type { Observer } from './observer.ts';
import type { OrderFailure } from './order.ts';
import type { Renders } from './renders.ts';
import { OPEN } from './store/orders.ts';
import type { OrderStore } from './store/orders.ts';

export interface EarlyEndsParts {
  readonly store: OrderStore;
  readonly renders: Renders;
  readonly bells: Bells;
  readonly observer: Observer;
}

export class EarlyEnds {
  readonly #parts: EarlyEndsParts;

  constructor(parts: EarlyEndsParts) {
    this.#parts = parts;
  }

  /** Again and again until the database takes it: nobody else would end the order. Never fails. */
  async fail(id: string, failure: OrderFailure): Promise<void> {
    const { renders, observer } = this.#parts;
    const failed = await renders.note(id, OPEN, { state: 'failed', failure });
    if (failed) observer.failed(failure.code);
    // Also where nothing was left to note: the database may have taken it without saying so.
    this.#ended(id);
  }

  /** False where it is too late. */
  async cancel(id: string): Promise<boolean> {
    const { store, bells } = this.#parts;
    try {
      const cancelled = await store.change(id, OPEN, { state: 'cancelled' });
      if (cancelled) this.#ended(id);
      return cancelled !== null;
    } catch (error) {
      // It may have been taken all the same: whoever watches looks.
      bells.ring(id);
      throw error;
    }
  }

  #ended(id: string): void {
    this.#parts.renders.stop(id);
    this.#parts.bells.ring(id);
  }
}
