/** What came of an order, brought to its place: once, however often it has to be tried. */
import pRetry from 'p-retry';
import { DreamError } from '../../kit/errors.ts';
import type { Logger } from '../../kit/log.ts';
import { LOST } from '../../studio/failure.ts';
import type { Order } from '../../studio/order.ts';
import type { Studio } from '../../studio/studio.ts';
import type { Platform } from '../platform.ts';
import { Undeliverable } from '../platform.ts';
import { finalMessage } from '../words.ts';

export interface DeliveringParts {
  readonly studio: Pick<Studio, 'result' | 'beginDelivery' | 'delivered'>;
  readonly log: Logger;
  /** Whether a contest of a place takes dreams now. @default never */
  readonly takesEntries?: (place: Order['place']) => Promise<boolean>;
  /** How often a delivery that fails is tried again, at growing distances. @default 8 */
  readonly retries?: number;
  /** Milliseconds before the first of them. @default 1000 */
  readonly minTimeout?: number;
}

/** Milliseconds after which an order that nobody could deliver is given up: a week. */
const LONGEST_WAIT = 7 * 86_400_000;

/** @throws where it was stopped, or has to be tried again much later. */
export async function deliver(
  order: Order,
  platform: Platform,
  signal: AbortSignal,
  { studio, log, takesEntries, retries = 8, minTimeout = 1000 }: DeliveringParts,
): Promise<void> {
  const { id, address, requester, createdAt } = order;
  const canEnter = takesEntries && order.result ? await takesEntries(order.place) : false;
  const result = (): Promise<Uint8Array> => studio.result(id);
  let message = finalMessage(order, result, canEnter);
  let again = order.deliveryBegun;
  await studio.beginDelivery(id);
  const send = async (): Promise<void> => {
    const delivery = { key: id, again, person: requester.id };
    // Whatever comes of this attempt, the next one has to look.
    again = true;
    await platform.deliver(address, message, delivery);
    // Noted here: a stop meanwhile ends the attempts, also one that got through.
    await studio.delivered(id);
    log.info({ order: id, state: order.state, milliseconds: Date.now() - createdAt }, 'delivered');
  };
  try {
    await pRetry(send, {
      ...{ retries, minTimeout },
      maxTimeout: 60_000,
      signal,
      shouldRetry: ({ error }) => !(error instanceof Undeliverable),
      onFailedAttempt: ({ error, attemptNumber }) => {
        if (signal.aborted) return;
        if (isLost(error)) message = finalMessage({ ...order, failure: LOST }, result);
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

/** What the studio says of a picture that is not there, and no platform of anything. */
function isLost(error: Error): boolean {
  return error instanceof DreamError && error.code === 'unknown-order';
}
