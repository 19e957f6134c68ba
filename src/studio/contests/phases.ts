/** What can only be done while a contest goes on. */
import { DreamError } from '../../kit/errors.ts';
import type { Contest, Contestant } from './contest.ts';

/** Of what is being done: when, and by whom. */
export interface Doing {
  readonly at: number;
  readonly by: Contestant;
}

/** @throws DreamError 'wrong-phase' */
export function checkRunning({ phase }: Contest): void {
  if (phase === 'closed') throw wrongPhase('is over');
  if (phase === 'cancelled') throw wrongPhase('was cancelled');
}

export function wrongPhase(words: string): DreamError {
  return new DreamError('wrong-phase', `this contest ${words}`);
}
