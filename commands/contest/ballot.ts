/** Ballots of approval and of ranks: a sheet of the dreams, and a menu that adds and takes away. */
import type { Context } from '../../src/chat/command.ts';
import { contestButton, entryName, moment } from '../../src/chat/contests/words.ts';
import type { Outbound } from '../../src/chat/outbound.ts';
import { DreamError } from '../../src/kit/errors.ts';
import type { ContestFacts, EntryView } from '../../src/studio/contests/views.ts';
import { pageOf, sheetOf, turnButtons } from './sheet.ts';

/** Every choice counts at once: there is nothing to send off. */
export async function ballotPage(
  context: Context,
  contest: ContestFacts,
  page?: string,
): Promise<Outbound> {
  const { contests, actor } = context;
  const { id, theme, settings } = contest;
  if (contest.phase !== 'voting') throw notNow(contest);
  const all = await contests.read.entries(actor, id);
  const open = all.filter(({ state, own }) => state === 'approved' && !own);
  if (open.length === 0) return { text: `**${theme}** has no dreams but yours to vote for.` };
  const numbers = new Set(open.map(({ number }) => number));
  const ballot = ((await contests.read.ballot(actor, id)) ?? []).filter((each) =>
    numbers.has(each),
  );
  const shown = pageOf(open, page);
  const placeholder = ballot.length === 0 ? 'A dream' : 'Another one, or one to take away';
  const choices = shown.entries.map((entry) => ({
    value: String(entry.number),
    label: `${markOf(ballot, entry, settings.voting)}${entryName(entry)}`,
  }));
  const back = contestButton('unpick', id, 'Take all back');
  return {
    text: `**${theme}** · until ${moment(settings.votingEndsAt)}\n${ballotWords(settings.voting, ballot)}`,
    picture: await sheetOf(context, id, shown.entries),
    menu: { action: `pick:${id}:${shown.number}`, placeholder, choices },
    buttons: [...(ballot.length === 0 ? [] : [back]), ...turnButtons('vote', id, shown)],
  };
}

export function ballotWords(
  voting: 'approval' | 'ranked' | 'duels',
  ballot: readonly number[],
): string {
  if (ballot.length === 0) {
    return voting === 'ranked' ? 'Which is the best?' : 'Which ones do you like?';
  }
  const ranks = ballot.map((entry, index) => `${index + 1}. entry ${entry}`);
  const entries = `${ballot.length === 1 ? 'entry' : 'entries'} ${ballot.join(', ')}`;
  const words = voting === 'ranked' ? ranks.join(', ') : entries;
  return `Your vote: ${words}. It counts, and you can change it until the end.`;
}

function markOf(ballot: readonly number[], { number }: EntryView, voting: string): string {
  const rank = ballot.indexOf(number) + 1;
  if (rank === 0) return '';
  return voting === 'ranked' ? `${rank}. place: ` : '✓ ';
}

function notNow({ phase }: ContestFacts): DreamError {
  const words = phase === 'submission' ? 'has not begun yet' : 'is over';
  return new DreamError('wrong-phase', `voting in this contest ${words}`);
}
