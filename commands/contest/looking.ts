/** What there is to see of contests. */
import type { ContestAction, Context, SimpleCommand } from '../../src/chat/command.ts';
import {
  contestButton,
  entryName,
  entryWords,
  nameOf,
  phaseWords,
  rulesOf,
} from '../../src/chat/contests/words.ts';
import type { Button, Outbound } from '../../src/chat/outbound.ts';
import { counted } from '../../src/chat/words.ts';
import type { ContestStatus } from '../../src/studio/contests/reader.ts';
import { pageOf, sheetOf, turnButtons } from './sheet.ts';
import { anyContest, contestOption } from './which.ts';

export const entries: SimpleCommand<typeof contestOption> = {
  name: 'entries',
  description: 'The dreams of a contest, with their numbers',
  options: contestOption,
  async run(context, { contest: wanted }) {
    const { id } = await anyContest(context, wanted);
    await context.reply(() => entriesPage(context, id), { private: true });
  },
};

/** Under what is said about a contest; `entries:<contest>:<page>`. */
export const showEntries: ContestAction = {
  name: 'entries',
  about: 'contest',
  async run(context, { contest, details }) {
    await context.reply(() => entriesPage(context, contest, details[0]), { private: true });
  },
};

export const status: SimpleCommand<typeof contestOption> = {
  name: 'status',
  description: 'How a contest stands, and its rules',
  options: contestOption,
  async run(context, { contest: wanted }) {
    const { id } = await anyContest(context, wanted);
    const found = await context.contests.read.status(context.actor, id);
    await context.reply(statusMessage(found), { private: true });
  },
};

export const history: SimpleCommand = {
  name: 'history',
  description: 'Contests that are over, and the hall of fame',
  options: {},
  async run({ contests, actor, galleryLink, place, reply }) {
    const [ended, hall] = await Promise.all([
      contests.read.history(actor, 10),
      contests.read.hallOfFame(actor, 10),
    ]);
    const lines = ended.map((contest) => `**${contest.theme}** ${phaseWords(contest)}`);
    const medals = hall.map(({ person, medals: [first, second, third] }) => ({
      name: nameOf(person.name),
      value: `🥇 ${first} · 🥈 ${second} · 🥉 ${third}`,
    }));
    const newest = ended.find(({ phase }) => phase === 'closed');
    const url = newest ? galleryLink(place, newest.id) : null;
    const outbound: Outbound = {
      text: lines.length === 0 ? 'No contest has ended here yet.' : lines.join('\n'),
      ...(medals.length === 0 ? {} : { fields: [HALL, ...medals] }),
      ...(url === null ? {} : { link: { label: 'Gallery of the last one', url } }),
    };
    await reply(outbound, { private: true });
  },
};

const HALL = { name: 'Hall of fame', value: 'first, second and third places' };

function statusMessage({ contest, entries: count, waiting, voters }: ContestStatus): Outbound {
  const { id, theme, phase, startedBy } = contest;
  const lines = [
    `**${theme}** ${phaseWords(contest)}.`,
    `${counted(count, 'dream')}, ${counted(voters, 'voter')} · started by ${nameOf(startedBy.name)}`,
    ...(waiting ? [`${counted(waiting, 'entry', 'entries')} to approve or reject.`] : []),
  ];
  const buttons: Button[] = [
    ...(phase === 'voting' ? [contestButton('vote', id, 'Vote', 'main')] : []),
    ...(phase === 'closed' ? [contestButton('results', id, 'Results', 'main')] : []),
    contestButton('entries', id, 'All entries'),
    ...(waiting ? [contestButton('review', id, 'Review')] : []),
  ];
  return { text: lines.join('\n'), fields: rulesOf(contest), buttons };
}

async function entriesPage(context: Context, id: string, page?: string): Promise<Outbound> {
  const { contests, actor } = context;
  const [{ contest }, all] = await Promise.all([
    contests.read.status(actor, id),
    contests.read.entries(actor, id),
  ]);
  if (all.length === 0) return { text: `**${contest.theme}** has no entries yet.` };
  const shown = pageOf(all, page);
  const voting = contest.phase === 'voting' ? [contestButton('vote', id, 'Vote', 'main')] : [];
  return {
    text: `**${contest.theme}** ${phaseWords(contest)}.`,
    picture: await sheetOf(context, id, shown.entries),
    fields: shown.entries.map((entry) => ({ name: entryName(entry), value: entryWords(entry) })),
    buttons: [...voting, ...turnButtons('entries', id, shown)],
  };
}
