/** Which two dreams a person is shown next. */
import { randomOf, shuffled } from './shuffle.ts';
import { pairOf } from './votes.ts';

export interface PairingRequest {
  readonly contest: string;
  readonly voter: string;
  /** Numbers of the entries that this person may judge. */
  readonly entries: readonly number[];
  /** Pairs that they have judged. */
  readonly decided: ReadonlySet<string>;
  /** Duels of each entry so far, by anybody. */
  readonly duels: ReadonlyMap<number, number>;
}

/**
 * The entry with the fewest duels against the one with the fewest that it has not met before this
 * person; which of equals is chance, and so is which stands left.
 *
 * @returns null where this person has judged all pairs.
 */
export function nextPair(request: PairingRequest): readonly [number, number] | null {
  const { contest, voter, entries, decided, duels } = request;
  const random = randomOf(contest, voter, decided.size);
  const count = (entry: number): number => duels.get(entry) ?? 0;
  const inOrder = shuffled(entries, random).sort((one, other) => count(one) - count(other));
  for (const one of inOrder) {
    const other = inOrder.find((entry) => entry !== one && !decided.has(pairOf([one, entry])));
    if (other !== undefined) return random.uniform() < 0.5 ? [one, other] : [other, one];
  }
  return null;
}
