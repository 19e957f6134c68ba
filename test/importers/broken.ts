/** Files that were damaged, by a seed. */
import { slice } from '../../src/graph/graph.ts';
import type { Imported } from '../../src/importers/imported.ts';
import { weightsOf } from '../../src/importers/weights.ts';
import { DreamError } from '../../src/kit/errors.ts';
import { seededRandom } from '../../src/kit/random.ts';

/** The file with a few bytes changed, or cut short. */
export function damaged(bytes: Uint8Array, seed: number): Uint8Array {
  const random = seededRandom(seed);
  const copy = new Uint8Array(bytes);
  if (seed % 4 === 0) return copy.subarray(0, random.integer(0, copy.length - 1));
  const changes = random.integer(1, 4);
  for (let change = 0; change < changes; change++) {
    copy[random.integer(0, copy.length - 1)] = random.integer(0, 255);
  }
  return copy;
}

/** Whether the file could be read, its weights included; else it was refused in words. */
export async function readOrRefused(read: () => Promise<Imported>): Promise<'read' | 'refused'> {
  try {
    const { graph, output, weights } = await read();
    const part = slice(graph, [output]);
    await weights.ready(weightsOf(part));
    for (const constant of part.constants.values()) constant.read();
    return 'read';
  } catch (error) {
    if (error instanceof DreamError) return 'refused';
    throw error;
  }
}
