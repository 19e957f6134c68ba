/** From accepted orders to queued ones: their pictures arrive, are checked and stored. */
import PQueue from 'p-queue';
import { DreamError } from '../kit/errors.ts';
import type { Logger } from '../kit/log.ts';
import { checkWeight } from './allowance.ts';
import type { Weight } from './allowance.ts';
import type { EarlyEnds } from './early-ends.ts';
import { failureOf, isOurs, ofMask } from './failure.ts';
import type { Intake } from './intake/intake.ts';
import { CLOUDS } from './intake/task.ts';
import type { IntakeSource } from './intake/task.ts';
import type { Models } from './models.ts';
import type { MaskSource, PictureSource } from './order.ts';
import type { PictureFacts } from './picture-facts.ts';
import type { Renders } from './renders.ts';
import { sizeOf } from './sheet.ts';
import type { StoredOrder } from './store/order-rows.ts';
import type { OrderStore } from './store/orders.ts';
import type { PictureFolder, PictureKind } from './store/pictures.ts';

/** Pictures that are decoded at once, each in a process: one may take hundreds of megabytes. */
const AT_ONCE = 2;

export interface ArrivalsParts {
  readonly store: OrderStore;
  readonly pictures: PictureFolder;
  readonly models: Models;
  readonly intake: Pick<Intake, 'take'>;
  readonly renders: Renders;
  readonly log: Logger;
  readonly maxPixels: number;
  /** Of one order's render, as estimated. */
  readonly maxSeconds: number;
  readonly ends: EarlyEnds;
  readonly changed: (id: string) => void;
}

/** The files of an order that its platform had; null for what was not to be fetched. */
export interface Fetched {
  readonly picture: Uint8Array | null;
  readonly mask: Uint8Array | null;
}

const NOTHING: Fetched = { picture: null, mask: null };

export class Arrivals {
  readonly #parts: ArrivalsParts;
  readonly #decoding = new PQueue({ concurrency: AT_ONCE });

  constructor(parts: ArrivalsParts) {
    this.#parts = parts;
  }

  /** @throws DreamError what is wrong with the files; the order stays as it is. */
  async supply(order: StoredOrder, fetched: Fetched): Promise<void> {
    try {
      await this.#decoding.add(() => this.#store(order, fetched));
    } catch (error) {
      if (isOurs(error)) this.#parts.log.error({ err: error, order: order.id }, 'no picture');
      const { code, message, hint } = failureOf(error);
      throw new DreamError(code, message, hint, { cause: error });
    }
  }

  /** The pictures of an order that nobody has to fetch, in the background. */
  takeOwn(order: StoredOrder): void {
    const { id, source, mask } = order;
    if (source.from === 'attachment' || mask?.from === 'attachment') return;
    const { ends, log } = this.#parts;
    void this.#decoding.add(async () => {
      try {
        await this.#store(order, NOTHING);
      } catch (error) {
        if (isOurs(error)) log.error({ err: error, order: id }, 'no picture');
        await ends.fail(id, failureOf(error));
      }
    });
  }

  /** Puts an order back in the queue that was there before the bot went down. */
  async requeue(order: StoredOrder): Promise<void> {
    const { models, renders, ends } = this.#parts;
    try {
      if (!order.picture) throw new Error('expected a picture at an order that is queued');
      const { units } = await models.weigh(order.job, order.picture);
      renders.add(order, units);
    } catch (error) {
      // Its model may be gone by now.
      if (isOurs(error)) this.#parts.log.error({ err: error, order: order.id }, 'not taken up');
      await ends.fail(order.id, failureOf(error));
    }
  }

  /** Resolves when nothing is being decoded. */
  async settled(): Promise<void> {
    await this.#decoding.onIdle();
  }

  async #store(order: StoredOrder, { picture, mask }: Fetched): Promise<void> {
    const { store, pictures, renders, changed } = this.#parts;
    const { id } = order;
    // It may have been cancelled while others were decoded.
    if ((await store.stateOf(id)) !== 'received') return;
    if (order.mask) await this.#takeMask(order, order.mask, mask);
    const source = picture ? { bytes: picture } : await this.#ownPicture(order.source);
    const facts = await this.#take(order, 'source', source);
    const weight = await this.#weigh(order, facts);
    const queued = await store.change(id, ['received'], { state: 'queued', picture: facts });
    if (queued) renders.add(queued, weight.units);
    // Its person wanted it forgotten meanwhile.
    else if ((await store.stateOf(id)) === null) await pictures.remove(id);
    changed(id);
  }

  async #takeMask(order: StoredOrder, from: MaskSource, bytes: Uint8Array | null): Promise<void> {
    const source = bytes ? { bytes } : await this.#ownMask(from);
    try {
      await this.#take(order, 'mask', source);
    } catch (error) {
      throw ofMask(error);
    }
  }

  #take({ id, job }: StoredOrder, kind: PictureKind, source: IntakeSource): Promise<PictureFacts> {
    const { pictures, intake, maxPixels } = this.#parts;
    return intake.take({ source, size: sizeOf(job), maxPixels, into: pictures.path(id, kind) });
  }

  /** What is too much is not kept. */
  async #weigh({ id, job, mask }: StoredOrder, facts: PictureFacts): Promise<Weight> {
    const { models, renders, maxSeconds, pictures } = this.#parts;
    try {
      const weight = await models.weigh(job, facts, mask !== undefined);
      const seconds = renders.secondsOf(job.model, weight.units);
      checkWeight({ job, facts, weight }, seconds, maxSeconds);
      return weight;
    } catch (error) {
      await pictures.remove(id);
      throw error;
    }
  }

  async #ownPicture(source: PictureSource): Promise<IntakeSource> {
    if (source.from === 'attachment') throw new Error('expected the picture that was fetched');
    if (source.from === 'clouds') return { path: CLOUDS, zoom: 1 };
    const { pictures } = this.#parts;
    await pictures.check(source.order, source.from);
    const zoom = source.from === 'result' ? source.zoom : 1;
    return { path: pictures.path(source.order, source.from), zoom };
  }

  async #ownMask(mask: MaskSource): Promise<IntakeSource> {
    if (mask.from === 'attachment') throw new Error('expected the mask that was fetched');
    const { pictures } = this.#parts;
    await pictures.check(mask.order, 'mask');
    return { path: pictures.path(mask.order, 'mask'), zoom: 1 };
  }
}
