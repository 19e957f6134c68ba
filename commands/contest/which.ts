/** Which contest a command means. */
import type { Context } from '../../src/chat/command.ts';
import { DreamError } from '../../src/kit/errors.ts';
import type { ContestFacts } from '../../src/studio/contests/views.ts';

export const contestOption = {
  contest: {
    kind: 'text',
    description: 'Its theme, or the beginning of it, where there are several',
    maxLength: 200,
    completes: 'contest',
  },
} as const;

/** How far back a contest is found by its theme. */
const MOST_ENDED = 100;

type Phases = readonly ContestFacts['phase'][];

/** One that is going on. @param phases those in which what is wanted can be done. */
export async function runningContest(
  context: Context,
  wanted: string | undefined,
  phases: Phases = ['submission', 'voting'],
): Promise<ContestFacts> {
  const running = await context.contests.read.running(context.actor);
  return chosen(running, wanted, phases);
}

/** One that is over; the last one where none is named. */
export async function endedContest(
  { contests, actor }: Context,
  wanted: string | undefined,
): Promise<ContestFacts> {
  const ended = await contests.read.history(actor, MOST_ENDED);
  const found = wanted === undefined ? ended : ended.filter((contest) => means(contest, wanted));
  return found[0] ?? none('no contest has ended here', wanted);
}

/** Any one: those that are going on go first. */
export async function anyContest(
  context: Context,
  wanted: string | undefined,
): Promise<ContestFacts> {
  const running = await context.contests.read.running(context.actor);
  const found = running.filter((contest) => wanted === undefined || means(contest, wanted));
  return found.length > 0 ? chosen(found, wanted, ANY) : endedContest(context, wanted);
}

const ANY: Phases = ['submission', 'voting', 'closed', 'cancelled'];

function chosen(
  contests: readonly ContestFacts[],
  wanted: string | undefined,
  phases: Phases,
): ContestFacts {
  const named = contests.filter((contest) => wanted === undefined || means(contest, wanted));
  const able = named.filter(({ phase }) => phases.includes(phase));
  // Where none can be meant, the rules of the only other one say best why not.
  const found = able.length > 0 ? able : named;
  const [only, ...others] = found;
  if (!only) return none('no contest is running here', wanted);
  if (others.length === 0) return only;
  const themes = found.map(({ theme }) => `'${theme}'`).join(', ');
  throw new DreamError('unknown-contest', `several contests are running: ${themes}`, NAME_ONE);
}

const NAME_ONE = 'Name one with the option contest.';

function means({ id, theme }: ContestFacts, wanted: string): boolean {
  return id === wanted || theme.toLowerCase().startsWith(wanted.toLowerCase());
}

function none(words: string, wanted: string | undefined): never {
  const message = wanted === undefined ? words : `there is no contest '${wanted}' here`;
  throw new DreamError('unknown-contest', message, '/contest status shows those that there are.');
}
