/** Another end than was said: everybody in the place is told. */
import type { SimpleCommand } from '../../src/chat/command.ts';
import { moment } from '../../src/chat/contests/words.ts';
import type { Outbound } from '../../src/chat/outbound.ts';
import { DreamError } from '../../src/kit/errors.ts';
import { readWhen } from '../../src/studio/contests/when.ts';
import { contestOption, runningContest } from './which.ts';

const options = {
  until: { kind: 'text', description: 'When the last dream may come in now', maxLength: 60 },
  vote_until: {
    kind: 'text',
    description: 'When voting ends now; if not said, people have as long to vote as before',
    maxLength: 60,
  },
  ...contestOption,
} as const;

const UNTOLD = 'Nobody could be told of it: the announcement failed. Tell them yourself.';

export const reschedule: SimpleCommand<typeof options> = {
  name: 'reschedule',
  description: 'Give more time, or less, for dreams or votes; for those who run it',
  options,
  async run(context, { until, vote_until: voteUntil, contest: wanted }) {
    const { contests, actor, settings } = context;
    const now = contests.now();
    const read = (text: string): number => readWhen(text, settings.timezone, now);
    if (until === undefined && voteUntil === undefined) {
      throw new DreamError('bad-option', 'there is nothing to change', 'Say until or vote_until.');
    }
    const { id } = await runningContest(context, wanted);
    const moved = await contests.reschedule(actor, id, {
      ...(until === undefined ? {} : { submissionEndsAt: read(until) }),
      ...(voteUntil === undefined ? {} : { votingEndsAt: read(voteUntil) }),
    });
    const { submissionEndsAt, votingEndsAt } = moved.settings;
    const dreams = moved.phase === 'submission' ? `dreams until ${moment(submissionEndsAt)}, ` : '';
    const text = `**${moved.theme}** takes ${dreams}votes until ${moment(votingEndsAt)}.`;
    const notice = { text: `There is a new end: ${text}` };
    const tell = async (): Promise<Outbound> => {
      const told = await context.announce(moved.place, notice, `contest-${id}-moved-${now}`);
      return { text: `${text} ${told ? 'Everybody is told.' : UNTOLD}` };
    };
    await context.reply(tell, { private: true });
  },
};
