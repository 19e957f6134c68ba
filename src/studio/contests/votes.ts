/** The rules of voting: pure functions of a contest and what a person has said so far. */
import { DreamError } from '../../kit/errors.ts';
import type { Actor, Ballot, Contest, Entry, Vote } from './contest.ts';
import { checkMayVote, checkPlace } from './rights.ts';
import { entryNumber } from './entry-number.ts';

/** What is known of a person's duels; empty in other contests. */
export interface Dueller {
  /** Pairs that they have decided. */
  readonly decided: ReadonlySet<string>;
  /** The pair that they were shown, and not decided yet. */
  readonly offered: string | null;
}

export const NO_DUELS: Dueller = { decided: new Set(), offered: null };

/** @param contest up to date. @throws DreamError where the vote does not count. */
export function castBallot(
  contest: Contest,
  actor: Actor,
  vote: Vote,
  dueller: Dueller,
  now: number,
): Ballot {
  checkPlace(actor, contest);
  checkVoting(contest);
  const { voting } = contest.settings;
  if (vote.voting !== voting) throw refused(`the votes of this contest are ${voting}`);
  checkMayVote(actor, contest, now);
  if (vote.voting === 'duels') return duel(contest, actor, vote, dueller);
  const { entries } = vote;
  if (new Set(entries).size !== entries.length) throw refused('an entry is named twice');
  const most = contest.settings.votesPerPerson ?? contest.entries.length;
  if (entries.length > most) {
    throw refused(`you named ${entries.length} dreams; at most ${most} are allowed`);
  }
  for (const number of entries) checkEligible(contest, actor, number);
  const choice = voting === 'approval' ? [...entries].sort((one, other) => one - other) : entries;
  return { voter: actor.id, pair: '', choice };
}

export function pairOf([one, other]: readonly [number, number]): string {
  return `${Math.min(one, other)}-${Math.max(one, other)}`;
}

/** Dreams that this person may vote for. */
export function eligible({ entries }: Contest, voter: string): Entry[] {
  return entries.filter(({ state, by }) => state === 'approved' && by.id !== voter);
}

/** @throws DreamError 'wrong-phase' */
export function checkVoting({ phase }: Contest): void {
  if (phase === 'voting') return;
  const words = phase === 'submission' ? 'has not begun yet' : 'is over';
  throw new DreamError('wrong-phase', `voting in this contest ${words}`);
}

/** @throws DreamError 'not-allowed' */
export function checkDuels({ settings: { voting } }: Contest): void {
  if (voting === 'duels') return;
  throw refused(`there are no duels in this contest: its votes are ${voting}`);
}

export function duelsOnly(): DreamError {
  const hint = '/contest vote shows you two dreams at a time.';
  return new DreamError('not-allowed', 'the votes of this contest are duels', hint);
}

function duel(
  contest: Contest,
  actor: Actor,
  { pair, winner }: Extract<Vote, { voting: 'duels' }>,
  { decided, offered }: Dueller,
): Ballot {
  for (const number of pair) checkEligible(contest, actor, number);
  const key = pairOf(pair);
  // Whoever could choose pairs could choose all those of a friend.
  if (!decided.has(key)) {
    if (key !== offered) throw refused('these two dreams are not the pair that you were shown');
    const { votesPerPerson = Infinity } = contest.settings;
    if (decided.size >= votesPerPerson) {
      throw refused(`you have decided ${decided.size} duels; more are not allowed`);
    }
  }
  if (winner !== null && !pair.includes(winner)) throw refused('the winner is not one of the two');
  return { voter: actor.id, pair: key, choice: winner === null ? [] : [winner] };
}

function checkEligible(contest: Contest, actor: Actor, number: number): void {
  const { state, by } = entryNumber(contest, number);
  if (state !== 'approved') {
    throw new DreamError('unknown-entry', `entry ${number} is not in this contest any more`);
  }
  if (by.id === actor.id) throw refused('nobody votes for their own dream');
}

function refused(message: string): DreamError {
  return new DreamError('not-allowed', message);
}
