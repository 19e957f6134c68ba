/** People of the chat, as contests know them. */
import type { Actor } from '../studio/contests/contest.ts';
import type { Place } from '../studio/order.ts';
import type { Person } from './inbound.ts';

export function actorOf({ roles = [], ...person }: Person, place: Place): Actor {
  return { ...person, roles, place };
}
