/** Which dreams come into a contest. */
import { DreamError } from '../../kit/errors.ts';
import type { Contest, ContestCommand, ContestEvent } from './contest.ts';
import { checkDream } from './limits.ts';
import { wrongPhase } from './phases.ts';
import type { Doing } from './phases.ts';

/** Of one contest, whatever each person's share is. */
const MOST_ENTRIES = 1000;

/** Of one person in one contest: each has its number for good, and a contest has only so many. */
const MOST_WITHDRAWN = 20;

/** @throws DreamError */
export function submit(
  contest: Contest,
  { dream, title }: Extract<ContestCommand, { do: 'submit' }>,
  done: Doing,
): ContestEvent[] {
  const before = contest.entries.filter((entry) => entry.dream.order === dream.order);
  if (before.some(({ state }) => state === 'waiting' || state === 'approved')) return [];
  if (contest.phase !== 'submission') throw wrongPhase('takes no more entries');
  if (before.some(({ state }) => state === 'rejected')) {
    throw new DreamError('not-allowed', 'this dream was entered before, and rejected');
  }
  checkDream(dream, contest.settings);
  const inIt = contest.entries.filter(({ state }) => state === 'waiting' || state === 'approved');
  const own = inIt.filter(({ by }) => by.id === done.by.id).length;
  const { entriesPerPerson } = contest.settings;
  if (own >= entriesPerPerson) {
    const message = `you have ${own} of at most ${entriesPerPerson} entries in this contest`;
    throw new DreamError('not-allowed', message, 'Withdraw one to enter another.');
  }
  checkRoom(contest, done);
  return [{ type: 'submitted', ...done, dream, ...(title === undefined ? {} : { title }) }];
}

function checkRoom({ entries }: Contest, { by: person }: Doing): void {
  const withdrawn = entries.filter(({ by, state }) => by.id === person.id && state === 'withdrawn');
  if (withdrawn.length >= MOST_WITHDRAWN) {
    const message = `you have taken ${withdrawn.length} dreams out of this contest; no more can come in`;
    throw new DreamError('not-allowed', message);
  }
  if (entries.length >= MOST_ENTRIES) {
    throw new DreamError('not-allowed', `the contest is full: it has had ${MOST_ENTRIES} entries`);
  }
}
