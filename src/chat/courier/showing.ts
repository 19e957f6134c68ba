/** How an order goes, in the message that stands where it was asked. */
import type { Logger } from '../../kit/log.ts';
import type { Order, OrderUpdate } from '../../studio/order.ts';
import type { Studio } from '../../studio/studio.ts';
import { LatestOnly } from '../latest-only.ts';
import type { Platform } from '../platform.ts';
import { progressMessage } from '../words.ts';

type Rendering = Extract<OrderUpdate, { state: 'rendering' }>;

export interface ShowingParts {
  readonly studio: Pick<Studio, 'watch'>;
  /** The message stands elsewhere from now on. */
  readonly move: (address: Order['address']) => Promise<void>;
  readonly log: Logger;
}

/**
 * Whoever has so many before them hears half as often how it goes: a long queue that moves would
 * take all that a platform allows, and hold up the acknowledgements.
 */
const NEAR = 5;

/** Seconds: a dream that takes no longer is not told of, the picture follows at once. */
const MOMENT = 1;

/**
 * Until the order comes to its end, or the signal stops it.
 * @returns where the message stands then.
 */
export async function showProgress(
  order: Order,
  platform: Platform,
  signal: AbortSignal,
  { studio, move, log }: ShowingParts,
): Promise<Order['address']> {
  let { address } = order;
  const messages = new LatestOnly<OrderUpdate>(
    platform.editInterval,
    async (update) => {
      const moved = await platform.show(address, progressMessage(order, update));
      if (JSON.stringify(moved) === JSON.stringify(address)) return;
      address = moved;
      await move(address);
    },
    (error) => {
      log.debug({ err: error, order: order.id }, 'progress not shown');
    },
  );
  try {
    await push(messages, studio.watch(order.id, signal), platform.editInterval);
  } finally {
    // Also where the watching failed: what is outdated would take the place of what comes next.
    await messages.end();
  }
  return address;
}

async function push(
  messages: LatestOnly<OrderUpdate>,
  updates: AsyncIterable<OrderUpdate>,
  editInterval: number,
): Promise<void> {
  let preview: Uint8Array | undefined;
  let began: number | undefined;
  for await (const update of updates) {
    if (update.state === 'rendering') {
      began ??= performance.now();
      preview = update.preview ?? preview;
      if (isOverSoon(update, (performance.now() - began) / 1000)) continue;
      messages.push(preview ? { ...update, preview } : update);
    } else if (update.state === 'queued') {
      messages.push(update, editInterval * (1 + update.ahead / NEAR));
    } else if (update.state === 'received') {
      messages.push(update);
    }
  }
}

/** @param elapsed seconds since it began; an estimate alone is not trusted for long. */
function isOverSoon({ eta }: Rendering, elapsed: number): boolean {
  return eta !== null && eta < MOMENT && elapsed < MOMENT;
}
