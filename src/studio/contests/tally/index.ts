/** How ballots are counted: to add a way of voting, a file and a line here. */
import type { Voting } from '../settings.ts';
import { approvalTally } from './approval.ts';
import { duelsTally } from './duels.ts';
import { rankedTally } from './ranked.ts';
import type { Tally } from './tally.ts';

export const tallies: Readonly<Record<Voting, Tally>> = {
  approval: approvalTally,
  ranked: rankedTally,
  duels: duelsTally,
};
