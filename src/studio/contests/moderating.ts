/** Which entries are shown, for those who run the contest to say. */
import { DreamError } from '../../kit/errors.ts';
import type { Actor, Contest, ContestCommand, ContestEvent } from './contest.ts';
import { entryNumber } from './entry-number.ts';
import { checkRunning } from './phases.ts';
import type { Doing } from './phases.ts';
import { checkMayRun } from './rights.ts';

/** @throws DreamError */
export function moderate(
  contest: Contest,
  actor: Actor,
  command: Extract<ContestCommand, { do: 'approve' | 'reject' }>,
  done: Doing,
): ContestEvent[] {
  checkMayRun(actor, contest);
  const { number, state } = entryNumber(contest, command.entry);
  const approving = command.do === 'approve';
  if (state === (approving ? 'approved' : 'rejected') || (!approving && state === 'removed')) {
    return [];
  }
  // What was voted on can be taken down after the end too, and hung up again.
  const hung = contest.phase === 'closed' && (state === 'approved' || state === 'removed');
  if (!hung) checkRunning(contest);
  if (state === 'withdrawn') {
    throw new DreamError('not-allowed', `entry ${number} was withdrawn by its author`);
  }
  if (approving) return [{ type: 'approved', ...done, entry: number }];
  return [{ type: 'rejected', ...done, entry: number, reason: command.reason }];
}
