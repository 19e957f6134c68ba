/**
 * Schulze's method (Schulze 2011, "A new monotonic, clone-independent … method"): whoever beats
 * all others one to one wins; adding copies of an entry changes nothing among the rest, and to
 * rank an entry higher never harms it.
 */
import type { CountedBallot, Placed, Tally } from './tally.ts';

export const rankedTally: Tally = (entries, ballots) => {
  const { preferred, firsts, ranked } = count(entries, ballots);
  const paths = strongestPaths(preferred, entries.length);
  const size = entries.length;
  const placed = entries.map((entry, row) => {
    let beaten = 0;
    for (let other = 0; other < size; other++) {
      if (paths[row * size + other]! > paths[other * size + row]!) beaten += 1;
    }
    return { entry, score: beaten, support: ranked[row]!, firsts: firsts[row]! };
  });
  placed.sort((one, other) => other.score - one.score || other.firsts - one.firsts);
  return placed.map(({ entry, score, support }): Placed => ({ entry, score, support }));
};

interface Counts {
  /** [entry × entry], row by row: ballots that put the row's before the column's. */
  readonly preferred: Float64Array;
  /** Ballots that put it first. */
  readonly firsts: Float64Array;
  /** Ballots that rank it at all. */
  readonly ranked: Float64Array;
}

/** Entries that a ballot leaves out come after all that it ranks, and are equal there. */
function count(entries: readonly number[], ballots: Iterable<CountedBallot>): Counts {
  const size = entries.length;
  const rows = new Map(entries.map((entry, row) => [entry, row]));
  const preferred = new Float64Array(size * size);
  const firsts = new Float64Array(size);
  const ranked = new Float64Array(size);
  for (const { choice, count: times } of ballots) {
    const order = choice.map((entry) => rows.get(entry)).filter((row) => row !== undefined);
    if (order.length > 0) firsts[order[0]!]! += times;
    const named = new Set(order);
    const all = Int32Array.from([...order, ...[...rows.values()].filter((row) => !named.has(row))]);
    for (let place = 0; place < order.length; place++) {
      ranked[all[place]!]! += times;
      const row = all[place]! * size;
      for (let after = place + 1; after < size; after++) preferred[row + all[after]!]! += times;
    }
  }
  return { preferred, firsts, ranked };
}

/** Widest paths, by Floyd and Warshall; a link is as strong as the ballots behind it. */
function strongestPaths(preferred: Float64Array, size: number): Float64Array {
  const paths = new Float64Array(size * size);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const [forth, back] = [preferred[row * size + column]!, preferred[column * size + row]!];
      if (forth > back) paths[row * size + column] = forth;
    }
  }
  for (let by = 0; by < size; by++) {
    for (let row = 0; row < size; row++) {
      const first = paths[row * size + by]!;
      if (row === by || first === 0) continue;
      for (let column = 0; column < size; column++) {
        const path = Math.min(first, paths[by * size + column]!);
        if (column !== row && path > paths[row * size + column]!) paths[row * size + column] = path;
      }
    }
  }
  return paths;
}
