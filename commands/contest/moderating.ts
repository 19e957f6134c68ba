/** Entries that wait for somebody's approval. */
import type { ContestAction, Context, SimpleCommand } from '../../src/chat/command.ts';
import { contestButton, entryName, entryWords, isVeiled } from '../../src/chat/contests/words.ts';
import type { Outbound } from '../../src/chat/outbound.ts';
import { drawnPicture } from '../../src/chat/picture-file.ts';
import { DreamError } from '../../src/kit/errors.ts';
import { onlyRunners } from '../../src/studio/contests/rights.ts';
import type { ContestFacts } from '../../src/studio/contests/views.ts';
import { entryOption } from './numbers.ts';
import { anyContest, contestOption } from './which.ts';

/** What a click can say; anything else, /contest reject says. */
const REASONS = [
  'it does not fit the theme',
  'it is against the rules of this place',
  'it shows somebody who may not want that',
  'it is too much like another entry',
];

const approveOptions = { entry: entryOption, ...contestOption } as const;

export const approve: SimpleCommand<typeof approveOptions> = {
  name: 'approve',
  description: 'Let a dream into the contest, for those who run it',
  options: approveOptions,
  async run(context, { entry, contest: wanted }) {
    const { id } = await anyContest(context, wanted);
    await context.contests.approve(context.actor, id, entry);
    await context.reply({ text: `Entry ${entry} is in the contest.` }, { private: true });
  },
};

const rejectOptions = {
  entry: entryOption,
  reason: { kind: 'text', description: 'Why, for its author', maxLength: 300, required: true },
  ...contestOption,
} as const;

export const reject: SimpleCommand<typeof rejectOptions> = {
  name: 'reject',
  description: 'Keep a dream out of the contest, or of its gallery, for those who run it',
  options: rejectOptions,
  async run(context, { entry, reason, contest: wanted }) {
    const { id } = await anyContest(context, wanted);
    const { theme, phase } = await context.contests.reject(context.actor, id, entry, reason);
    const text =
      phase === 'closed'
        ? `Entry ${entry} keeps its place in **${theme}**, and is shown no more: ${reason}\n\`/contest approve entry:${entry}\` brings it back.`
        : `Entry ${entry} is out: ${reason}`;
    await context.reply({ text }, { private: true });
  },
};

/** The next entry that waits, for those who run the contest. */
export const review: ContestAction = {
  name: 'review',
  about: 'contest',
  run: (context, { contest }) => showNext(context, contest),
};

/** `approve:<contest>:<entry>` */
export const approveEntry: ContestAction = {
  name: 'approve',
  about: 'contest',
  async run(context, { contest, details }) {
    await context.contests.approve(context.actor, contest, numberOf(details[0]));
    await showNext(context, contest);
  },
};

/** `reject:<contest>:<entry>`, the reason is the choice. */
export const rejectEntry: ContestAction = {
  name: 'reject',
  about: 'contest',
  async run(context, { contest, details, choice }) {
    const reason = REASONS[Number(choice)];
    if (reason === undefined) throw new DreamError('bad-option', 'no reason was chosen');
    await context.contests.reject(context.actor, contest, numberOf(details[0]), reason);
    await showNext(context, contest);
  },
};

async function showNext(context: Context, id: string): Promise<void> {
  const { contests, actor } = context;
  const { contest, mayRun } = await contests.read.status(actor, id);
  if (!mayRun) throw onlyRunners();
  await context.reply(() => nextPage(context, contest), { private: true });
}

async function nextPage(context: Context, { id, theme }: ContestFacts): Promise<Outbound> {
  const { contests, actor, settings } = context;
  const all = await contests.read.entries(actor, id);
  const waiting = all
    .filter(({ state }) => state === 'waiting')
    .sort((one, other) => one.number - other.number);
  const [next] = waiting;
  if (!next) return { text: `**${theme}**: no entry waits.` };
  const png = await contests.read.picture(actor, id, next.number);
  const name = `entry-${next.number}`;
  const alt = `${entryName(next)}: ${next.dream.formula}`;
  const spoiler = settings.spoiler || isVeiled([next]);
  return {
    text: `**${theme}**: ${entryName(next)}\n${entryWords(next)} · ${waiting.length} waiting`,
    picture: drawnPicture({ name, alt, spoiler }, png),
    buttons: [contestButton('approve', `${id}:${next.number}`, 'Approve', 'main')],
    menu: {
      action: `reject:${id}:${next.number}`,
      placeholder: 'Reject, because …',
      choices: REASONS.map((label, index) => ({ value: String(index), label })),
    },
  };
}

function numberOf(text: string | undefined): number {
  if (/^\d{1,4}$/.test(text ?? '')) return Number(text);
  throw new DreamError('unknown-entry', 'there is no such entry');
}
