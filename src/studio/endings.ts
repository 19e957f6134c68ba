/** Renders that are over, until that is noted down. */
import { setImmediate } from 'node:timers/promises';
import type { Logger } from '../kit/log.ts';
import type { Outcome } from './attempts.ts';
import type { Estimator } from './estimate.ts';
import type { Notes } from './notes.ts';
import type { Observer } from './observer.ts';
import type { Rendered } from './rendering/messages.ts';
import type { Running } from './running.ts';
import type { OrderChange } from './store/order-rows.ts';

export interface EndingsParts {
  readonly notes: Notes;
  readonly estimator: Estimator;
  readonly observer: Observer;
  readonly log: Logger;
  /** Something about this order is new. */
  readonly changed: (id: string) => void;
}

export class Endings {
  readonly #parts: EndingsParts;
  readonly #over = new Map<string, Running>();
  readonly #noting = new Set<Promise<void>>();

  constructor(parts: EndingsParts) {
    this.#parts = parts;
  }

  /** One that is not yet noted down. */
  find(id: string): Running | undefined {
    return this.#over.get(id);
  }

  /** In the background, after a moment in which the next render begins: it need not wait. */
  note(running: Running, outcome: Outcome): void {
    this.#over.set(running.order.id, running);
    const noting = setImmediate().then(() => this.#note(running, outcome));
    this.#noting.add(noting);
    void noting.finally(() => this.#noting.delete(noting));
  }

  async settled(): Promise<void> {
    await Promise.all(this.#noting);
  }

  /** Never fails. */
  async #note(running: Running, outcome: Outcome): Promise<void> {
    const { id } = running.order;
    const { notes, changed } = this.#parts;
    const change = changeOf(outcome);
    const noted = change && (await notes.note(id, ['rendering'], change));
    if (noted) this.#observe(running, outcome);
    this.#over.delete(id);
    changed(id);
    if (noted && outcome.kind === 'rendered') await this.#learn(running, outcome.rendered);
  }

  #observe({ order: { id, job } }: Running, outcome: Outcome): void {
    const { observer, log } = this.#parts;
    if (outcome.kind === 'failed') observer.failed(outcome.failure.code);
    if (outcome.kind !== 'rendered') return;
    const { seconds, engine } = outcome.rendered.result;
    observer.rendered(seconds);
    log.info({ order: id, model: job.model, seconds, engine }, 'rendered');
  }

  async #learn({ order, units }: Running, { stepSeconds }: Rendered): Promise<void> {
    const { estimator, log } = this.#parts;
    try {
      await estimator.learn(order.job.model, units, stepSeconds);
    } catch (error) {
      log.warn({ err: error }, 'the speed of a render could not be noted down');
    }
  }
}

/** Null where there is nothing to note. */
function changeOf(outcome: Outcome): OrderChange | null {
  switch (outcome.kind) {
    case 'rendered':
      return { state: 'rendered', result: outcome.rendered.result };
    case 'failed':
      return { state: 'failed', failure: outcome.failure };
    case 'handed-back':
      return { state: 'queued' };
    case 'cancelled':
      return null;
  }
}
