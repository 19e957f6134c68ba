/** Calling a contest off: asked for first, as it cannot be taken back. */
import { DreamError } from '../../kit/errors.ts';
import type { Actor, Contest, ContestCommand, ContestEvent } from './contest.ts';
import { checkRunning } from './phases.ts';
import type { Doing } from './phases.ts';
import { checkMayRun } from './rights.ts';

/** @throws DreamError */
export function cancel(
  contest: Contest,
  actor: Actor,
  command: Extract<ContestCommand, { do: 'ask-cancel' | 'cancel' }>,
  done: Doing,
): ContestEvent[] {
  checkMayRun(actor, contest);
  checkRunning(contest);
  const { cancelling } = contest;
  if (command.do === 'ask-cancel') {
    const { reason } = command;
    return reason === cancelling ? [] : [{ type: 'cancel-asked', ...done, reason }];
  }
  const { reason = cancelling } = command;
  if (reason !== undefined) return [{ type: 'cancelled', ...done, reason }];
  throw new DreamError('wrong-phase', 'no reason was given', 'Ask with /contest cancel.');
}
