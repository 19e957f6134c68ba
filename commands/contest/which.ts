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
  context: Context,
  wanted: string | undefined,
): Promise<ContestFacts> {
  const ended = await endedOnes(context);
  return named(ended, wanted)[0] ?? none('no contest has ended here', wanted, SEE_STATUS);
}

function endedOnes({ contests, actor }: Context): Promise<readonly ContestFacts[]> {
  return contests.read.history(actor, MOST_ENDED);
}

/** Any one: those that are going on go first. */
export async function anyContest(
  context: Context,
  wanted: string | undefined,
): Promise<ContestFacts> {
  const running = await context.contests.read.running(context.actor);
  const found = named(running, wanted);
  if (found.length > 0) return chosen(found, wanted, ANY);
  const ended = await endedOnes(context);
  return named(ended, wanted)[0] ?? none('there has been no contest here yet', wanted, START_ONE);
}

const ANY: Phases = ['submission', 'voting', 'closed', 'cancelled'];

function chosen(
  contests: readonly ContestFacts[],
  wanted: string | undefined,
  phases: Phases,
): ContestFacts {
  const meant = named(contests, wanted);
  const able = meant.filter(({ phase }) => phases.includes(phase));
  // Where none can be meant, the rules of the only other one say best why not.
  const found = able.length > 0 ? able : meant;
  const [only, ...others] = found;
  if (!only) return none('no contest is running here', wanted, START_ONE);
  if (others.length === 0) return only;
  const alike = (theme: string): boolean => found.filter((each) => each.theme === theme).length > 1;
  const themes = found
    .map(({ id, theme }) => (alike(theme) ? `'${theme}' (\`${id}\`)` : `'${theme}'`))
    .join(', ');
  throw new DreamError('unknown-contest', `several contests are running: ${themes}`, NAME_ONE);
}

const NAME_ONE = 'Name one with the option contest.';

/** By id or theme; else by its beginning, since another may begin with the whole of this one. */
function named(
  contests: readonly ContestFacts[],
  wanted: string | undefined,
): readonly ContestFacts[] {
  if (wanted === undefined) return contests;
  const words = wanted.toLowerCase();
  const same = contests.filter(({ id, theme }) => id === wanted || theme.toLowerCase() === words);
  return same.length > 0
    ? same
    : contests.filter(({ theme }) => theme.toLowerCase().startsWith(words));
}

const START_ONE = 'Admins start one: `/contest start theme:"Soft clouds"`';
const SEE_STATUS = '`/contest status` says how the one stands that is going on.';
const SEE_ALL = 'Those that there are stand in `/contest status` and `/contest history`.';

/** @param hint for whoever named none */
function none(words: string, wanted: string | undefined, hint: string): never {
  if (wanted === undefined) throw new DreamError('unknown-contest', words, hint);
  throw new DreamError('unknown-contest', `there is no contest '${wanted}' here`, SEE_ALL);
}
