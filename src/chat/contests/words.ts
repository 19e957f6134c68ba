/** What the bot says about contests. */
import { VOTINGS } from '../../studio/contests/settings.ts';
import type { Results } from '../../studio/contests/results.ts';
import type { ContestFacts, EntryView } from '../../studio/contests/views.ts';
import type { Button, Field } from '../outbound.ts';
import { counted } from '../words.ts';

type Voting = (typeof VOTINGS)[number];
type Place = Results['placed'][number];

const HOW: Readonly<Record<Voting, string>> = {
  approval: 'everybody names the dreams that they like',
  ranked: 'everybody puts dreams in order, the best first',
  duels: 'two dreams side by side, again and again: which is better?',
};

/** For everybody in their own time zone. @param at milliseconds since 1970. */
export function moment(at: number): string {
  return `<t:${Math.floor(at / 1000)}>`;
}

export function contestButton(
  name: string,
  contest: string,
  label: string,
  style: Button['style'] = 'plain',
): Button {
  return { action: `${name}:${contest}`, label, style };
}

/** What is asked of whoever takes part; of its times, those that are still to come. */
export function rulesOf({ settings, phase }: ContestFacts): Field[] {
  const { submissionEndsAt, votingEndsAt, voting, entriesPerPerson, votesPerPerson } = settings;
  const { layers, models, start, moderated, hiddenAuthors } = settings;
  const most = votesPerPerson === undefined ? '' : ` · at most ${votesPerPerson} each`;
  const age = [
    daysOf('an account of', settings.minimumAccountAgeDays),
    daysOf('a member for', settings.minimumMemberDays),
  ].filter((words) => words !== null);
  return [
    ...(phase === 'submission' ? [{ name: 'Dreams until', value: moment(submissionEndsAt) }] : []),
    ...(phase === 'submission' || phase === 'voting'
      ? [{ name: 'Votes until', value: moment(votingEndsAt) }]
      : []),
    { name: 'Voting', value: `${voting}: ${HOW[voting]}${most}` },
    { name: 'Entries each', value: String(entriesPerPerson) },
    ...(start ? [{ name: 'Start picture', value: startWords(start) }] : []),
    ...(layers.length > 0 ? [{ name: 'Layers', value: layers.join(', ') }] : []),
    ...(models.length > 0 ? [{ name: 'Models', value: models.join(', ') }] : []),
    ...(moderated ? [{ name: 'Entries', value: 'wait for approval' }] : []),
    { name: 'Authors', value: hiddenAuthors ? 'hidden until the end' : 'shown' },
    ...(age.length > 0 ? [{ name: 'Who votes', value: age.join(', ') }] : []),
  ];
}

function startWords(start: NonNullable<ContestFacts['settings']['start']>): string {
  return start.from === 'clouds' ? 'the clouds: everybody dreams on them' : 'one for everybody';
}

function daysOf(words: string, days: number | undefined): string | null {
  return days === undefined ? null : `${words} at least ${counted(days, 'day')}`;
}

/** One line of how it stands. */
export function phaseWords({ phase, settings, endedAt, reason }: ContestFacts): string {
  switch (phase) {
    case 'submission':
      return `takes dreams until ${moment(settings.submissionEndsAt)}`;
    case 'voting':
      return `is being voted on until ${moment(settings.votingEndsAt)}`;
    case 'closed':
      return `has been over since ${moment(endedAt!)}`;
    case 'cancelled':
      return `was cancelled: ${reason ?? ''}`;
  }
}

export function entryName({ number, title }: Pick<EntryView, 'number' | 'title'>): string {
  return title === undefined ? `Entry ${number}` : `${number} · ${title}`;
}

/** Whether a picture of these has to be behind a veil. */
export function isVeiled(entries: readonly Pick<EntryView, 'dream'>[]): boolean {
  return entries.some(({ dream }) => dream.veiled === true);
}

/** Whose it is, and how it stands, as far as the viewer may know. */
export function entryWords({ dream, by, own, state, reason }: EntryView): string {
  const author = own ? 'yours' : by === undefined ? null : `by ${nameOf(by.name)}`;
  const mask = dream.masked === true ? 'with a mask' : null;
  const standing = { waiting: 'waits for approval', approved: null, withdrawn: 'withdrawn' };
  const out = state === 'rejected' || state === 'removed';
  const words = out ? `${state}: ${reason ?? ''}` : standing[state];
  return [dream.formula, dream.job.model, mask, author, words]
    .filter((part) => part !== null)
    .join(' · ');
}

export function resultsText(results: Results): string {
  const { contest, podium, placed, voters } = results;
  const lines = podium.map((place) => `${place.rank}. ${placeWords(place, contest)}`);
  const rest = placed.length - podium.length;
  return [
    `**${contest.theme}** · ${counted(placed.length, 'dream')}, ${counted(voters, 'voter')}`,
    ...(lines.length > 0 ? lines : ['Nobody voted: there is no winner.']),
    ...(rest > 0 && lines.length > 0 ? [`and ${counted(rest, 'more dream')}`] : []),
  ].join('\n');
}

function placeWords({ entry, ...place }: Place, contest: ContestFacts): string {
  const what = entry.title ?? `Entry ${entry.number}`;
  return `**${what}** by ${nameOf(entry.by?.name ?? '')} · ${scoreWords(place, contest.settings.voting)}`;
}

export function scoreWords(
  { score, confidence }: Pick<Place, 'score' | 'confidence'>,
  voting: Voting,
): string {
  if (voting === 'approval') return counted(score, 'vote');
  if (voting === 'ranked') return `beats ${counted(score, 'other')}`;
  const percent = (share: number): string => `${Math.round(share * 100)}`;
  const range = confidence ? ` (${percent(confidence[0])} to ${percent(confidence[1])} %)` : '';
  return `better than others in ${percent(score)} % of duels${range}`;
}

/** Whoever wanted to be forgotten has no name any more. */
export function nameOf(name: string): string {
  return name === '' ? 'somebody' : name;
}
