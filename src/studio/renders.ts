/** From orders whose picture is there to results: the queue, and what happens in its slots. */
import { Attempts } from './attempts.ts';
import type { AttemptsParts } from './attempts.ts';
import { Endings } from './endings.ts';
import { finishTimes } from './estimate.ts';
import type { Estimator } from './estimate.ts';
import { fairQueue } from './fair-queue.ts';
import type { FairQueue } from './fair-queue.ts';
import { Notes } from './notes.ts';
import type { NotesParts } from './notes.ts';
import type { Observer } from './observer.ts';
import type { OrderUpdate } from './order.ts';
import { begin, secondsLeft, tell } from './running.ts';
import type { Rendering, Running, Work } from './running.ts';
import type { StoredOrder } from './store/order-rows.ts';

/** Milliseconds: those who wait hear no more often that the queue has moved. */
const QUEUE_NEWS = 500;

export interface RendersParts extends Omit<AttemptsParts, 'crashed'>, NotesParts {
  readonly estimator: Estimator;
  readonly observer: Observer;
  readonly concurrency: number;
}

type Queued = Extract<OrderUpdate, { state: 'queued' }>;

export class Renders {
  readonly #parts: RendersParts;
  readonly #queue: FairQueue;
  readonly #attempts: Attempts;
  readonly #notes: Notes;
  readonly #endings: Endings;
  readonly #waiting = new Map<string, Work>();
  readonly #running = new Map<string, Running>();
  /** How those who wait stand, until something moves. */
  #standing: ReadonlyMap<string, Queued> | undefined;
  #telling: NodeJS.Timeout | undefined;
  /** Seconds that the last order takes, as estimated. */
  #usual: number | null = null;

  constructor(parts: RendersParts) {
    this.#parts = parts;
    this.#queue = fairQueue(parts.concurrency);
    this.#notes = new Notes(parts);
    this.#endings = new Endings({ ...parts, notes: this.#notes });
    this.#attempts = new Attempts({
      ...parts,
      changed: (id) => {
        this.#standing = undefined;
        parts.changed(id);
      },
      crashed: (id, crashes) => void this.#notes.note(id, ['rendering'], { crashes }),
    });
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

  /** As `Notes.note`: in order with what becomes of its render. */
  note(...noted: Parameters<Notes['note']>): ReturnType<Notes['note']> {
    return this.#notes.note(...noted);
  }

  /** Takes an order that has ended out of the queue, or stops its render within one step. */
  stop(id: string): void {
    this.#running.get(id)?.controller.abort();
    if (this.#queue.remove(id)) this.#waiting.delete(id);
    this.#queueMoved();
  }

  /** @param seen previews that the asker has had. */
  rendering(id: string, seen: number): { update: Rendering; previews: number } | null {
    const running = this.#running.get(id) ?? this.#endings.find(id);
    if (!running || running.controller.signal.aborted) return null;
    return tell(running, seen);
  }

  /** Null where it does not wait. */
  queued(id: string): Queued | null {
    this.#standing ??= this.#howTheyStand();
    return this.#standing.get(id) ?? null;
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
    await this.#attempts.close();
    await this.#queue.settled();
    await this.#notes.close();
    await this.#endings.settled();
    clearTimeout(this.#telling);
  }

  /** Never fails. */
  async #take(work: Work): Promise<void> {
    const { id } = work.order;
    const running = begin(work);
    this.#running.set(id, running);
    this.#parts.changed(id);
    this.#queueMoved();
    const rendering = this.#attempts.outcomeOf(running);
    // Where the database took it without saying so, it is noted down a second time.
    void this.#notes.note(id, ['queued', 'rendering'], { state: 'rendering' }).then((order) => {
      // It has ended otherwise in the very moment that its turn came.
      if (!order) running.controller.abort();
    });
    const outcome = await rendering;
    this.#running.delete(id);
    this.#endings.note(running, outcome);
    this.#queueMoved();
  }

  #howTheyStand(): Map<string, Queued> {
    const waiting = this.#queue.waiting();
    const etas = this.#finishTimes(waiting);
    const stand = (ahead: number): Queued => ({ state: 'queued', ahead, eta: etas[ahead] ?? null });
    return new Map(waiting.map((id, ahead) => [id, stand(ahead)]));
  }

  #finishTimes(waiting: readonly (string | null)[], usual = 0): number[] {
    const running = [...this.#running.values()].map(secondsLeft);
    const seconds = waiting.map((id) =>
      id === null ? usual : (this.#waiting.get(id)?.seconds ?? 0),
    );
    return finishTimes(running, seconds, this.#parts.concurrency);
  }

  #queueMoved(): void {
    this.#standing = undefined;
    this.#telling ??= setTimeout(() => {
      this.#telling = undefined;
      for (const id of this.#waiting.keys()) this.#parts.changed(id);
    }, QUEUE_NEWS);
    this.#telling.unref();
  }
}
