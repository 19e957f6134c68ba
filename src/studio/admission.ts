/** Who may still order. */
import { DreamError } from '../kit/errors.ts';
import type { Waiting } from './store/orders.ts';

/** Orders that may wait or be rendered at once. */
export interface Limits {
  /** @default 5 */
  readonly perPerson?: number;
  /** @default 20 */
  readonly perServer?: number;
  /** @default 100 */
  readonly all?: number;
}

/**
 * @param eta seconds until one more order would be done.
 * @throws DreamError 'too-many-orders' or 'queue-full'
 */
export function admit(waiting: Waiting, limits: Limits, eta: number | null): void {
  const { perPerson = 5, perServer = 20, all = 100 } = limits;
  if (waiting.person >= perPerson) {
    const message = `you have ${waiting.person} dreams under way already; ${perPerson} are the most`;
    throw new DreamError('too-many-orders', message, 'Wait for one of them, or cancel one.');
  }
  const [found, most, whose] =
    waiting.server >= perServer
      ? [waiting.server, perServer, 'this server’s part of the queue']
      : [waiting.all, all, 'the queue'];
  if (found < most) return;
  const minutes = Math.max(1, Math.ceil((eta ?? 0) / 60));
  const unit = minutes === 1 ? 'minute' : 'minutes';
  const message = `${whose} is full: ${found} dreams are under way`;
  throw new DreamError('queue-full', message, `Try again in ${minutes} ${unit}.`);
}
