/** How much memory a gradient may take. */
import type { PictureSize, PrepareOptions } from '../engine.ts';

export type Budget = PrepareOptions & { readonly memory: number };

const MB = 1e6;

/**
 * What the process holds beside the picture's own tensors: the program, the engine, the network
 * in the forms that it passes through. Measured with Inception V3 to mixed5: 300 to 450 MB.
 */
const BASE = 450 * MB;

/** Pictures that a dream holds while it climbs: the original, the dream, a copy on the move. */
const PICTURES = 3;
const BYTES_PER_PIXEL = 12;

/** Of what is left when the machine has little; the same machine is to choose the same again. */
const STEPS = [2000, 1500, 1000, 750, 500].map((size) => size * MB);
const SHARE = 0.75;

/** Bytes that the process may hold when nobody says: 2 GB, or less where the machine has less. */
export function defaultMemory(): number {
  const room = SHARE * (process.availableMemory() + process.memoryUsage.rss());
  return STEPS.find((step) => step <= room) ?? STEPS.at(-1)!;
}

/** Less makes tiles that are all halo. */
const LEAST = 100 * MB;

/** What is left for the tensors of a picture's gradient. */
export function memoryFor(
  { rows, columns }: PictureSize,
  { memory, held = PICTURES * BYTES_PER_PIXEL * rows * columns }: Budget,
): number {
  return Math.max(LEAST, memory - BASE - held);
}
