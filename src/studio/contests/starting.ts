/** How a contest begins: who may start one, with which rules, from which picture. */
import { DreamError } from '../../kit/errors.ts';
import type { Studio } from '../studio.ts';
import type { Book } from './book.ts';
import type { Actor, Contest } from './contest.ts';
import { contestantOf, hasRight, samePlace } from './rights.ts';
import type { Runners } from './runners.ts';
import { readContestSettings } from './settings.ts';
import type { ContestSettingsInput } from './settings.ts';
import { cleanText } from './text.ts';
import { factsOf } from './views.ts';
import type { ContestFacts } from './views.ts';

export interface NewContest {
  /** The platform's own name of the request: the same one twice is one contest. */
  readonly event: string;
  readonly theme: string;
  /** Without `runners`, those of the server. */
  readonly settings: ContestSettingsInput;
}

export interface StartingParts {
  readonly book: Book;
  readonly runners: Runners;
  readonly studio: Pick<Studio, 'order'>;
}

/** Of one server. */
const MOST_RUNNING = 20;

/** For admins of the place, and those with one of its runners' roles. */
export async function startContest(
  actor: Actor,
  { event, theme, settings }: NewContest,
  { book, runners, studio }: StartingParts,
): Promise<ContestFacts> {
  const roles = await runners.of(actor.place);
  if (!hasRight(actor, roles)) {
    const message = 'only admins, and people with a role that they named, may start contests';
    throw new DreamError('not-allowed', message);
  }
  // Whoever could promise any role could have one that they lack.
  if (settings.winnerRole !== undefined && !actor.admin) {
    throw new DreamError('not-allowed', 'only admins may promise a role to the winner');
  }
  const at = book.now();
  const started = {
    ...{ at, by: contestantOf(actor), place: actor.place },
    theme: cleanText('theme', theme, 200),
    settings: readContestSettings({ runners: [...roles], ...settings }, at),
  };
  await checkStart(actor, started.settings.start, studio);
  const contest = await book.start(event, started, (running) => {
    if (running < MOST_RUNNING) return;
    throw new DreamError('not-allowed', `${running} contests are running here already`);
  });
  return factsOf(contest);
}

async function checkStart(
  actor: Actor,
  start: Contest['settings']['start'],
  studio: StartingParts['studio'],
): Promise<void> {
  if (start?.from !== 'source') return;
  const order = await studio.order(start.order);
  if (!order || !samePlace(order.place, actor.place)) {
    throw new DreamError('unknown-order', 'the dream whose picture is to be the start is not here');
  }
  // Everybody will see it, and who sent it may have meant it for themselves.
  if (order.requester.id !== actor.id) {
    throw new DreamError('not-allowed', 'only a picture that you dreamed on can be the start');
  }
  if (!order.result) throw new DreamError('not-allowed', 'the dream on this picture is not done');
}
