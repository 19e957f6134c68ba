/** From accepted orders to queued ones: their pictures arrive, are checked and stored. */
import PQueue from 'p-queue';
import { DreamError } from '../kit/errors.ts';
import type { Logger } from '../kit/log.ts';
import { failureOf, isOurs } from './failure.ts';
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
      renders.add(order, await models.work(order.job, order.picture));
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
    const { store, pictures, models, renders, maxPixels, changed } = this.#parts;
    const { id, job } = order;
    const { png, facts } = await takePicture(picture, sizeOf(job), maxPixels);
    const units = await models.work(job, facts);
    await pictures.write(id, 'source', png);
    const queued = await store.change(id, ['received'], { state: 'queued', picture: facts });
    if (queued) renders.add(queued, units);
    changed(id);
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
