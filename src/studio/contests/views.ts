/** What a person is shown of a contest: never more than they may see. */
import type { Actor, Contest, Contestant, EnteredDream, Entry, EntryState } from './contest.ts';
import { mayRun } from './rights.ts';
import { randomOf, shuffled } from './shuffle.ts';

/** A contest without what may be hidden. */
export type ContestFacts = Omit<Contest, 'entries'>;

export interface EntryView {
  readonly number: number;
  readonly dream: EnteredDream;
  readonly title?: string;
  readonly state: EntryState;
  readonly reason?: string;
  /** Missing while authors are hidden. */
  readonly by?: Contestant;
  /** The viewer's own. */
  readonly own: boolean;
}

/** Somebody looks at a contest without being known: only ended ones may be shown. */
export type Viewer = Actor | null;

export function factsOf(contest: Contest): ContestFacts {
  const { id, place, theme, settings, startedBy, startedAt, phase, endedAt, reason } = contest;
  return {
    ...{ id, place, theme, settings, startedBy, startedAt, phase },
    ...(endedAt === undefined ? {} : { endedAt }),
    ...(reason === undefined ? {} : { reason }),
  };
}

export function entryView(contest: Contest, entry: Entry, viewer: Viewer): EntryView {
  const { number, dream, title, state, reason, by } = entry;
  const own = viewer?.id === by.id;
  const shown = own || !contest.settings.hiddenAuthors || hasEnded(contest);
  const named = title !== undefined && (state !== 'removed' || maySee(contest, entry, viewer));
  return {
    ...{ number, dream, state, own },
    ...(named ? { title } : {}),
    ...(reason === undefined ? {} : { reason }),
    ...(shown ? { by } : {}),
  };
}

/** Approved ones are for everybody; the others for their authors and those who run the contest. */
export function maySee(contest: Contest, entry: Entry, viewer: Viewer): boolean {
  if (entry.state === 'approved') return true;
  if (!viewer) return false;
  return entry.by.id === viewer.id || (entry.state !== 'withdrawn' && mayRun(viewer, contest));
}

/** Each viewer has an order of their own until the end, so that no entry is first for all. */
export function entriesFor(contest: Contest, viewer: Viewer): EntryView[] {
  const seen = contest.entries.filter((entry) => maySee(contest, entry, viewer));
  const views = seen.map((entry) => entryView(contest, entry, viewer));
  if (hasEnded(contest)) return views;
  return shuffled(views, randomOf(contest.id, viewer?.id ?? ''));
}

function hasEnded({ phase }: Contest): boolean {
  return phase === 'closed' || phase === 'cancelled';
}
