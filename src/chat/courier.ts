/**
 * Brings orders to their end where they were asked: fetches the picture, shows how it goes, and
 * delivers what came of it, once.
 */
import { setImmediate } from 'node:timers/promises';
import PQueue from 'p-queue';
import pRetry from 'p-retry';
import { DreamError } from '../kit/errors.ts';
import type { Logger } from '../kit/log.ts';
import type { Order } from '../studio/order.ts';
import type { Studio } from '../studio/studio.ts';
import type { Responder } from './inbound.ts';
import { LatestOnly } from './latest-only.ts';
import type { Platform } from './platform.ts';
import { Undeliverable } from './platform.ts';
import { finalMessage, progressMessage } from './words.ts';

/** Pictures that are in memory at once, not yet decoded: each has the megabytes that one may have. */
const FETCHED_AT_ONCE = 4;

/** How often a picture is asked for. */
const FETCHES = 3;

/** Milliseconds after which an order that nobody could deliver is given up: a week. */
const LONGEST_WAIT = 7 * 86_400_000;

export type CourierStudio = Pick<
  Studio,
  | 'order'
  | 'undelivered'
  | 'watch'
  | 'supply'
  | 'fail'
  | 'result'
  | 'readdress'
  | 'beginDelivery'
  | 'delivered'
>;

export interface CourierParts {
  readonly studio: CourierStudio;
  readonly platforms: readonly Platform[];
  readonly log: Logger;
  /** Whether a contest of a place takes dreams now. @default never */
  readonly takesEntries?: (place: Order['place']) => Promise<boolean>;
  /** How often a delivery that fails is tried again, at growing distances. @default 8 */
  readonly retries?: number;
  /** Milliseconds before the first of them. @default 1000 */
  readonly minTimeout?: number;
}

/**
 * Whoever has so many before them hears half as often how it goes: a long queue that moves would
 * take all that a platform allows, and hold up the acknowledgements.
 */
const NEAR = 10;

export class Courier {
  readonly #parts: CourierParts;
  readonly #stopping = new AbortController();
  readonly #followed = new Map<string, Promise<void>>();
  readonly #fetching = new PQueue({ concurrency: FETCHED_AT_ONCE });

  constructor(parts: CourierParts) {
    this.#parts = parts;
  }

  /** Answers the event that led to the order, which is stored by now, and follows it. */
  async acknowledge(order: Order, responder: Responder): Promise<void> {
    if (this.#followed.has(order.id) || order.state === 'delivered') return responder.dismiss();
    const acknowledged = this.#acknowledge(order, responder);
    this.#track(
      order.id,
      acknowledged.then((address) => this.#follow({ ...order, address })),
    );
    await acknowledged;
  }

  /** Sees an order to its end, in the background. */
  follow(order: Order): void {
    if (!this.#followed.has(order.id)) this.#track(order.id, this.#follow(order));
  }

  /** Takes up what an earlier process left. */
  async resume(): Promise<void> {
    const orders = await this.#parts.studio.undelivered();
    // What was stored this moment is about to be acknowledged, and followed by that.
    await setImmediate();
    for (const { id } of orders) {
      const order = await this.#parts.studio.order(id);
      if (order && order.state !== 'delivered') this.follow(order);
    }
  }

  /** Begins nothing new; ends when the deliveries that have begun are through. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.settled();
  }

  /** Resolves when nothing is followed any more. */
  async settled(): Promise<void> {
    while (this.#followed.size > 0) await Promise.all(this.#followed.values());
  }

  #track(id: string, work: Promise<void>): void {
    const following = work
      .catch((error: unknown) => {
        if (this.#stopping.signal.aborted) return;
        this.#parts.log.error({ err: error, order: id }, 'an order was left undelivered');
      })
      .finally(() => this.#followed.delete(id));
    this.#followed.set(id, following);
  }

  /** @returns where the answer will stand. */
  async #acknowledge({ id, address }: Order, responder: Responder): Promise<Order['address']> {
    const { studio, log } = this.#parts;
    try {
      const found = await responder.acknowledge();
      await studio.readdress(id, found);
      return found;
    } catch (error) {
      // It is accepted all the same: the answer finds its way by the address.
      log.warn({ err: error, order: id }, 'not acknowledged');
      return address;
    }
  }

  async #follow(order: Order): Promise<void> {
    const { studio, platforms } = this.#parts;
    const platform = platforms.find(({ name }) => name === order.place.platform);
    // Its platform is not connected in this process: it waits for one that is.
    if (!platform) return;
    if (order.state === 'received') await this.#fetch(order, platform);
    const address = await this.#showProgress(order, platform);
    const ended = await studio.order(order.id);
    // Anything else is still under way, and its watching was ended by a stop.
    if (!ended || !['rendered', 'failed', 'cancelled'].includes(ended.state)) return;
    await this.#deliver({ ...ended, address }, platform);
  }

  /** The picture of a `received` order; what cannot be had ends the order. */
  async #fetch({ id, source }: Order, platform: Platform): Promise<void> {
    if (source.from !== 'attachment') return;
    const { studio, log } = this.#parts;
    try {
      await this.#fetching.add(async () => {
        await studio.supply(id, await this.#pictureOf(source, platform));
      });
    } catch (error) {
      // Fetched again when the bot is back.
      if (this.#stopping.signal.aborted) throw error;
      if (!(error instanceof DreamError)) log.error({ err: error, order: id }, 'not fetched');
      const { code, message, hint } =
        error instanceof DreamError
          ? error
          : new DreamError('fetch-failed', 'the picture could not be fetched', 'Try it again.');
      await studio.fail(id, { code, message, ...(hint === undefined ? {} : { hint }) });
    }
  }

  /** A connection that breaks may be there again a moment later. */
  #pictureOf(source: Parameters<Platform['fetch']>[0], platform: Platform): Promise<Uint8Array> {
    const { minTimeout = 1000 } = this.#parts;
    const { signal } = this.#stopping;
    return pRetry(() => platform.fetch(source, signal), {
      ...{ retries: FETCHES - 1, minTimeout, signal },
      shouldRetry: ({ error }) => error instanceof DreamError && error.code === 'fetch-failed',
    });
  }

  /** @returns where the message stands in the end. */
  async #showProgress(order: Order, platform: Platform): Promise<Order['address']> {
    const { studio, log } = this.#parts;
    const { signal } = this.#stopping;
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

  async #deliver(order: Order, platform: Platform): Promise<void> {
    const { studio, log, retries = 8, minTimeout = 1000 } = this.#parts;
    const { id, address, requester, createdAt } = order;
    const { signal } = this.#stopping;
    const { takesEntries } = this.#parts;
    const canEnter = takesEntries && order.result ? await takesEntries(order.place) : false;
    const message = finalMessage(order, () => studio.result(id), canEnter);
    let again = order.deliveryBegun;
    await studio.beginDelivery(id);
    const send = async (): Promise<void> => {
      const delivery = { key: id, again, person: requester.id };
      // Whatever comes of this attempt, the next one has to look.
      again = true;
      await platform.deliver(address, message, delivery);
      // Noted here: a stop meanwhile ends the attempts, also one that got through.
      await studio.delivered(id);
      log.info(
        { order: id, state: order.state, milliseconds: Date.now() - createdAt },
        'delivered',
      );
    };
    try {
      await pRetry(send, {
        ...{ retries, minTimeout },
        maxTimeout: 60_000,
        signal,
        shouldRetry: ({ error }) => !(error instanceof Undeliverable),
        onFailedAttempt: ({ error, attemptNumber }) => {
          if (signal.aborted) return;
          log.warn({ err: error, order: id, attempt: attemptNumber }, 'not delivered');
        },
      });
    } catch (error) {
      const hopeless = error instanceof Undeliverable || Date.now() - createdAt > LONGEST_WAIT;
      if (!hopeless || signal.aborted) throw error;
      log.warn({ err: error, order: id }, 'undeliverable');
      await studio.delivered(id);
    }
  }
}
