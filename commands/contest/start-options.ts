/** What an organiser chooses, and the settings that it makes. */
import type { Context } from '../../src/chat/command.ts';
import type { Values } from '../../src/chat/option.ts';
import { DreamError } from '../../src/kit/errors.ts';
import { VOTINGS } from '../../src/studio/contests/settings.ts';
import type { ContestSettingsInput } from '../../src/studio/contests/settings.ts';
import { readWhen } from '../../src/studio/contests/when.ts';

export const startOptions = {
  theme: { kind: 'text', description: 'What to dream of', maxLength: 200, required: true },
  until: {
    kind: 'text',
    description: "When the last dream may come in: '2 days', 'friday 18:00'; a week if not said",
    maxLength: 60,
  },
  vote_until: {
    kind: 'text',
    description: "When voting ends: 'next sunday 20:00'; three days after the dreams if not said",
    maxLength: 60,
  },
  voting: {
    kind: 'choice',
    description: 'Likes, an order of the best, or duels of two dreams; likes if not said',
    choices: VOTINGS,
  },
  entries: { kind: 'integer', description: 'Most dreams of one person', min: 1, max: 20 },
  votes: {
    kind: 'integer',
    description: 'Most dreams, or duels, that one person votes on',
    min: 1,
    max: 20_000,
  },
  picture: {
    kind: 'text',
    description: "What everybody begins with: 'clouds', or the picture of a dream by its order",
    maxLength: 12,
    completes: 'order',
  },
  layers: { kind: 'text', description: 'The only ones allowed: mixed3, mixed5', maxLength: 500 },
  models: { kind: 'text', description: 'The only ones allowed, by their names', maxLength: 500 },
  moderated: { kind: 'switch', description: 'Entries wait for approval' },
  hide_authors: { kind: 'switch', description: 'Nobody sees whose a dream is before the end' },
  runners: { kind: 'text', description: 'Roles that may run it, besides admins', maxLength: 500 },
  winner_role: { kind: 'text', description: 'A role for the winner, by admins', maxLength: 100 },
  account_days: { kind: 'integer', description: "Days of a voter's account", min: 0, max: 3650 },
  member_days: {
    kind: 'integer',
    description: 'Days of a voter in this server',
    min: 0,
    max: 3650,
  },
} as const;

export type StartValues = Values<typeof startOptions>;

const DAY = 86_400_000;

/** @throws DreamError 'bad-option' */
export function settingsFrom(
  { settings: { timezone: zone } }: Pick<Context, 'settings'>,
  values: StartValues,
  now: number,
): ContestSettingsInput {
  const { until, vote_until: voteUntil, voting, entries, votes, picture } = values;
  const { moderated, hide_authors: hidden, account_days: account, member_days: member } = values;
  const submissionEndsAt = until === undefined ? now + 7 * DAY : readWhen(until, zone, now);
  const votingEndsAt =
    voteUntil === undefined ? submissionEndsAt + 3 * DAY : readWhen(voteUntil, zone, now);
  return {
    ...{ submissionEndsAt, votingEndsAt },
    ...(voting === undefined ? {} : { voting: voting as (typeof VOTINGS)[number] }),
    ...(entries === undefined ? {} : { entriesPerPerson: entries }),
    ...(votes === undefined ? {} : { votesPerPerson: votes }),
    ...(picture === undefined ? {} : { start: startFrom(picture) }),
    ...(values.layers === undefined ? {} : { layers: listed(values.layers) }),
    ...(values.models === undefined ? {} : { models: listed(values.models) }),
    ...(moderated === undefined ? {} : { moderated }),
    ...(hidden === undefined ? {} : { hiddenAuthors: hidden }),
    ...(values.runners === undefined ? {} : { runners: listed(values.runners).map(roleId) }),
    ...(values.winner_role === undefined ? {} : { winnerRole: roleId(values.winner_role) }),
    ...(account === undefined ? {} : { minimumAccountAgeDays: account }),
    ...(member === undefined ? {} : { minimumMemberDays: member }),
  };
}

function startFrom(picture: string): NonNullable<ContestSettingsInput['start']> {
  if (picture.toLowerCase() === 'clouds') return { from: 'clouds' };
  return { from: 'source', order: picture };
}

function listed(text: string): string[] {
  return text.split(/[\s,;]+/).filter((name) => name !== '');
}

/** A mention, as it is typed where there are roles, or the bare id. */
export function roleId(text: string): string {
  const id = /^(?:<@&)?(\d{5,20})>?$/.exec(text.trim())?.[1];
  if (id !== undefined) return id;
  throw new DreamError(
    'bad-option',
    `expected a role such as @Artists, found ${text.slice(0, 60)}`,
    'Choose it from what is offered after an @.',
  );
}
