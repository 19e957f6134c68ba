/** The studio on one machine: a folder of data, a queue, and render processes. */
import { join } from 'node:path';
import { DEFAULT_MAX_PIXELS } from '../dream/picture.ts';
import { DreamError } from '../kit/errors.ts';
import type { Shelf } from '../kit/shelf.ts';
import { admit } from './admission.ts';
import { Arrivals } from './arrivals.ts';
import { Bells } from './bells.ts';
import { Estimator } from './estimate.ts';
import { INTERRUPTED, MOST_INTERRUPTIONS } from './failure.ts';
import { tidyUp } from './housekeeping.ts';
import { checkZoom } from './intake.ts';
import { poolOf } from './local-studio-options.ts';
import type { LocalStudioOptions } from './local-studio-options.ts';
import { noObserver } from './observer.ts';
import type { Address, NewOrder, Order, OrderFailure, OrderUpdate } from './order.ts';
import { Renders } from './renders.ts';
import type { RenderTask } from './rendering/messages.ts';
import type { RenderPool } from './rendering/pool.ts';
import { openDatabase } from './store/database.ts';
import type { OpenDatabase } from './store/database.ts';
import { OPEN, OrderStore } from './store/orders.ts';
import type { StoredOrder } from './store/orders.ts';
import { PictureFolder } from './store/pictures.ts';
import { databaseShelf } from './store/shelf.ts';
import type { OrderOwner, QueueReport, Studio } from './studio.ts';
import { watchOrder } from './watching.ts';

/** Deliveries between two looks at the space that pictures take. */
const DELIVERIES_TO_TIDY = 10;

const DONE = ['rendered', 'failed', 'cancelled'] as const;

interface Parts {
  readonly database: OpenDatabase;
  readonly pictures: PictureFolder;
  readonly shelf: Shelf;
  readonly estimator: Estimator;
}

export class LocalStudio implements Studio {
  /** For whatever else has to outlive the process. */
  readonly shelf: Shelf;
  /** For contests. */
  readonly tables: OpenDatabase['tables'];
  readonly #options: LocalStudioOptions;
  readonly #database: OpenDatabase;
  readonly #store: OrderStore;
  readonly #pictures: PictureFolder;
  readonly #pool: RenderPool;
  readonly #renders: Renders;
  readonly #arrivals: Arrivals;
  readonly #bells = new Bells();
  #deliveries = 0;
  #tidying: Promise<void> | undefined;
  #draining: Promise<void> | undefined;
  #closing: Promise<void> | undefined;
  readonly #closed = new AbortController();

  /**
   * Nothing is rendered before `recover`.
   * @throws DreamError 'cannot-write' when another bot has the folder
   */
  static async open(options: LocalStudioOptions): Promise<LocalStudio> {
    const database = await openDatabase(options.dataDir, options.log, options.databaseUrl);
    const shelf = databaseShelf(database.tables);
    const [pictures, estimator] = await Promise.all([
      PictureFolder.open(join(options.dataDir, 'pictures')),
      Estimator.open(shelf),
    ]);
    return new LocalStudio(options, { database, pictures, shelf, estimator });
  }

  private constructor(options: LocalStudioOptions, parts: Parts) {
    const { models, log, concurrency = 1, observer = noObserver } = options;
    const { maxPixels = DEFAULT_MAX_PIXELS, maxMinutes = 30 } = options;
    const maxSeconds = 60 * maxMinutes;
    this.#options = options;
    this.#database = parts.database;
    this.#pictures = parts.pictures;
    this.shelf = parts.shelf;
    this.tables = parts.database.tables;
    this.#store = new OrderStore(parts.database.tables);
    const store = this.#store;
    this.#pool = poolOf(options);
    const changed = (id: string): void => {
      this.#bells.ring(id);
    };
    this.#renders = new Renders({
      ...{ store, log, concurrency, observer, changed, maxSeconds, estimator: parts.estimator },
      pool: this.#pool,
      taskOf: (order) => this.#taskOf(order),
    });
    this.#arrivals = new Arrivals({
      ...{ store, models, log, maxPixels, maxSeconds, changed, pictures: this.#pictures },
      renders: this.#renders,
      fail: (id, failure) => this.fail(id, failure),
    });
  }

  /** Takes up what an earlier process left, and begins to render. */
  async recover(): Promise<void> {
    for (const { id, interruptions } of await this.#store.inStates(['rendering'])) {
      const again = interruptions + 1;
      await this.#store.change(id, ['rendering'], { state: 'queued', interruptions: again });
      if (again >= MOST_INTERRUPTIONS) await this.fail(id, INTERRUPTED);
    }
    for (const order of await this.#store.inStates(['queued'])) await this.#arrivals.requeue(order);
    for (const order of await this.#store.inStates(['received'])) this.#arrivals.takeOwn(order);
    this.#renders.start();
    await (this.#tidying ??= this.#tidyUp());
  }

  /** Has render processes ready for the first orders. */
  warm(): void {
    const { concurrency = 1 } = this.#options;
    for (let count = 0; count < concurrency; count++) this.#pool.warm();
  }

  async submit(order: NewOrder): Promise<Order> {
    this.#checkOpen();
    await this.#options.models.checkJob(order.job);
    await this.#checkSource(order);
    const stored = await this.#store.add(order, (waiting) => {
      admit(waiting, this.#options.limits ?? {}, this.#renders.etaOfAnother());
    });
    if (stored.isNew) this.#arrivals.takeOwn(stored.order);
    return stored.order;
  }

  async supply(id: string, picture: Uint8Array): Promise<void> {
    const order = await this.#store.get(id);
    if (order.state === 'received') await this.#arrivals.supply(order, picture);
  }

  async fail(id: string, failure: OrderFailure): Promise<void> {
    const failed = await this.#store.change(id, OPEN, { state: 'failed', failure });
    if (!failed) return;
    this.#options.observer?.failed(failure.code);
    this.#ended(id);
  }

  async cancel(id: string): Promise<boolean> {
    const cancelled = await this.#store.change(id, OPEN, { state: 'cancelled' });
    if (cancelled) this.#ended(id);
    return cancelled !== null;
  }

  order(id: string): Promise<Order | null> {
    return this.#store.find(id);
  }

  watch(id: string, signal?: AbortSignal): AsyncIterable<OrderUpdate> {
    const { signal: closed } = this.#closed;
    const parts = { store: this.#store, renders: this.#renders, bells: this.#bells, closed };
    return watchOrder(parts, id, signal);
  }

  undelivered(): Promise<Order[]> {
    return this.#store.inStates([...OPEN, ...DONE]);
  }

  ordersOf(person: OrderOwner, limit: number): Promise<Order[]> {
    return this.#store.of(person, limit);
  }

  result(id: string): Promise<Uint8Array> {
    return this.#pictures.read(id, 'result');
  }

  source(id: string): Promise<Uint8Array> {
    return this.#pictures.read(id, 'source');
  }

  async readdress(id: string, address: Address): Promise<void> {
    await this.#store.change(id, [...OPEN, ...DONE], { address });
  }

  async beginDelivery(id: string): Promise<void> {
    await this.#store.change(id, DONE, { deliveryBegun: true });
  }

  async delivered(id: string): Promise<void> {
    const order = await this.#store.change(id, DONE, { state: 'delivered' });
    if (!order) return;
    if (order.forgotten) await this.#remove(id);
    this.#bells.ring(id);
    this.#deliveries += 1;
    if (this.#deliveries % DELIVERIES_TO_TIDY === 0) this.#tidying ??= this.#tidyUp();
  }

  queue(): Promise<QueueReport> {
    const { concurrency = 1 } = this.#options;
    return Promise.resolve({
      ...this.#renders.report(),
      eta: this.#renders.etaOfAnother(),
      concurrency,
    });
  }

  async forget(person: OrderOwner): Promise<number> {
    const orders = await this.#store.of(person);
    for (const { id } of orders) {
      await this.cancel(id);
      // What is on its way to the person is removed when it has arrived.
      const onItsWay = await this.#store.change(id, DONE, { forgotten: true });
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
    return (this.#draining ??= this.#renders.close(deadline).then(() => this.#arrivals.settled()));
  }

  /** Drains; then whoever watches is told nothing more. */
  close(deadline = 0): Promise<void> {
    return (this.#closing ??= this.#close(deadline));
  }

  async #close(deadline: number): Promise<void> {
    await this.drain(deadline);
    // Also pictures that came since.
    await this.#arrivals.settled();
    await this.#tidying;
    this.#closed.abort();
    this.#bells.ringAll();
    await this.#database.close();
  }

  #checkOpen(): void {
    if (!this.#draining) return;
    throw new DreamError('queue-full', 'the bot is shutting down', 'Try again in a minute.');
  }

  async #checkSource({ source }: NewOrder): Promise<void> {
    if (source.from !== 'result' && source.from !== 'source') return;
    if (source.from === 'result') checkZoom(source.zoom);
    await this.#pictures.check(source.order, source.from);
  }

  #ended(id: string): void {
    this.#renders.stop(id);
    this.#bells.ring(id);
  }

  #taskOf({ id, job, picture }: StoredOrder): RenderTask {
    const { models, engine = {}, screening = 'off', version, dataDir } = this.#options;
    return {
      ...{ job, version, engine, screening, facts: picture!, modelsFolder: models.folder },
      picturePath: this.#pictures.path(id, 'source'),
      resultPath: this.#pictures.path(id, 'result'),
      measurements: join(dataDir, 'engines.json'),
    };
  }

  async #remove(id: string): Promise<void> {
    await this.#store.remove(id);
    await this.#pictures.remove(id);
    this.#bells.ring(id);
  }

  /** Never fails: whatever was delivered is delivered, also where old pictures cannot be removed. */
  async #tidyUp(): Promise<void> {
    const { keeping = {}, log } = this.#options;
    try {
      const removed = await tidyUp(this.#store, this.#pictures, keeping);
      if (removed > 0) log.info({ removed }, 'old pictures removed');
    } catch (error) {
      log.error({ err: error }, 'old pictures could not be removed');
    } finally {
      this.#tidying = undefined;
    }
  }
}
