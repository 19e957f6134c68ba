/** How contests end, and what is left of them. */
import type { ContestAction, Context, SimpleCommand } from '../../src/chat/command.ts';
import { resultsMessage } from '../../src/chat/contests/announcing.ts';
import { contestButton, moment } from '../../src/chat/contests/words.ts';
import { counted } from '../../src/chat/words.ts';
import { DreamError } from '../../src/kit/errors.ts';
import { EXPORT_FORMATS } from '../../src/studio/contests/export.ts';
import type { ExportFormat } from '../../src/studio/contests/export.ts';
import { onlyRunners } from '../../src/studio/contests/rights.ts';
import { anyContest, contestOption, endedContest, runningContest } from './which.ts';

/** What cannot be taken back is asked for twice. */
export const close: SimpleCommand<typeof contestOption> = {
  name: 'close',
  description: 'End what is going on before its time: submissions, then voting',
  options: contestOption,
  async run(context, { contest: wanted }) {
    const { contests, actor } = context;
    const { id } = await runningContest(context, wanted);
    const { contest, mayRun, entries, voters } = await contests.read.status(actor, id);
    if (!mayRun) throw onlyRunners();
    const { theme, phase, settings } = contest;
    const { submissionEndsAt, votingEndsAt } = settings;
    const voting = phase === 'voting';
    const so = voting ? `${counted(voters, 'person', 'people')} voted` : counted(entries, 'dream');
    const due = moment(voting ? votingEndsAt : submissionEndsAt);
    const what = voting ? 'End voting now' : 'Take no more dreams';
    const text = `**${theme}** · ${so} so far. ${what}, before ${due}? It cannot be taken back.`;
    const button = contestButton('close', `${id}:${phase}`, what, 'danger');
    await context.reply({ text, buttons: [button] }, { private: true });
  },
};

/** `close:<contest>:<window>` */
export const closeWindow: ContestAction = {
  name: 'close',
  about: 'contest',
  async run(context, { contest: id, details: [window] }) {
    const { contests, actor } = context;
    if (window !== 'submission' && window !== 'voting') {
      throw new DreamError('bad-option', 'this button does not belong here', 'Try /contest close.');
    }
    const { theme, settings, ...closed } = await contests.close(actor, id, window);
    const text =
      closed.phase === 'voting'
        ? `**${theme}** takes no more dreams. Voting goes on until ${moment(settings.votingEndsAt)}.`
        : `**${theme}** is over. \`/contest results\` shows who has won.`;
    await context.reply({ text }, { private: true });
  },
};

const cancelOptions = {
  reason: { kind: 'text', description: 'Why, for everybody', maxLength: 300, required: true },
  ...contestOption,
} as const;

export const cancel: SimpleCommand<typeof cancelOptions> = {
  name: 'cancel',
  description: 'Call a contest off, for those who run it',
  options: cancelOptions,
  async run(context, { reason, contest: wanted }) {
    const { contests, actor } = context;
    const { id } = await runningContest(context, wanted);
    const { theme } = await contests.askCancel(actor, id, reason);
    const { entries, voters } = await contests.read.status(actor, id);
    const so = `${counted(entries, 'dream')}, ${counted(voters, 'voter')} so far`;
    const text = `**${theme}** · ${so}. Call it off, without results? Everybody is told why: ${reason}\nIt cannot be taken back.`;
    const button = contestButton('calloff', id, 'Call it off', 'danger');
    await context.reply({ text, buttons: [button] }, { private: true });
  },
};

/** `calloff:<contest>` */
export const callOff: ContestAction = {
  name: 'calloff',
  about: 'contest',
  async run(context, { contest: id }) {
    const { theme } = await context.contests.cancel(context.actor, id);
    await context.reply({ text: `**${theme}** is cancelled.` }, { private: true });
  },
};

export const results: SimpleCommand<typeof contestOption> = {
  name: 'results',
  description: 'Who has won',
  options: contestOption,
  async run(context, { contest: wanted }) {
    const found = wanted === undefined ? endedContest : anyContest;
    await showResults(context, (await found(context, wanted)).id);
  },
};

export const openResults: ContestAction = {
  name: 'results',
  about: 'contest',
  run: (context, { contest }) => showResults(context, contest),
};

const exportOptions = {
  format: {
    kind: 'choice',
    description: 'Everything as JSON, or a table of results or of votes as CSV',
    choices: EXPORT_FORMATS,
  },
  ...contestOption,
} as const;

export const exported: SimpleCommand<typeof exportOptions> = {
  name: 'export',
  description: 'Results and votes as a file, for those who ran the contest',
  options: exportOptions,
  async run(context, { format = 'json', contest: wanted }) {
    const { contests, actor } = context;
    const { id, theme } = await endedContest(context, wanted);
    await context.reply(
      async () => {
        const made = await contests.read.exportOf(actor, id, format as ExportFormat);
        const document = { name: made.name, contentType: made.mime, text: made.text };
        return { text: `**${theme}**`, document };
      },
      { private: true },
    );
  },
};

async function showResults(context: Context, id: string): Promise<void> {
  const { contests, actor, settings, galleryLink } = context;
  const found = await contests.read.results(actor, id);
  const { spoiler } = settings;
  const parts = { contests, spoiler, galleryLink };
  await context.reply(() => resultsMessage(found, parts), { private: true });
}
