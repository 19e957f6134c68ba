/** From orders whose picture is there to results: the queue, and what happens in its slots. */
import { DreamError } from '../kit/errors.ts';
import type { Logger } from '../kit/log.ts';
import { finishTimes } from './estimate.ts';
import type { Estimator } from './estimate.ts';
import { fairQueue } from './fair-queue.ts';
import type { FairQueue } from './fair-queue.ts';
import { PATIENCE } from './allowance.ts';
import { CRASHED, failureOf, isOurs, OVERDUE } from './failure.ts';
import type { OrderFailure, OrderUpdate } from './order.ts';
import type { Observer } from './observer.ts';
import { RenderCrash } from './rendering/render-process.ts';
import type { RenderPool } from './rendering/pool.ts';
import type { Rendered, RenderTask } from './rendering/messages.ts';
import { secondsLeft } from './running.ts';
import type { Running, Work } from './running.ts';
import type { OrderStore, StoredOrder } from './store/orders.ts';

/** A render that has killed so many processes is given up. */
const MOST_CRASHES = 2;

/** Milliseconds; a longer timer of Node's ends at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

export interface RendersParts {
  readonly store: OrderStore;
  readonly pool: Pick<RenderPool, 'run' | 'close'>;
  readonly estimator: Estimator;
  readonly observer: Observer;
  readonly log: Logger;
  readonly concurrency: number;
  /** A render that takes some times longer is stopped. */
  readonly maxSeconds: number;
  readonly taskOf: (order: StoredOrder) => RenderTask;
  /** Something about this order is new. */
  readonly changed: (id: string) => void;
}

export type Rendering = Extract<OrderUpdate, { state: 'rendering' }>;

export class Renders {
  readonly #parts: RendersParts;
  readonly #queue: FairQueue;
  readonly #waiting = new Map<string, Work>();
  readonly #running = new Map<string, Running>();
  /** Seconds that the last order takes, as estimated. */
  #usual: number | null = null;
  #handingBack = false;

  constructor(parts: RendersParts) {
    this.#parts = parts;
    this.#queue = fairQueue(parts.concurrency);
  }

  start(): void {
    this.#queue.start();
  }

  /** How long so much work takes, as estimated. */
  secondsOf(model: string, units: number): number {
    return this.#parts.estimator.seconds(model, units);
  }

  /** @param units how much work it is. */
  add(order: StoredOrder, units: number): void {
    const { observer } = this.#parts;
    const { id, sequence, place, requester } = order;
    if (this.#waiting.has(id)) return;
    const work = { order, units, seconds: this.secondsOf(order.job.model, units) };
    const since = performance.now();
    this.#usual = work.seconds;
    this.#waiting.set(id, work);
    observer.queued();
    const person = `${place.platform} ${requester.id}`;
    this.#queue.add({ id, person, sequence }, async () => {
      this.#waiting.delete(id);
      observer.waited((performance.now() - since) / 1000);
      await this.#take(work);
    });
    this.#queueMoved();
  }

  /** Takes an order that has ended out of the queue, or stops its render within one step. */
  stop(id: string): void {
    this.#running.get(id)?.controller.abort();
    if (this.#queue.remove(id)) this.#waiting.delete(id);
    this.#queueMoved();
  }

  /** @param seen previews that the asker has had. */
  rendering(id: string, seen: number): { update: Rendering; previews: number } | null {
    const running = this.#running.get(id);
    if (!running) return null;
    const { progress, preview, previews } = running;
    const { fraction, octave, octaves } = progress;
    const eta = secondsLeft(running);
    const update = { state: 'rendering', fraction, eta, octave, octaves } as const;
    return { update: previews > seen && preview ? { ...update, preview } : update, previews };
  }

  /** Null where it does not wait. */
  queued(id: string): Extract<OrderUpdate, { state: 'queued' }> | null {
    const waiting = this.#queue.waiting();
    const ahead = waiting.indexOf(id);
    if (ahead === -1) return null;
    return { state: 'queued', ahead, eta: this.#finishTimes(waiting)[ahead] ?? null };
  }

  report(): { rendering: string[]; waiting: string[] } {
    return { rendering: [...this.#running.keys()], waiting: this.#queue.waiting() };
  }

  /** Seconds until one more order like the last would be done; null before there was any. */
  etaOfAnother(): number | null {
    if (this.#usual === null) return null;
    return this.#finishTimes([...this.#queue.waiting(), null], this.#usual).at(-1)!;
  }

  /** Lets what runs finish until the deadline (milliseconds); the rest goes back to the queue. */
  async close(deadline: number): Promise<void> {
    this.#queue.pause();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, deadline)));
    await Promise.race([this.#queue.settled(), late]);
    clearTimeout(timer);
    this.#handingBack = true;
    await this.#parts.pool.close();
    await this.#queue.settled();
  }

  /** Never fails. */
  async #take(work: Work): Promise<void> {
    const { id } = work.order;
    const { store, log, changed } = this.#parts;
    try {
      const order = await store.change(id, ['queued'], { state: 'rendering' });
      if (order) await this.#render({ ...work, order });
    } catch (error) {
      log.error({ err: error, order: id }, 'a render could not be noted down');
    } finally {
      this.#running.delete(id);
      changed(id);
      this.#queueMoved();
    }
  }

  async #render(work: Work): Promise<void> {
    const { id, crashes } = work.order;
    const running: Running = {
      ...{ ...work, controller: new AbortController() },
      began: { at: performance.now(), fraction: 0 },
      ...{ progress: { fraction: 0, octave: 0, octaves: 0 }, previews: 0 },
    };
    this.#running.set(id, running);
    this.#queueMoved();
    const overdue = setTimeout(
      () => {
        running.controller.abort(OVERDUE);
      },
      Math.min(this.#parts.maxSeconds * PATIENCE * 1000, LONGEST_TIMER),
    );
    try {
      await this.#renderUntilDone(running, crashes);
    } finally {
      clearTimeout(overdue);
    }
  }

  async #renderUntilDone(running: Running, crashes: number): Promise<void> {
    const { id } = running.order;
    for (let died = crashes; ;) {
      this.#parts.changed(id);
      try {
        await this.#finish(running, await this.#attempt(running, died > 0));
        return;
      } catch (error) {
        if (this.#handingBack) return this.#handBack(id);
        if (!(error instanceof RenderCrash)) return this.#fail(running, error);
        died += 1;
        this.#parts.log.warn({ err: error, order: id, crashes: died }, 'a render process died');
        const kept = await this.#parts.store.change(id, ['rendering'], { crashes: died });
        if (!kept) return;
        if (died >= MOST_CRASHES) return this.#end(id, CRASHED);
      }
    }
  }

  async #attempt(running: Running, cautious: boolean): Promise<Rendered> {
    if (this.#handingBack) throw new RenderCrash('the bot is shutting down');
    const { order, controller } = running;
    return this.#parts.pool.run(
      { ...this.#parts.taskOf(order), cautious },
      {
        signal: controller.signal,
        begun: (pid) => {
          this.#parts.log.debug({ order: order.id, pid }, 'render begun');
        },
        progress: (progress) => {
          running.progress = progress;
          running.first ??= { at: performance.now(), fraction: progress.fraction };
          if (progress.preview) {
            running.preview = progress.preview;
            running.previews += 1;
          }
          this.#parts.changed(order.id);
        },
      },
    );
  }

  async #finish({ order, units }: Running, { result, stepSeconds }: Rendered): Promise<void> {
    const { store, estimator, observer, log } = this.#parts;
    const done = await store.change(order.id, ['rendering'], { state: 'rendered', result });
    if (!done) return;
    const { seconds, engine } = result;
    observer.rendered(seconds);
    log.info({ order: order.id, model: order.job.model, seconds, engine }, 'rendered');
    await estimator.learn(order.job.model, units, stepSeconds);
  }

  async #handBack(id: string): Promise<void> {
    await this.#parts.store.change(id, ['rendering'], { state: 'queued' });
  }

  async #fail({ order: { id }, controller }: Running, error: unknown): Promise<void> {
    if (error instanceof DreamError && error.code === 'cancelled') {
      // Whoever else cancelled it has noted that down already.
      if (controller.signal.reason === OVERDUE) await this.#end(id, OVERDUE);
      return;
    }
    if (isOurs(error)) this.#parts.log.error({ err: error, order: id }, 'a render failed');
    await this.#end(id, failureOf(error));
  }

  async #end(id: string, failure: OrderFailure): Promise<void> {
    const { store, observer } = this.#parts;
    const failed = await store.change(id, ['rendering'], { state: 'failed', failure });
    if (failed) observer.failed(failure.code);
  }

  #finishTimes(waiting: readonly (string | null)[], usual = 0): number[] {
    const running = [...this.#running.values()].map(secondsLeft);
    const seconds = waiting.map((id) =>
      id === null ? usual : (this.#waiting.get(id)?.seconds ?? 0),
    );
    return finishTimes(running, seconds, this.#parts.concurrency);
  }

  #queueMoved(): void {
    for (const id of this.#waiting.keys()) this.#parts.changed(id);
  }
}
