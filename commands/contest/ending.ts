/** How contests end, and what is left of them. */
import type { ContestAction, Context, SimpleCommand } from '../../src/chat/command.ts';
import { resultsMessage } from '../../src/chat/contests/announcing.ts';
import { moment } from '../../src/chat/contests/words.ts';
import { EXPORT_FORMATS } from '../../src/studio/contests/export.ts';
import type { ExportFormat } from '../../src/studio/contests/export.ts';
import { anyContest, contestOption, endedContest, runningContest } from './which.ts';

export const close: SimpleCommand<typeof contestOption> = {
  name: 'close',
  description: 'End what is going on before its time: submissions, then voting',
  options: contestOption,
  async run(context, { contest: wanted }) {
    const { contests, actor } = context;
    const { id, phase } = await runningContest(context, wanted);
    const window = phase === 'submission' ? 'submission' : 'voting';
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
    const { id } = await runningContest(context, wanted);
    const { theme } = await context.contests.cancel(context.actor, id, reason);
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
    const { name, mime, text } = await contests.read.exportOf(actor, id, format as ExportFormat);
    const document = { name, contentType: mime, text };
    await context.reply({ text: `**${theme}**`, document }, { private: true });
  },
};

async function showResults(context: Context, id: string): Promise<void> {
  const { contests, actor, settings, galleryLink } = context;
  const found = await contests.read.results(actor, id);
  const { spoiler } = settings;
  const outbound = await resultsMessage(found, { contests, spoiler, galleryLink });
  await context.reply(outbound, { private: true });
}
