/** Where to cut, and how large the tiles may be, for a picture and so much memory. */
import type { NodeRef } from '../../graph/graph.ts';
import type { ScoredGraph } from '../ascent-graph.ts';
import { PICTURE } from '../engine.ts';
import type { PictureSize } from '../engine.ts';
import { candidateCuts, stageCost } from './costs.ts';
import type { PassCost, StageCost } from './costs.ts';
import { trunkOf } from './locality.ts';
import type { Trunk } from './locality.ts';
import { sizeAt } from './placement.ts';

export interface Plan {
  readonly cuts: readonly NodeRef[];
  /** Of each stage's tiles, in cells of its start, halo included. */
  readonly sides: readonly PictureSize[];
  /** Multiplications, estimated. */
  readonly work: number;
}

interface Tiles {
  readonly side: PictureSize;
  readonly work: number;
}

/** More cuts save little and hold one more tensor each. */
const MOST_CUTS = 3;
const BYTES = 4;

/**
 * Multiplications in the time that it takes to use a byte of memory for the first time: measured
 * 0.75 s of processor time for 1 GB, and 55·10⁹ multiplications a second. A pass takes its memory
 * at its first tile and gives it back after its last.
 */
const WORK_PER_NEW_BYTE = 40;
/** The same for one run of a program, however small. */
const WORK_PER_RUN = 2e8;
/**
 * Large tiles fall out of the caches: measured 0.71 µs a pixel for tiles of 44 MB, 0.88 for
 * 407 MB, as the estimate has it.
 */
const SLOWDOWN = 0.1;
const USUAL_BYTES = 1e8;

/** The first that `find` finds, in more and more memory. */
export function withMemory<Found>(memory: number, find: (allowed: number) => Found | null): Found {
  for (let allowed = memory; ; allowed *= 1.2) {
    const found = find(allowed);
    if (found !== null) return found;
  }
}

/** A score's plans; it keeps what it found out about the network. */
export class Planner {
  readonly #costs = new Map<string, StageCost>();
  readonly #cutSets: readonly (readonly NodeRef[])[];
  readonly #trunk: Trunk;

  /** @throws NotLocal */
  constructor(
    private readonly scored: ScoredGraph,
    private readonly memoryFactor: number,
  ) {
    this.#trunk = trunkOf(scored.graph, PICTURE);
    if (scored.calibrations.length > 0) trunkOf(scored.calibrationGraph, PICTURE);
    this.#cutSets = subsets(candidateCuts(scored), MOST_CUTS);
  }

  /**
   * The plan of least work whose tensors and tiles fit in `memory`, in bytes; where none does, the
   * one for the least memory that will do.
   */
  planFor(picture: PictureSize, memory: number): Plan {
    return withMemory(memory, (allowed) => {
      const plans = this.#cutSets.flatMap((cuts) => this.#planWith(cuts, picture, allowed) ?? []);
      return plans.length === 0
        ? null
        : plans.reduce((best, plan) => (plan.work < best.work ? plan : best));
    });
  }

  #planWith(cuts: readonly NodeRef[], picture: PictureSize, memory: number): Plan | null {
    const stages = [PICTURE, ...cuts].map((start, index) => this.#cost(start, cuts[index] ?? null));
    const sizes = stages.map(({ start }) => this.#sizeOf(start, picture));
    const values = stages.map(
      ({ channels }, index) => channels * sizes[index]!.rows * sizes[index]!.columns,
    );
    // All whole tensors have the memory of the largest: one for each cut and one for the gradient.
    const left = memory - stages.length * Math.max(...values) * BYTES;
    const tiles = stages.map((cost, index) =>
      bestTiles(cost, sizes[index]!, left, this.memoryFactor),
    );
    if (tiles.some((best) => best === null)) return null;
    return {
      cuts,
      sides: tiles.map((best) => best!.side),
      work: tiles.reduce((work, best) => work + best!.work, 0),
    };
  }

  #cost(start: NodeRef, end: NodeRef | null): StageCost {
    const key = `${start} → ${end ?? ''}`;
    const known = this.#costs.get(key) ?? stageCost(this.scored, start, end);
    this.#costs.set(key, known);
    return known;
  }

  #sizeOf(ref: NodeRef, picture: PictureSize): PictureSize {
    return ref === PICTURE ? picture : sizeAt(this.#trunk, ref, picture);
  }
}

/**
 * The tiles that take the least work; `null` where none fit.
 *
 * @param size of the tensor that is cut into tiles
 * @param memory for one tile's run, in bytes
 */
export function bestTiles(
  cost: StageCost,
  size: PictureSize,
  memory: number,
  memoryFactor: number,
): Tiles | null {
  const { forward, backward } = cost;
  let best: Tiles | null = null;
  for (const rows of sidesOf(backward, 0, size.rows)) {
    for (const columns of sidesOf(backward, 1, size.columns)) {
      const bytes = rows * columns * backward.bytes * memoryFactor;
      if (bytes > memory) continue;
      const side = { rows, columns };
      const passes = forward ? [forward, backward] : [backward];
      const work = passes.reduce((sum, pass) => sum + workOf(pass, size, side), 0);
      const total = work + WORK_PER_NEW_BYTE * passes.length * bytes;
      if (best === null || total < best.work) best = { side, work: total };
    }
  }
  return best;
}

function workOf(pass: PassCost, size: PictureSize, { rows, columns }: PictureSize): number {
  const runs = countOf(pass, 0, size.rows, rows) * countOf(pass, 1, size.columns, columns);
  const cells = rows * columns;
  const slowdown = ((cells * pass.bytes) / USUAL_BYTES) ** SLOWDOWN;
  return runs * (cells * pass.work * slowdown + WORK_PER_RUN);
}

/** How many tiles of that side it takes. */
function countOf(
  { margin, alignment }: PassCost,
  axis: 0 | 1,
  length: number,
  side: number,
): number {
  if (side >= length) return 1;
  const gain = side - margin[axis] - alignment[axis];
  return Math.ceil((length - side) / gain) + 1;
}

/** The sides of 1, 2, 3 … tiles that do for a length. */
function sidesOf({ margin, alignment }: PassCost, axis: 0 | 1, length: number): number[] {
  const step = alignment[axis];
  // Tiles begin at multiples of the alignment: up to that much of each is lost.
  const overlap = margin[axis] + step;
  const sides = [length];
  for (let count = 2; (length - overlap) / count >= step; count++) {
    const side = Math.ceil(((length - overlap) / count + overlap) / step) * step + step;
    if (side < sides.at(-1)!) sides.push(side);
  }
  return sides;
}

/** All ways to choose up to `most` of the items, in order. */
function subsets<Item>(items: readonly Item[], most: number): Item[][] {
  const [first, ...rest] = items;
  if (first === undefined || most === 0) return [[]];
  return [...subsets(rest, most), ...subsets(rest, most - 1).map((others) => [first, ...others])];
}
