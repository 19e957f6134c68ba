/** The hall of fame: who has stood on podiums. */
import type { Contestant } from './contest.ts';
import type { Results } from './results.ts';

export interface HallPlace {
  readonly person: Contestant;
  /** How often they were first, second, third. */
  readonly medals: readonly [number, number, number];
}

/** Sorted as medals are: by firsts, then seconds, then thirds. */
export function hallOf(contests: readonly Pick<Results, 'podium'>[]): HallPlace[] {
  const people = new Map<string, { person: Contestant; medals: [number, number, number] }>();
  for (const { podium } of contests) {
    for (const { rank, entry } of podium) {
      // Whoever wanted to be forgotten has no name any more.
      if (!entry.by || entry.by.name === '') continue;
      const known = people.get(entry.by.id) ?? { person: entry.by, medals: [0, 0, 0] };
      known.medals[rank - 1]! += 1;
      people.set(entry.by.id, known);
    }
  }
  return [...people.values()].sort((one, other) => {
    const [firsts, seconds, thirds] = one.medals.map(
      (count, place) => other.medals[place]! - count,
    ) as [number, number, number];
    return firsts || seconds || thirds;
  });
}
