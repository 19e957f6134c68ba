/** From changes of an order to a stream of how it stands. */
import type { Bells } from './bells.ts';
import type { Order, OrderUpdate } from './order.ts';
import type { Renders } from './renders.ts';
import type { OrderStore } from './store/orders.ts';
import { OPEN } from './store/orders.ts';

export interface WatchingParts {
  readonly store: OrderStore;
  readonly renders: Renders;
  readonly bells: Bells;
  /** Ends all streams. */
  readonly closed: AbortSignal;
}

/**
 * How an order stands now, then after every change, to its end. Whoever reads slowly gets less:
 * each time what is true then, and never anything that is over.
 */
export async function* watchOrder(
  parts: WatchingParts,
  id: string,
  signal?: AbortSignal,
): AsyncGenerator<OrderUpdate, void> {
  const { bells, closed } = parts;
  const bell = bells.listen(id);
  const wake = (): void => {
    bell.ring();
  };
  signal?.addEventListener('abort', wake);
  let seen = 0;
  try {
    while (!signal?.aborted && !closed.aborted) {
      const { update, previews } = await standing(parts, id, seen);
      seen = previews;
      yield update;
      if (!(OPEN as readonly string[]).includes(update.state)) return;
      await bell.next();
    }
  } finally {
    signal?.removeEventListener('abort', wake);
    bell.close();
  }
}

/**
 * What is rendered or waits is known without a look into the database: many wait, and all of them
 * look whenever the queue has moved.
 *
 * @param seen previews that the reader has had.
 */
async function standing(
  { store, renders }: WatchingParts,
  id: string,
  seen: number,
): Promise<{ update: OrderUpdate; previews: number }> {
  const rendering = renders.rendering(id, seen);
  if (rendering) return rendering;
  const queued = renders.queued(id);
  if (queued) return { previews: seen, update: queued };
  // Where it was removed its person wanted it forgotten.
  const state = (await store.stateOf(id)) ?? 'delivered';
  return { previews: seen, update: updateOf(state) };
}

/** Of what neither waits nor runs here; it may be about to. */
function updateOf(state: Order['state']): OrderUpdate {
  if (state === 'rendering') return { state, fraction: 0, eta: null, octave: 0, octaves: 0 };
  if (state === 'queued') return { state, ahead: 0, eta: null };
  return { state };
}
