/** The studio on one machine: a folder of data, a queue, and render processes. */
import { DreamError } from '../kit/errors.ts';
import type { Shelf } from '../kit/shelf.ts';
import { admit } from './admission.ts';
import { keptBy } from './housekeeping.ts';
import { checkZoom } from './intake/task.ts';
import type { LocalStudioOptions } from './local-studio-options.ts';
import type { Address, NewOrder, Order, OrderFailure, OrderUpdate } from './order.ts';
import { takeUp, tellOfUnserved } from './recovery.ts';
import type { OpenDatabase } from './store/database.ts';
import { OPEN } from './store/orders.ts';
import type { Waiting } from './store/orders.ts';
import { openParts } from './studio-parts.ts';
import type { StudioParts } from './studio-parts.ts';
import type { Kept, OrderOwner, QueueReport, Studio } from './studio.ts';
import { watchOrder } from './watching.ts';

const DONE = ['rendered', 'failed', 'cancelled'] as const;

export class LocalStudio implements Studio {
  readonly #options: LocalStudioOptions;
  readonly #parts: StudioParts;
  #draining: Promise<void> | undefined;
  #closing: Promise<void> | undefined;
  readonly #closed = new AbortController();
  /** Whether there is somebody to bring orders of a platform to their place. */
  #isServed: (platform: string) => boolean = () => true;

  /**
   * Nothing is rendered before `recover`.
   * @throws DreamError 'cannot-write' when another bot has the folder
   */
  static async open(options: LocalStudioOptions): Promise<LocalStudio> {
    return new LocalStudio(options, await openParts(options));
  }

  private constructor(options: LocalStudioOptions, parts: StudioParts) {
    this.#options = options;
    this.#parts = parts;
  }

  /** For whatever else has to outlive the process. */
  get shelf(): Shelf {
    return this.#parts.shelf;
  }

  get kept(): Kept {
    return keptBy(this.#options.keeping ?? {});
  }

  /** For contests. */
  get tables(): OpenDatabase['tables'] {
    return this.#parts.database.tables;
  }

  /**
   * Takes up what an earlier process left, and begins to render.
   * @param platforms whose orders are taken up and count; others wait, as they stand. @default all
   */
  async recover(platforms?: readonly string[]): Promise<void> {
    if (platforms) this.#isServed = (platform) => platforms.includes(platform);
    tellOfUnserved(await this.undelivered(), this.#isServed, this.#options.log);
    await takeUp({ ...this.#parts, isServed: this.#isServed });
    this.#parts.renders.start();
    await this.#parts.housekeeping.begin();
  }

  /** Has processes ready for the first orders. */
  warm(): void {
    const { concurrency = 1 } = this.#options;
    this.#parts.pool.warm(concurrency);
    this.#parts.intake.warm();
  }

  async submit(order: NewOrder): Promise<Order> {
    this.#checkOpen();
    await this.#options.models.checkJob(order.job);
    await this.#checkSources(order);
    const check = (waiting: Waiting): void => {
      admit(waiting, this.#options.limits ?? {}, this.#parts.renders.etaOfAnother());
    };
    const stored = await this.#parts.store.add(order, check, this.#isServed);
    if (stored.isNew) this.#parts.arrivals.takeOwn(stored.order);
    return stored.order;
  }

  async supply(
    id: string,
    picture: Uint8Array | null,
    mask: Uint8Array | null = null,
  ): Promise<void> {
    const order = await this.#parts.store.get(id);
    if (order.state === 'received') await this.#parts.arrivals.supply(order, { picture, mask });
  }

  fail(id: string, failure: OrderFailure): Promise<void> {
    return this.#parts.ends.fail(id, failure);
  }

  cancel(id: string): Promise<boolean> {
    return this.#parts.ends.cancel(id);
  }

  order(id: string): Promise<Order | null> {
    return this.#parts.store.find(id);
  }

  watch(id: string, signal?: AbortSignal): AsyncIterable<OrderUpdate> {
    const { signal: closed } = this.#closed;
    return watchOrder({ ...this.#parts, closed }, id, signal);
  }

  undelivered(): Promise<Order[]> {
    return this.#parts.store.inStates([...OPEN, ...DONE]);
  }

  ordersOf(person: OrderOwner, limit: number): Promise<Order[]> {
    return this.#parts.store.of(person, limit);
  }

  result(id: string): Promise<Uint8Array> {
    return this.#parts.pictures.read(id, 'result');
  }

  source(id: string): Promise<Uint8Array> {
    return this.#parts.pictures.read(id, 'source');
  }

  async readdress(id: string, address: Address): Promise<void> {
    await this.#parts.store.change(id, [...OPEN, ...DONE], { address });
  }

  async beginDelivery(id: string): Promise<void> {
    await this.#parts.store.change(id, DONE, { deliveryBegun: true });
  }

  async delivered(id: string): Promise<void> {
    const order = await this.#parts.store.change(id, DONE, { state: 'delivered' });
    if (!order) return;
    if (order.forgotten) await this.#remove(id);
    this.#parts.bells.ring(id);
    this.#parts.housekeeping.delivered();
  }

  queue(): Promise<QueueReport> {
    const { concurrency = 1 } = this.#options;
    return Promise.resolve({
      ...this.#parts.renders.report(),
      eta: this.#parts.renders.etaOfAnother(),
      concurrency,
    });
  }

  async forget(person: OrderOwner): Promise<number> {
    const orders = await this.#parts.store.of(person);
    for (const { id } of orders) {
      await this.cancel(id);
      // What is on its way to the person is removed when it has arrived.
      const onItsWay = await this.#parts.store.change(id, DONE, { forgotten: true });
      if (!onItsWay) await this.#remove(id);
    }
    return orders.length;
  }

  /**
   * Takes no more orders, lets renders finish until the deadline and hands the others back to the
   * queue, where the next process finds them.
   * @param deadline milliseconds from now.
   */
  drain(deadline: number): Promise<void> {
    return (this.#draining ??= this.#parts.renders
      .close(deadline)
      .then(() => this.#parts.arrivals.settled()));
  }

  /** Drains; then whoever watches is told nothing more. */
  close(deadline = 0): Promise<void> {
    return (this.#closing ??= this.#close(deadline));
  }

  async #close(deadline: number): Promise<void> {
    await this.drain(deadline);
    // Also pictures that came since.
    await this.#parts.arrivals.settled();
    await this.#parts.intake.close();
    await this.#parts.housekeeping.end();
    this.#closed.abort();
    this.#parts.bells.ringAll();
    await this.#parts.database.close();
  }

  #checkOpen(): void {
    if (!this.#draining) return;
    throw new DreamError('queue-full', 'the bot is shutting down', 'Try again in a minute.');
  }

  async #checkSources({ source, mask }: NewOrder): Promise<void> {
    if (mask?.from === 'mask') await this.#parts.pictures.check(mask.order, 'mask');
    if (source.from !== 'result' && source.from !== 'source') return;
    if (source.from === 'result') checkZoom(source.zoom);
    await this.#parts.pictures.check(source.order, source.from);
  }

  async #remove(id: string): Promise<void> {
    await this.#parts.store.remove(id);
    await this.#parts.pictures.remove(id);
    this.#parts.bells.ring(id);
  }
}
