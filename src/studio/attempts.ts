/** One order's render: in a process, and in another one where that dies. */
import { PATIENCE } from './allowance.ts';
import { DreamError } from '../kit/errors.ts';
import type { Logger } from '../kit/log.ts';
import { CRASHED, failureOf, isOurs, OVERDUE } from './failure.ts';
import type { OrderFailure } from './order.ts';
import { ProcessCrash } from './processes/task-process.ts';
import type { Rendered, RenderTask } from './rendering/messages.ts';
import type { RenderPool } from './rendering/pool.ts';
import { noteProgress } from './running.ts';
import type { Running } from './running.ts';
import type { StoredOrder } from './store/order-rows.ts';

/** A render that has killed so many processes is given up. */
const MOST_CRASHES = 2;

/** Milliseconds; a longer timer of Node's ends at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

export interface AttemptsParts {
  readonly pool: Pick<RenderPool, 'run' | 'close'>;
  readonly log: Logger;
  /** A render that takes some times longer is stopped. */
  readonly maxSeconds: number;
  readonly taskOf: (order: StoredOrder) => RenderTask;
  /** Something about this order is new. */
  readonly changed: (id: string) => void;
  readonly crashed: (id: string, crashes: number) => void;
}

export type Outcome =
  | { readonly kind: 'rendered'; readonly rendered: Rendered }
  | { readonly kind: 'failed'; readonly failure: OrderFailure }
  /** Whoever cancelled it has noted that down. */
  | { readonly kind: 'cancelled' }
  /** The bot is shutting down: it belongs back in the queue. */
  | { readonly kind: 'handed-back' };

export class Attempts {
  readonly #parts: AttemptsParts;
  #handingBack = false;

  constructor(parts: AttemptsParts) {
    this.#parts = parts;
  }

  /** Never fails. */
  async outcomeOf(running: Running): Promise<Outcome> {
    const overdue = setTimeout(
      () => {
        running.controller.abort(OVERDUE);
      },
      Math.min(this.#parts.maxSeconds * PATIENCE * 1000, LONGEST_TIMER),
    );
    try {
      return await this.#untilDone(running);
    } finally {
      clearTimeout(overdue);
    }
  }

  /** Ends what is under way: it is handed back. */
  async close(): Promise<void> {
    this.#handingBack = true;
    await this.#parts.pool.close();
  }

  async #untilDone(running: Running): Promise<Outcome> {
    const { log, crashed } = this.#parts;
    const { id, crashes } = running.order;
    for (let died = crashes; died < MOST_CRASHES;) {
      try {
        return { kind: 'rendered', rendered: await this.#attempt(running, died > 0) };
      } catch (error) {
        if (this.#handingBack) return { kind: 'handed-back' };
        if (!(error instanceof ProcessCrash)) return this.#failed(running, error);
        if (running.controller.signal.aborted) return ended(running);
        died += 1;
        log.warn({ err: error, order: id, crashes: died }, 'a render process died');
        crashed(id, died);
      }
    }
    return { kind: 'failed', failure: CRASHED };
  }

  async #attempt(running: Running, cautious: boolean): Promise<Rendered> {
    if (this.#handingBack) throw new ProcessCrash('the bot is shutting down');
    const { order, controller } = running;
    const { pool, log, taskOf, changed } = this.#parts;
    return pool.run(
      { ...taskOf(order), cautious },
      {
        signal: controller.signal,
        begun: (pid) => {
          log.debug({ order: order.id, pid }, 'render begun');
        },
        progress: (progress) => {
          noteProgress(running, progress);
          changed(order.id);
        },
      },
    );
  }

  #failed(running: Running, error: unknown): Outcome {
    if (error instanceof DreamError && error.code === 'cancelled') return ended(running);
    const { id } = running.order;
    if (isOurs(error)) this.#parts.log.error({ err: error, order: id }, 'a render failed');
    return { kind: 'failed', failure: failureOf(error) };
  }
}

/** What was stopped, by the clock or by whoever else. */
function ended({ controller }: Running): Outcome {
  if (controller.signal.reason === OVERDUE) return { kind: 'failed', failure: OVERDUE };
  return { kind: 'cancelled' };
}
