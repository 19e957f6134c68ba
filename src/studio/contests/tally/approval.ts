import type { Placed, Tally } from './tally.ts';

/** As many points as there are ballots that name an entry. */
export const approvalTally: Tally = (entries, ballots) => {
  const votes = new Map(entries.map((entry) => [entry, 0]));
  for (const { choice, count } of ballots) {
    for (const entry of choice) {
      const before = votes.get(entry);
      if (before !== undefined) votes.set(entry, before + count);
    }
  }
  const placed = entries.map((entry): Placed => {
    const score = votes.get(entry)!;
    return { entry, score, support: score };
  });
  // Equal ones stay in the order in which they were entered.
  return placed.sort((one, other) => other.score - one.score);
};
