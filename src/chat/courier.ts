/**
 * Brings orders to their end where they were asked: fetches the picture, shows how it goes, and
 * delivers what came of it, once.
 */
import { setTimeout as after, setImmediate } from 'node:timers/promises';
import type { Logger } from '../kit/log.ts';
import type { Order } from '../studio/order.ts';
import type { Studio } from '../studio/studio.ts';
import { deliver } from './courier/delivering.ts';
import type { DeliveringParts } from './courier/delivering.ts';
import { Fetching } from './courier/fetching.ts';
import { showProgress } from './courier/showing.ts';
import type { Responder } from './inbound.ts';
import type { Platform } from './platform.ts';

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

export interface CourierParts extends Omit<DeliveringParts, 'studio'> {
  readonly studio: CourierStudio;
  readonly platforms: readonly Platform[];
  readonly log: Logger;
  /** Milliseconds before an order whose following failed is followed again, at first. @default 30 000 */
  readonly pause?: number;
}

/** Milliseconds: a database may be away for longer than every statement waits for it. */
const PAUSE = 30_000;
const LONGEST_PAUSE = 600_000;

type Move = (address: Order['address']) => Promise<void>;

export class Courier {
  readonly #parts: CourierParts;
  readonly #stopping = new AbortController();
  readonly #followed = new Map<string, Promise<void>>();
  readonly #fetching: Fetching;

  constructor(parts: CourierParts) {
    this.#parts = parts;
    this.#fetching = new Fetching(parts);
  }

  /** Answers the event that led to the order, which is stored by now, and follows it. */
  async acknowledge(order: Order, responder: Responder): Promise<void> {
    if (this.#followed.has(order.id) || order.state === 'delivered') return responder.dismiss();
    const acknowledged = this.#acknowledge(order, responder);
    this.#track(
      order.id,
      acknowledged.then((address) => this.#see({ ...order, address })),
    );
    await acknowledged;
  }

  /** Sees an order to its end, in the background. */
  follow(order: Order): void {
    if (!this.#followed.has(order.id)) this.#track(order.id, this.#see(order));
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

  #track(id: string, seen: Promise<void>): void {
    this.#followed.set(
      id,
      seen.finally(() => this.#followed.delete(id)),
    );
  }

  /** Again and again, until the order is through or the bot stops. Never fails. */
  async #see(order: Order): Promise<void> {
    const { studio, log, pause = PAUSE } = this.#parts;
    const { signal } = this.#stopping;
    let known = order;
    const move: Move = async (address) => {
      // Whether or not it can be noted down: nothing is said beside the message that stands there.
      known = { ...known, address };
      await studio.readdress(order.id, address);
    };
    for (let wait = pause; !signal.aborted; wait = Math.min(2 * wait, LONGEST_PAUSE)) {
      try {
        await this.#follow(known, move);
        return;
      } catch (error) {
        if (this.#stopping.signal.aborted) return;
        log.error({ err: error, order: order.id }, 'an order was left undelivered for now');
      }
      await after(wait, undefined, { signal }).catch(() => undefined);
    }
  }

  /** @returns where the answer will stand. */
  async #acknowledge({ id, address }: Order, responder: Responder): Promise<Order['address']> {
    const { studio, log } = this.#parts;
    let found = address;
    try {
      found = await responder.acknowledge();
      await studio.readdress(id, found);
    } catch (error) {
      // It is accepted all the same: the answer finds its way by the address.
      log.warn({ err: error, order: id }, 'not acknowledged');
    }
    return found;
  }

  async #follow(order: Order, move: Move): Promise<void> {
    const { studio, platforms } = this.#parts;
    const platform = platforms.find(({ name }) => name === order.place.platform);
    // Its platform is not connected in this process: it waits for one that is.
    if (!platform) return;
    const { signal } = this.#stopping;
    if (order.state === 'received') await this.#fetching.fetch(order, platform, signal);
    const address = await showProgress(order, platform, signal, { ...this.#parts, move });
    const ended = await studio.order(order.id);
    // Anything else is still under way, and its watching was ended by a stop.
    if (!ended || !['rendered', 'failed', 'cancelled'].includes(ended.state)) return;
    await deliver({ ...ended, address }, platform, signal, this.#parts);
  }
}
