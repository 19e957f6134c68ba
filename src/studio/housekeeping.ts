/** Orders and pictures are kept for so long, and for so many bytes; what is not delivered stays. */
import { setImmediate } from 'node:timers/promises';
import type { Logger } from '../kit/log.ts';
import type { OrderStore } from './store/orders.ts';
import type { PictureFolder } from './store/pictures.ts';
import type { Kept } from './studio.ts';

export interface Keeping {
  /** @default 30 */
  readonly days?: number;
  /** Of all pictures together. @default 20 GB */
  readonly bytes?: number;
  /** Whether something else still shows an order's pictures, such as a contest. @default never */
  readonly needed?: (order: string) => Promise<boolean>;
}

export interface HousekeepingParts {
  readonly store: OrderStore;
  readonly pictures: PictureFolder;
  readonly keeping: Keeping;
  readonly log: Logger;
}

const DAY = 86_400_000;

/** Orders that are looked at before others get a turn: the embedded database answers at once. */
const AT_ONCE = 100;

/** Deliveries between two looks. */
const DELIVERIES = 10;

/** What is kept where nothing else was asked for. */
export function keptBy({ days = 30, bytes = 20e9 }: Keeping): Kept {
  return { days, bytes };
}

export class Housekeeping {
  readonly #parts: HousekeepingParts;
  #deliveries = 0;
  #tidying: Promise<void> | undefined;
  #daily: NodeJS.Timeout | undefined;

  constructor(parts: HousekeepingParts) {
    this.#parts = parts;
  }

  /** Looks now, and once a day: also where nothing is delivered, days go by. */
  async begin(): Promise<void> {
    this.#daily = setInterval(() => void this.tidy(), DAY).unref();
    await this.tidy();
  }

  /** Now and then it is time to look. */
  delivered(): void {
    this.#deliveries += 1;
    if (this.#deliveries % DELIVERIES === 0) void this.tidy();
  }

  /** Never fails: whatever was delivered is delivered, also where old pictures cannot be removed. */
  tidy(): Promise<void> {
    return (this.#tidying ??= this.#tidy().finally(() => (this.#tidying = undefined)));
  }

  async end(): Promise<void> {
    clearInterval(this.#daily);
    await this.#tidying;
  }

  async #tidy(): Promise<void> {
    const { log } = this.#parts;
    try {
      const removed = await tidyUp(this.#parts);
      if (removed.pictures + removed.orders > 0) log.info(removed, 'old orders removed');
    } catch (error) {
      log.error({ err: error }, 'old orders could not be removed');
    }
  }
}

/** @returns how many orders, and of how many orders the pictures were removed. */
export async function tidyUp(
  parts: Omit<HousekeepingParts, 'log'>,
): Promise<{ readonly orders: number; readonly pictures: number }> {
  const oldest = Date.now() - keptBy(parts.keeping).days * DAY;
  // Orders first: whose pictures go with them is seen by that.
  const orders = await removeOrders(parts, oldest);
  return { orders, pictures: await removePictures(parts, oldest) };
}

async function removeOrders(
  { store, keeping }: Omit<HousekeepingParts, 'log'>,
  oldest: number,
): Promise<number> {
  let removed = 0;
  for (const [index, id] of (await store.deliveredBefore(oldest)).entries()) {
    if (index % AT_ONCE === 0) await setImmediate();
    if (await keeping.needed?.(id)) continue;
    await store.remove(id);
    removed += 1;
  }
  return removed;
}

async function removePictures(
  { store, pictures, keeping }: Omit<HousekeepingParts, 'log'>,
  oldest: number,
): Promise<number> {
  const { needed } = keeping;
  const { bytes } = keptBy(keeping);
  const kept = await pictures.list();
  let total = kept.reduce((sum, picture) => sum + picture.bytes, 0);
  let removed = 0;
  for (const [index, picture] of kept.entries()) {
    if (index % AT_ONCE === 0) await setImmediate();
    const state = await store.stateOf(picture.id);
    const mayGo = total > bytes || picture.at < oldest;
    // Of an order that is not there any more nothing may stay.
    if (state !== null && !(mayGo && state === 'delivered')) continue;
    if (state !== null && (await needed?.(picture.id))) continue;
    await pictures.remove(picture.id);
    total -= picture.bytes;
    removed += 1;
  }
  return removed;
}
