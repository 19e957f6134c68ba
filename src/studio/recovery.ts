/** What an earlier process left, taken up. */
import type { Arrivals } from './arrivals.ts';
import type { EarlyEnds } from './early-ends.ts';
import { INTERRUPTED, MOST_INTERRUPTIONS } from './failure.ts';
import type { OrderStore } from './store/orders.ts';

export interface RecoveryParts {
  readonly store: OrderStore;
  readonly arrivals: Arrivals;
  readonly ends: EarlyEnds;
}

/** An order that was being rendered may have been what the process went down with. */
export async function takeUp({ store, arrivals, ends }: RecoveryParts): Promise<void> {
  for (const { id, interruptions } of await store.inStates(['rendering'])) {
    const again = interruptions + 1;
    await store.change(id, ['rendering'], { state: 'queued', interruptions: again });
    if (again >= MOST_INTERRUPTIONS) await ends.fail(id, INTERRUPTED);
  }
  for (const order of await store.inStates(['queued'])) await arrivals.requeue(order);
  for (const order of await store.inStates(['received'])) arrivals.takeOwn(order);
}
