/** Pictures are kept for so long, and for so many bytes; what is not delivered stays. */
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

/** @returns how many orders' pictures were removed. */
export async function tidyUp(
  store: OrderStore,
  pictures: PictureFolder,
  { days = 30, bytes = 20e9, needed = () => Promise.resolve(false) }: Keeping,
): Promise<number> {
  const kept = await pictures.list();
  const now = Date.now();
  let total = kept.reduce((sum, picture) => sum + picture.bytes, 0);
  let removed = 0;
  for (const picture of kept) {
    const order = await store.find(picture.id);
    const mayGo = total > bytes || now - picture.at > days * DAY;
    // Of an order that was forgotten while it was rendered nothing may stay.
    if (order && !(mayGo && order.state === 'delivered')) continue;
    if (order && (await needed(order.id))) continue;
    await pictures.remove(picture.id);
    total -= picture.bytes;
    removed += 1;
  }
  return removed;
}
