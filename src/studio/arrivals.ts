/** From accepted orders to queued ones: their pictures arrive, are checked and stored. */
import PQueue from 'p-queue';
import { DreamError } from '../kit/errors.ts';
import type { Logger } from '../kit/log.ts';
import { checkWeight } from './allowance.ts';
import { failureOf, isOurs, MOST_INTERRUPTIONS, UNREADABLE } from './failure.ts';
import { CLOUDS, takePicture, zoomed } from './intake.ts';
import type { Models } from './models.ts';
import type { OrderFailure, PictureSource } from './order.ts';
import type { Renders } from './renders.ts';
import { sizeOf } from './sheet.ts';
import type { OrderStore, StoredOrder } from './store/orders.ts';
import type { PictureFolder } from './store/pictures.ts';

/** Pictures that are decoded at once: each may take hundreds of megabytes. */
const AT_ONCE = 2;

export interface ArrivalsParts {
  readonly store: OrderStore;
  readonly pictures: PictureFolder;
  readonly models: Models;
  readonly renders: Renders;
  readonly log: Logger;
  readonly maxPixels: number;
  /** Of one order's render, as estimated. */
  readonly maxSeconds: number;
  readonly fail: (id: string, failure: OrderFailure) => Promise<void>;
  readonly changed: (id: string) => void;
}

export class Arrivals {
  readonly #parts: ArrivalsParts;
  readonly #decoding = new PQueue({ concurrency: AT_ONCE });

  constructor(parts: ArrivalsParts) {
    this.#parts = parts;
  }

  /** @throws DreamError what is wrong with the picture; the order stays as it is. */
  async supply(order: StoredOrder, picture: string | Uint8Array): Promise<void> {
    try {
      await this.#decoding.add(() => this.#store(order, picture));
    } catch (error) {
      if (isOurs(error)) this.#parts.log.error({ err: error, order: order.id }, 'no picture');
      const { code, message, hint } = failureOf(error);
      throw new DreamError(code, message, hint, { cause: error });
    }
  }

  /** The picture of an order that nobody has to fetch, in the background. */
  takeOwn(order: StoredOrder): void {
    const { id, source } = order;
    if (source.from === 'attachment') return;
    const { fail, log } = this.#parts;
    void this.#decoding.add(async () => {
      try {
        await this.#store(order, await this.#ownPicture(source));
      } catch (error) {
        if (isOurs(error)) log.error({ err: error, order: id }, 'no picture');
        await fail(id, failureOf(error)).catch((err: unknown) => {
          log.error({ err, order: id }, 'its end could not be noted down');
        });
      }
    });
  }

  /** Puts an order back in the queue that was there before the bot went down. */
  async requeue(order: StoredOrder): Promise<void> {
    const { models, renders, fail } = this.#parts;
    try {
      if (!order.picture) throw new Error('expected a picture at an order that is queued');
      const { units } = await models.weigh(order.job, order.picture);
      renders.add(order, units);
    } catch (error) {
      // Its model may be gone by now.
      if (isOurs(error)) this.#parts.log.error({ err: error, order: order.id }, 'not taken up');
      await fail(order.id, failureOf(error));
    }
  }

  /** Resolves when nothing is being decoded. */
  async settled(): Promise<void> {
    await this.#decoding.onIdle();
  }

  async #store(order: StoredOrder, picture: string | Uint8Array): Promise<void> {
    const { store, pictures, models, renders, maxPixels, maxSeconds, changed } = this.#parts;
    const { id, job } = order;
    await this.#noteBegun(order);
    const { png, facts } = await takePicture(picture, sizeOf(job), maxPixels);
    const weight = await models.weigh(job, facts);
    checkWeight({ job, facts, weight }, renders.secondsOf(job.model, weight.units), maxSeconds);
    await pictures.write(id, 'source', png);
    const change = { state: 'queued', picture: facts, interruptions: 0 } as const;
    const queued = await store.change(id, ['received'], change);
    if (queued) renders.add(queued, weight.units);
    changed(id);
  }

  /** A picture that takes the whole process down while it is decoded must not do it for ever. */
  async #noteBegun({ id, interruptions }: StoredOrder): Promise<void> {
    if (interruptions >= MOST_INTERRUPTIONS) {
      const { code, message, hint } = UNREADABLE;
      throw new DreamError(code, message, hint);
    }
    const again = interruptions + 1;
    await this.#parts.store.change(id, ['received'], { interruptions: again });
  }

  async #ownPicture(source: PictureSource): Promise<string | Uint8Array> {
    switch (source.from) {
      case 'result':
        return zoomed(await this.#parts.pictures.read(source.order, 'result'), source.zoom);
      case 'source':
        return this.#parts.pictures.read(source.order, 'source');
      default:
        return CLOUDS;
    }
  }
}
