/** The picture of an order, from its platform to the studio. */
import PQueue from 'p-queue';
import pRetry from 'p-retry';
import { DreamError } from '../../kit/errors.ts';
import type { Logger } from '../../kit/log.ts';
import type { Order } from '../../studio/order.ts';
import type { Studio } from '../../studio/studio.ts';
import type { Platform } from '../platform.ts';

export interface FetchingParts {
  readonly studio: Pick<Studio, 'supply' | 'fail'>;
  readonly log: Logger;
  /** Milliseconds before the first try after one that failed. @default 1000 */
  readonly minTimeout?: number;
}

/** Pictures that are in memory at once, not yet decoded: each has the megabytes that one may have. */
const FETCHED_AT_ONCE = 4;

/** How often a picture is asked for. */
const FETCHES = 3;

export class Fetching {
  readonly #line = new PQueue({ concurrency: FETCHED_AT_ONCE });

  constructor(private readonly parts: FetchingParts) {}

  /**
   * The picture of a `received` order; what cannot be had ends the order.
   * @throws where the signal stopped it: it is fetched again when the bot is back.
   */
  async fetch({ id, source }: Order, platform: Platform, signal: AbortSignal): Promise<void> {
    if (source.from !== 'attachment') return;
    const { studio, log } = this.parts;
    try {
      await this.#line.add(async () => {
        await studio.supply(id, await this.#pictureOf(source, platform, signal));
      });
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

  /** A connection that breaks may be there again a moment later. */
  #pictureOf(
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
