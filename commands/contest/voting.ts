/** How people vote. */
import type { ContestAction, Context, SimpleCommand } from '../../src/chat/command.ts';
import { DreamError } from '../../src/kit/errors.ts';
import { duelsOnly } from '../../src/studio/contests/votes.ts';
import { ballotPage, ballotWords } from './ballot.ts';
import { duelPage } from './duel.ts';
import { readNumbers } from './numbers.ts';
import { contestOption, runningContest } from './which.ts';

const options = {
  entries: {
    kind: 'text',
    description: 'Numbers of dreams, the best first: 3,1,2; without them, I ask',
    maxLength: 400,
  },
  ...contestOption,
} as const;

export const vote: SimpleCommand<typeof options> = {
  name: 'vote',
  description: 'Vote in a contest, or change your vote',
  options,
  async run(context, { entries, contest: wanted }) {
    const { id, settings } = await runningContest(context, wanted, ['voting']);
    if (entries === undefined) return ask(context, id);
    const { voting } = settings;
    if (voting === 'duels') throw duelsOnly();
    const ballot = { voting, entries: readNumbers(entries) };
    const { choice } = await context.contests.vote(context.actor, id, ballot);
    await context.reply({ text: ballotWords(voting, choice) }, { private: true });
  },
};

/** Under the message that voting has begun; `vote:<contest>:<page>`. */
export const openVote: ContestAction = {
  name: 'vote',
  about: 'contest',
  run: (context, { contest, details }) => ask(context, contest, details[0]),
};

/** A dream more, or less, on the ballot; `pick:<contest>:<page>`, the entry is the choice. */
export const pick: ContestAction = {
  name: 'pick',
  about: 'contest',
  async run(context, { contest: id, details, choice }) {
    if (!/^\d{1,4}$/.test(choice ?? '')) throw unclear();
    await context.contests.toggle(context.actor, id, Number(choice));
    await ask(context, id, details[0]);
  },
};

/** Takes the whole ballot back. */
export const unpick: ContestAction = {
  name: 'unpick',
  about: 'contest',
  async run(context, { contest: id }) {
    const { contests, actor } = context;
    const { contest } = await contests.read.status(actor, id);
    const { voting } = contest.settings;
    if (voting === 'duels') throw unclear();
    await contests.vote(actor, id, { voting, entries: [] });
    await ask(context, id);
  },
};

/** `duel:<contest>:<left>-<right>:<winner>`, the winner 0 where both are equally good. */
export const duel: ContestAction = {
  name: 'duel',
  about: 'contest',
  async run(context, { contest, details: [shown = '', better = ''] }) {
    const pair = /^(\d{1,4})-(\d{1,4})$/.exec(shown);
    if (!pair || !/^\d{1,4}$/.test(better)) throw unclear();
    await context.contests.vote(context.actor, contest, {
      voting: 'duels',
      pair: [Number(pair[1]), Number(pair[2])],
      winner: better === '0' ? null : Number(better),
    });
    await ask(context, contest);
  },
};

async function ask(context: Context, id: string, page?: string): Promise<void> {
  const { contest } = await context.contests.read.status(context.actor, id);
  const { voting } = contest.settings;
  await context.reply(
    () => (voting === 'duels' ? duelPage(context, contest) : ballotPage(context, contest, page)),
    { private: true },
  );
}

function unclear(): DreamError {
  return new DreamError('bad-option', 'this button does not belong here', 'Try /contest vote.');
}
