/** What an organiser chooses for a contest. */
import * as z from 'zod';
import { DreamError } from '../../kit/errors.ts';
import { isOrderId } from '../store/order-id.ts';

export const VOTINGS = ['approval', 'ranked', 'duels'] as const;

/**
 * How people vote:
 *
 *   approval  everybody names the dreams that they like
 *   ranked    everybody puts dreams in order, the best first
 *   duels     two dreams side by side, again and again: which is better?
 */
export type Voting = (typeof VOTINGS)[number];

/** What decides between two dreams that are equally good by the votes. */
export const TIE_RULES: Readonly<Record<Voting, string>> = {
  approval: 'Of dreams with as many votes, the one that was entered earlier goes first.',
  ranked:
    'Of dreams that beat as many others, the one that more people put first goes first, then the one that was entered earlier.',
  duels:
    'Of dreams of the same strength, the one that won more duels goes first, then the one that was entered earlier.',
};

const names = z.array(z.string().trim().min(1).max(100)).max(50).default([]);
const days = z.int().min(0).max(3650).optional();

/** A picture that everybody must dream on. */
const startSchema = z.discriminatedUnion('from', [
  z.strictObject({ from: z.literal('clouds') }),
  /** The picture that this order began with. */
  z.strictObject({ from: z.literal('source'), order: z.string().refine(isOrderId) }),
]);

export const contestSettingsSchema = z.strictObject({
  start: startSchema.optional(),
  /** Layers that may be dreamed at; none means all of them. */
  layers: names,
  /** Models that may be dreamed with; none means all of them. */
  models: names,
  /** Milliseconds since 1970, as all times. */
  submissionEndsAt: z.int(),
  votingEndsAt: z.int(),
  voting: z.enum(VOTINGS).default('approval'),
  entriesPerPerson: z.int().min(1).max(20).default(1),
  /** Dreams that a ballot may name, or duels that a person may decide. @default all */
  votesPerPerson: z.int().min(1).max(20_000).optional(),
  /** Roles that may run this contest; admins always may. */
  runners: names,
  /** Entries wait until somebody who runs the contest approves them. */
  moderated: z.boolean().default(false),
  /** Nobody sees whose an entry is before the end. */
  hiddenAuthors: z.boolean().default(true),
  /** Id of a role that the winner is given, where the platform has roles. */
  winnerRole: z.string().trim().min(1).max(100).optional(),
  /** Days that a voter's account must be old. */
  minimumAccountAgeDays: days,
  /** Days that a voter must have been a member of the server; 0 is any member. */
  minimumMemberDays: days,
});

export type ContestSettings = Readonly<z.output<typeof contestSettingsSchema>>;
export type ContestSettingsInput = z.input<typeof contestSettingsSchema>;

const LONGEST = 366 * 86_400_000;

/** @throws DreamError 'bad-option' that says which setting is wrong, and why. */
export function readContestSettings(input: ContestSettingsInput, now: number): ContestSettings {
  const read = contestSettingsSchema.safeParse(input);
  if (!read.success) {
    const { path, message } = read.error.issues[0]!;
    throw new DreamError('bad-option', `${path.join('.')}: ${message}`);
  }
  checkWindows(read.data, now);
  return read.data;
}

/** @throws DreamError 'bad-option' */
export function checkWindows(
  { submissionEndsAt, votingEndsAt }: Pick<ContestSettings, 'submissionEndsAt' | 'votingEndsAt'>,
  now: number,
): void {
  if (submissionEndsAt <= now) throw wrong('the end of submissions lies in the past');
  if (votingEndsAt <= submissionEndsAt) throw wrong('voting must end after submissions have ended');
  if (votingEndsAt > now + LONGEST) throw wrong('a contest lasts a year at most');
}

function wrong(message: string): DreamError {
  return new DreamError('bad-option', message, "Say when, such as '2 days' or 'friday 18:00'.");
}
