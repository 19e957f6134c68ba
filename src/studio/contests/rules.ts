/** The rules of contests: pure functions of what has happened. */
import { DreamError } from '../../kit/errors.ts';
import { cancel } from './cancelling.ts';
import type { Actor, Contest, ContestCommand, ContestEvent, Entry, EntryState } from './contest.ts';
import { moderate } from './moderating.ts';
import { entryNumber } from './entry-number.ts';
import { checkRunning, wrongPhase } from './phases.ts';
import type { Doing } from './phases.ts';
import { reschedule } from './rescheduling.ts';
import { checkMayRun, checkPlace, contestantOf } from './rights.ts';
import { submit } from './submitting.ts';

/** What a contest is after one more thing has happened. `null` is before it was started. */
export function apply(contest: Contest | null, event: ContestEvent): Contest {
  if (event.type === 'started') {
    const { at, by, id, place, theme, settings } = event;
    return {
      ...{ id, place, theme, settings, startedBy: by, startedAt: at },
      ...{ phase: 'submission', entries: [] },
    };
  }
  if (!contest) throw new Error(`'${event.type}' happened before the contest was started`);
  const { at } = event;
  switch (event.type) {
    case 'submitted':
      return { ...contest, entries: [...contest.entries, entryOf(contest, event)] };
    case 'approved':
    case 'withdrawn':
      return withEntry(contest, event.entry, { state: event.type });
    case 'rejected':
      return withEntry(contest, event.entry, {
        state: contest.phase === 'closed' ? 'removed' : 'rejected',
        reason: event.reason,
      });
    case 'voting-opened':
      return { ...contest, phase: 'voting' };
    case 'closed':
      return { ...contest, phase: 'closed', endedAt: at };
    case 'cancel-asked':
      return { ...contest, cancelling: event.reason };
    case 'cancelled':
      return { ...contest, phase: 'cancelled', endedAt: at, reason: event.reason };
    case 'rescheduled': {
      const { submissionEndsAt, votingEndsAt } = event;
      return { ...contest, settings: { ...contest.settings, submissionEndsAt, votingEndsAt } };
    }
  }
}

/** The windows whose time is over, in order; however late somebody looks. */
export function overdue(contest: Contest, now: number): ContestEvent[] {
  const { submissionEndsAt, votingEndsAt } = contest.settings;
  if (contest.phase === 'submission' && now >= submissionEndsAt) {
    const opened = openVoting(contest, submissionEndsAt);
    return [opened, ...overdue(apply(contest, opened), now)];
  }
  if (contest.phase === 'voting' && now >= votingEndsAt) {
    return [{ type: 'closed', at: votingEndsAt }];
  }
  return [];
}

/** When something happens next by itself; null where nothing will. */
export function dueAt({ phase, settings }: Contest): number | null {
  if (phase === 'submission') return settings.submissionEndsAt;
  return phase === 'voting' ? settings.votingEndsAt : null;
}

/**
 * What comes of a command; nothing where it has been done already.
 * @param contest up to date: `overdue` has nothing to say about it.
 * @throws DreamError where it is not allowed, or not possible.
 */
export function decide(
  contest: Contest,
  actor: Actor,
  command: ContestCommand,
  now: number,
): ContestEvent[] {
  checkPlace(actor, contest);
  const done = { at: now, by: contestantOf(actor) };
  switch (command.do) {
    case 'submit':
      return submit(contest, command, done);
    case 'withdraw':
      return withdraw(contest, actor, command.entry, done);
    case 'approve':
    case 'reject':
      return moderate(contest, actor, command, done);
    case 'close':
      return close(contest, actor, command.window, done);
    case 'reschedule':
      return reschedule(contest, actor, command, done);
    case 'ask-cancel':
    case 'cancel':
      return cancel(contest, actor, command, done);
  }
}

/** Entries that people can vote for, or could: what is removed after the end has its place. */
export function standing({ entries }: Contest): Entry[] {
  return entries.filter(({ state }) => state === 'approved' || state === 'removed');
}

function withdraw(contest: Contest, actor: Actor, number: number, done: Doing): ContestEvent[] {
  const entry = entryNumber(contest, number);
  if (entry.by.id !== actor.id) {
    throw new DreamError('not-allowed', 'only its author may withdraw an entry');
  }
  if (entry.state === 'withdrawn') return [];
  checkRunning(contest);
  return [{ type: 'withdrawn', ...done, entry: number }];
}

function close(
  contest: Contest,
  actor: Actor,
  window: 'submission' | 'voting',
  done: Doing,
): ContestEvent[] {
  checkMayRun(actor, contest);
  if (contest.phase !== window) {
    throw wrongPhase(
      window === 'submission' ? 'takes no entries any more' : 'is not being voted on',
    );
  }
  if (window === 'voting') return [{ type: 'closed', ...done }];
  return [{ ...openVoting(contest, done.at), by: done.by }];
}

/** Without any entry there is nothing to vote on: the contest is over. */
function openVoting(
  { entries }: Contest,
  at: number,
): Extract<ContestEvent, { type: 'closed' | 'voting-opened' }> {
  const some = entries.some(({ state }) => state === 'approved' || state === 'waiting');
  return { type: some ? 'voting-opened' : 'closed', at };
}

function entryOf(
  { entries, settings }: Contest,
  { at, by, dream, title }: Extract<ContestEvent, { type: 'submitted' }>,
): Entry {
  return {
    ...{ number: entries.length + 1, dream, by, at },
    state: settings.moderated ? 'waiting' : 'approved',
    ...(title === undefined ? {} : { title }),
  };
}

function withEntry(
  contest: Contest,
  number: number,
  change: { readonly state: EntryState; readonly reason?: string },
): Contest {
  const entries = contest.entries.map((entry) => {
    if (entry.number !== number) return entry;
    const { dream, by, title, at } = entry;
    return { number, dream, by, at, ...(title === undefined ? {} : { title }), ...change };
  });
  return { ...contest, entries };
}
