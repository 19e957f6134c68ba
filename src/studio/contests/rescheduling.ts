/** Windows that are to end at another time than was said. */
import { DreamError } from '../../kit/errors.ts';
import type { Actor, Contest, ContestCommand, ContestEvent } from './contest.ts';
import { checkRunning, wrongPhase } from './phases.ts';
import type { Doing } from './phases.ts';
import { checkMayRun } from './rights.ts';
import { checkWindows } from './settings.ts';

type Wish = Extract<ContestCommand, { do: 'reschedule' }>;

/** Where the end of submissions alone is moved, people have as long to vote as before. */
export function reschedule(
  contest: Contest,
  actor: Actor,
  wish: Wish,
  done: Doing,
): ContestEvent[] {
  checkMayRun(actor, contest);
  checkRunning(contest);
  const { settings, phase } = contest;
  if (phase === 'voting' && wish.submissionEndsAt !== undefined) {
    throw wrongPhase('takes no entries any more');
  }
  const { submissionEndsAt = settings.submissionEndsAt } = wish;
  const moved = submissionEndsAt - settings.submissionEndsAt;
  const { votingEndsAt = settings.votingEndsAt + moved } = wish;
  if (phase === 'submission') checkWindows({ submissionEndsAt, votingEndsAt }, done.at);
  else checkWindows({ submissionEndsAt: done.at + 1, votingEndsAt }, done.at);
  if (moved === 0 && votingEndsAt === settings.votingEndsAt) {
    throw new DreamError('bad-option', 'this contest ends at that time already');
  }
  return [{ type: 'rescheduled', ...done, submissionEndsAt, votingEndsAt }];
}
