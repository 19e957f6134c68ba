/** Orders that differ from voter to voter, and stay the same for each. */
import { createHash } from 'node:crypto';
import { seededRandom } from '../../kit/random.ts';
import type { Random } from '../../kit/random.ts';

/** The same words, the same numbers. */
export function randomOf(...words: readonly (string | number)[]): Random {
  const hash = createHash('sha256').update(JSON.stringify(words)).digest();
  return seededRandom(hash.readUInt32LE());
}

/** Fisher and Yates's. */
export function shuffled<Item>(items: readonly Item[], random: Random): Item[] {
  const result = [...items];
  for (let last = result.length - 1; last > 0; last--) {
    const other = random.integer(0, last);
    [result[last], result[other]] = [result[other]!, result[last]!];
  }
  return result;
}
