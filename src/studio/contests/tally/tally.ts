/** From ballots to an order of entries. */
/** Equal ballots are counted together: who gave them plays no part. */
export interface CountedBallot {
  readonly pair: string;
  readonly choice: readonly number[];
  readonly count: number;
}

export interface Placed {
  /** The entry's number. */
  readonly entry: number;
  /**
   * approval: ballots that name it. ranked: entries that it beats.
   * duels: the chance, 0 … 1, that it is preferred to an average dream.
   */
  readonly score: number;
  /** Of duels: the ends of the interval that holds the true score 19 times of 20. */
  readonly confidence?: readonly [number, number];
  /** Ballots, or duels, that speak for it. */
  readonly support: number;
}

/**
 * The entries from first to last; ties are broken as `TIE_RULES` say. Ballots may name entries
 * that are out: that part of them does not count.
 *
 * @param entries numbers of the entries that are in, the earliest first.
 */
export type Tally = (entries: readonly number[], ballots: Iterable<CountedBallot>) => Placed[];
