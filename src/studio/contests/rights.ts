/** Who may do what. Asked here and nowhere else. */
import { DreamError } from '../../kit/errors.ts';
import type { Place } from '../order.ts';
import type { Actor, Contest, Contestant } from './contest.ts';

/** Contests belong to a server; a conversation of two has its own. */
export function samePlace(one: Place, other: Place): boolean {
  if (one.platform !== other.platform || one.server !== other.server) return false;
  return one.server !== undefined || one.channel === other.channel;
}

/** A role that is gone is a role that nobody has: admins are left. */
export function mayRun(actor: Actor, { place, settings }: Contest): boolean {
  return samePlace(actor.place, place) && hasRight(actor, settings.runners);
}

export function hasRight(actor: Actor, roles: readonly string[]): boolean {
  return actor.admin || roles.some((role) => actor.roles.includes(role));
}

/** @throws DreamError 'not-allowed' */
export function checkMayRun(actor: Actor, contest: Contest): void {
  if (!mayRun(actor, contest)) throw onlyRunners();
}

export function onlyRunners(): DreamError {
  return new DreamError('not-allowed', 'only those who run this contest may do that');
}

/** @throws DreamError 'unknown-contest': what is elsewhere does not exist. */
export function checkPlace(actor: Actor, contest: Contest): void {
  if (!samePlace(actor.place, contest.place)) throw unknownContest();
}

export function unknownContest(): DreamError {
  return new DreamError('unknown-contest', 'there is no such contest here');
}

export function contestantOf({ id, name }: Actor): Contestant {
  return { id, name };
}

const DAY = 86_400_000;

/** @throws DreamError 'not-allowed' where the contest does not let this person vote. */
export function checkMayVote(actor: Actor, { settings }: Contest, now: number): void {
  const { minimumAccountAgeDays, minimumMemberDays } = settings;
  checkAge(actor.accountCreatedAt, minimumAccountAgeDays, now, 'your account must be');
  checkAge(actor.joinedAt, minimumMemberDays, now, 'you must have been a member here for');
}

function checkAge(
  since: number | undefined,
  days: number | undefined,
  now: number,
  words: string,
): void {
  if (days === undefined) return;
  if (since !== undefined && now - since >= days * DAY) return;
  const age = since === undefined ? 'that cannot be told of you' : 'that is not so yet';
  throw new DreamError(
    'not-allowed',
    `to vote in this contest, ${words} at least ${days} days${words.endsWith('be') ? ' old' : ''}: ${age}`,
  );
}
