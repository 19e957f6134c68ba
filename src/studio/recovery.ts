/** What an earlier process left, taken up. */
import type { Logger } from '../kit/log.ts';
import type { Arrivals } from './arrivals.ts';
import type { EarlyEnds } from './early-ends.ts';
import { INTERRUPTED, MOST_INTERRUPTIONS } from './failure.ts';
import type { Order, OrderState } from './order.ts';
import type { StoredOrder } from './store/order-rows.ts';
import type { OrderStore } from './store/orders.ts';

export interface RecoveryParts {
  readonly store: OrderStore;
  readonly arrivals: Arrivals;
  readonly ends: EarlyEnds;
  /** Whether its platform is there to take the answer; other orders stay as they are. */
  readonly isServed: (platform: string) => boolean;
}

/** An order that was being rendered may have been what the process went down with. */
export async function takeUp(parts: RecoveryParts): Promise<void> {
  const { store, arrivals, ends } = parts;
  for (const { id, interruptions } of await served(parts, 'rendering')) {
    const again = interruptions + 1;
    await store.change(id, ['rendering'], { state: 'queued', interruptions: again });
    if (again >= MOST_INTERRUPTIONS) await ends.fail(id, INTERRUPTED);
  }
  for (const order of await served(parts, 'queued')) await arrivals.requeue(order);
  for (const order of await served(parts, 'received')) arrivals.takeOwn(order);
}

async function served(
  { store, isServed }: RecoveryParts,
  state: OrderState,
): Promise<StoredOrder[]> {
  return (await store.inStates([state])).filter(({ place }) => isServed(place.platform));
}

/** Says of how many orders the platform is not there. */
export function tellOfUnserved(
  undelivered: readonly Order[],
  isServed: RecoveryParts['isServed'],
  log: Logger,
): void {
  const counts = new Map<string, number>();
  for (const { place } of undelivered) {
    if (isServed(place.platform)) continue;
    counts.set(place.platform, (counts.get(place.platform) ?? 0) + 1);
  }
  for (const [platform, orders] of counts) {
    log.warn({ platform, orders }, 'orders wait for their platform to be configured again');
  }
}
