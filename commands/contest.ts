/** `/contest`: people enter their dreams, others vote, and somebody wins. */
import type {
  CommandGroup,
  ContestAction,
  OrderAction,
  SimpleCommand,
} from '../src/chat/command.ts';
import {
  callOff,
  cancel,
  close,
  closeWindow,
  exported,
  openResults,
  results,
} from './contest/ending.ts';
import { begin, enter, submit, withdraw } from './contest/entering.ts';
import { entries, history, showEntries, status } from './contest/looking.ts';
import { approve, approveEntry, reject, rejectEntry, review } from './contest/moderating.ts';
import { reschedule } from './contest/rescheduling.ts';
import { runners, start } from './contest/start.ts';
import { duel, openVote, pick, unpick, vote } from './contest/voting.ts';

export const contest: CommandGroup = {
  name: 'contest',
  description: 'Contests of dreams: enter yours, and vote',
  introduction: [
    '**Contests of dreams**: people enter their dreams, others vote, and a podium shows who has won.',
    'Admins start one: `/contest start theme:"Soft clouds"`',
    'Take part: dream by `/dream`, and press **Enter contest** under the dream that you like best',
    'Vote: `/contest vote`, once voting has begun · how it stands: `/contest status`',
    'Who has won: `/contest results`, `/contest history`',
    '`/help contest` explains all that there is.',
  ].join('\n'),
  subcommands: [
    start,
    submit,
    entries,
    vote,
    status,
    results,
    history,
    withdraw,
    approve,
    reject,
    reschedule,
    close,
    cancel,
    exported,
    runners,
  ] as readonly SimpleCommand[],
};

export const contestActions: readonly (ContestAction | OrderAction)[] = [
  enter,
  begin,
  openVote,
  pick,
  unpick,
  duel,
  showEntries,
  openResults,
  closeWindow,
  callOff,
  review,
  approveEntry,
  rejectEntry,
];
