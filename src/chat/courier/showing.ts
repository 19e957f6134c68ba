/** How an order goes, in the message that stands where it was asked. */
import type { Logger } from '../../kit/log.ts';
import type { Order } from '../../studio/order.ts';
import type { Studio } from '../../studio/studio.ts';
import { LatestOnly } from '../latest-only.ts';
import type { Platform } from '../platform.ts';
import { progressMessage } from '../words.ts';

export interface ShowingParts {
  readonly studio: Pick<Studio, 'watch' | 'readdress'>;
  readonly log: Logger;
}

/**
 * Whoever has so many before them hears half as often how it goes: a long queue that moves would
 * take all that a platform allows, and hold up the acknowledgements.
 */
const NEAR = 10;

/**
 * Until the order comes to its end, or the signal stops it.
 * @returns where the message stands then.
 */
export async function showProgress(
  order: Order,
  platform: Platform,
  signal: AbortSignal,
  { studio, log }: ShowingParts,
): Promise<Order['address']> {
  let { address } = order;
  const messages = new LatestOnly<Parameters<Platform['show']>[1]>(
    platform.editInterval,
    async (outbound) => {
      const moved = await platform.show(address, outbound);
      if (JSON.stringify(moved) === JSON.stringify(address)) return;
      address = moved;
      await studio.readdress(order.id, address);
    },
    (error) => {
      log.debug({ err: error, order: order.id }, 'progress not shown');
    },
  );
  let preview: Uint8Array | undefined;
  for await (const update of studio.watch(order.id, signal)) {
    if (update.state === 'rendering') {
      preview = update.preview ?? preview;
      messages.push(progressMessage(order, preview ? { ...update, preview } : update));
    } else if (update.state === 'queued') {
      const interval = platform.editInterval * (1 + update.ahead / NEAR);
      messages.push(progressMessage(order, update), interval);
    } else if (update.state === 'received') {
      messages.push(progressMessage(order, update));
    }
  }
  await messages.end();
  return address;
}
