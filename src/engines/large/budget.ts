/** How much memory a gradient may take. */
import type { PictureSize } from '../engine.ts';

const MB = 1e6;

/**
 * What the process holds beside pictures and tensors: measured with Inception V3 to mixed5 324 MB
 * for the program, the engine and the network in its forms, 60 for what tiles are copied to, and
 * some for what waits to be collected.
 */
const BASE = 430 * MB;

/** Pictures that a dream holds while it climbs: the original and the dream. */
const PICTURES = 2;
const BYTES_PER_PIXEL = 12;

/** Less makes tiles that are all halo. */
const LEAST = 300 * MB;

/**
 * Bytes that the process may hold when tiles are used. Steps, so that a machine chooses the same
 * again although what is available varies.
 */
const TILED = [2000, 1500, 1000, 750, 500].map((size) => size * MB);
const TILED_SHARE = 0.75;

/** The most that one piece may take where memory is plenty, and what of it is plenty. */
const WHOLE = 4000 * MB;
const WHOLE_SHARE = 0.25;

/** Bytes that the process may hold. */
export interface Budget {
  /** While a gradient is computed in one piece. */
  readonly whole: number;
  /** While it is computed in tiles. */
  readonly tiled: number;
}

/**
 * Without a wish: 2 GB, or less where the machine has less. One piece may take 4 GB where that is
 * no more than a quarter of what is available: it takes two thirds of the time of tiles.
 */
export function budgetOf(memory?: number): Budget {
  if (memory !== undefined) return { whole: memory, tiled: memory };
  const room = process.availableMemory() + process.memoryUsage.rss();
  const tiled = TILED.find((size) => size <= TILED_SHARE * room) ?? TILED.at(-1)!;
  return { whole: Math.max(tiled, Math.min(WHOLE, WHOLE_SHARE * room)), tiled };
}

/** What `memory` leaves for tensors when a dream's largest picture is `picture`. */
export function memoryFor({ rows, columns }: PictureSize, memory: number): number {
  return Math.max(LEAST, memory - BASE - PICTURES * BYTES_PER_PIXEL * rows * columns);
}
