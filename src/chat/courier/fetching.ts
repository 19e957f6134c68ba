/** The picture of an order, and its mask, from their platform to the studio. */
import PQueue from 'p-queue';
import pRetry from 'p-retry';
import { DreamError } from '../../kit/errors.ts';
import type { Logger } from '../../kit/log.ts';
import { ofMask } from '../../studio/failure.ts';
import type { Order } from '../../studio/order.ts';
import type { Studio } from '../../studio/studio.ts';
import type { Platform } from '../platform.ts';

export interface FetchingParts {
  readonly studio: Pick<Studio, 'order' | 'supply' | 'fail'>;
  readonly log: Logger;
  /** Milliseconds before the first try after one that failed. @default 1000 */
  readonly minTimeout?: number;
}

/** Orders whose pictures are in memory at once, not yet decoded: each has the megabytes it may. */
const FETCHED_AT_ONCE = 4;

/** How often a picture is asked for. */
const FETCHES = 3;

/** For what the studio has already. */
const NOTHING = Promise.resolve(null);

type FromOrder = Order['source'] | Order['mask'];

export class Fetching {
  readonly #line = new PQueue({ concurrency: FETCHED_AT_ONCE });

  constructor(private readonly parts: FetchingParts) {}

  /**
   * The pictures of a `received` order; what cannot be had ends the order.
   * @throws where the signal stopped it: it is fetched again when the bot is back.
   */
  async fetch(order: Order, platform: Platform, signal: AbortSignal): Promise<void> {
    const { id, source, mask } = order;
    if (source.from !== 'attachment' && mask?.from !== 'attachment') return;
    const { studio, log } = this.parts;
    try {
      await this.#line.add(() => this.#supply(order, platform, signal));
    } catch (error) {
      if (signal.aborted) throw error;
      if (!(error instanceof DreamError)) log.error({ err: error, order: id }, 'not fetched');
      const { code, message, hint } =
        error instanceof DreamError
          ? error
          : new DreamError('fetch-failed', 'the picture could not be fetched', 'Try it again.');
      await studio.fail(id, { code, message, ...(hint === undefined ? {} : { hint }) });
    }
  }

  /** All at once: an order that has only a part of what it needs waits for the rest of it. */
  async #supply(
    { id, source, mask }: Order,
    platform: Platform,
    signal: AbortSignal,
  ): Promise<void> {
    const fetched = (wanted: FromOrder): Promise<Uint8Array | null> =>
      wanted?.from === 'attachment' ? this.#fetched(wanted, platform, signal) : NOTHING;
    // It may have been cancelled while it waited for its turn.
    if ((await this.parts.studio.order(id))?.state !== 'received') return;
    const picture = await fetched(source);
    const maskBytes = await fetched(mask).catch((error: unknown) => {
      throw ofMask(error);
    });
    await this.parts.studio.supply(id, picture, maskBytes);
  }

  /** A connection that breaks may be there again a moment later. */
  #fetched(
    source: Parameters<Platform['fetch']>[0],
    platform: Platform,
    signal: AbortSignal,
  ): Promise<Uint8Array> {
    const { minTimeout = 1000 } = this.parts;
    return pRetry(() => platform.fetch(source, signal), {
      ...{ retries: FETCHES - 1, minTimeout, signal },
      shouldRetry: ({ error }) => error instanceof DreamError && error.code === 'fetch-failed',
    });
  }
}
