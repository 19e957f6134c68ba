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
  return named(ended, wanted)[0] ?? none('no contest has ended here', wanted);
}

/** Any one: those that are going on go first. */
export async function anyContest(
  context: Context,
  wanted: string | undefined,
): Promise<ContestFacts> {
  const running = await context.contests.read.running(context.actor);
  const found = named(running, wanted);
  return found.length > 0 ? chosen(found, wanted, ANY) : endedContest(context, wanted);
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
  if (!only) return none('no contest is running here', wanted);
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

function none(words: string, wanted: string | undefined): never {
  const message = wanted === undefined ? words : `there is no contest '${wanted}' here`;
  throw new DreamError('unknown-contest', message, '/contest status shows those that there are.');
}
