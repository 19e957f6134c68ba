/** Pictures are kept for so long, and for so many bytes; what is not delivered stays. */
import { setImmediate } from 'node:timers/promises';
import type { OrderStore } from './store/orders.ts';
import type { PictureFolder } from './store/pictures.ts';

export interface Keeping {
  /** @default 30 */
  readonly days?: number;
  /** Of all pictures together. @default 20 GB */
  readonly bytes?: number;
  /** Whether something else still shows an order's pictures, such as a contest. @default never */
  readonly needed?: (order: string) => Promise<boolean>;
}

const DAY = 86_400_000;

/** Orders that are looked at before others get a turn: the embedded database answers at once. */
const AT_ONCE = 100;

/** @returns how many orders' pictures were removed. */
export async function tidyUp(
  store: OrderStore,
  pictures: PictureFolder,
  { days = 30, bytes = 20e9, needed = () => Promise.resolve(false) }: Keeping,
): Promise<number> {
  const kept = await pictures.list();
  const oldest = Date.now() - days * DAY;
  let total = kept.reduce((sum, picture) => sum + picture.bytes, 0);
  let removed = 0;
  for (const [index, picture] of kept.entries()) {
    if (index % AT_ONCE === 0) await setImmediate();
    const state = await store.stateOf(picture.id);
    const mayGo = total > bytes || picture.at < oldest;
    // Of an order that was forgotten while it was rendered nothing may stay.
    if (state !== null && !(mayGo && state === 'delivered')) continue;
    if (state !== null && (await needed(picture.id))) continue;
    await pictures.remove(picture.id);
    total -= picture.bytes;
    removed += 1;
  }
  return removed;
}
