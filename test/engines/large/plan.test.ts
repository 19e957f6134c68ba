/** Which tiles are chosen, and for how much memory. */
import { describe, expect, it } from 'vitest';
import { scoredGraph } from '../../../src/engines/ascent-graph.ts';
import type { PictureSize } from '../../../src/engines/engine.ts';
import { budgetOf, memoryFor } from '../../../src/engines/large/budget.ts';
import { stageCost } from '../../../src/engines/large/costs.ts';
import { backwardPass, placementOf, sizeAt } from '../../../src/engines/large/placement.ts';
import { Planner } from '../../../src/engines/large/plan.ts';
import type { Plan } from '../../../src/engines/large/plan.ts';
import { stagesOf } from '../../../src/engines/large/stages.ts';
import { parseObjective } from '../../../src/objectives/parse.ts';
import { loadModel } from '../../../src/studio/catalogue.ts';

const FACTOR = 1.5;
const GB = 1e9;
const { graph } = await loadModel('inception_v3');
const scored = scoredGraph(graph, parseObjective('mixed5', { measure: 'mean-square' }));
const planner = new Planner(scored, FACTOR);
const large = { rows: 4096, columns: 4096 };

/** What a plan holds at most, by the estimates. */
function bytesOf({ cuts, sides }: Plan, picture: PictureSize): number {
  const stages = stagesOf(scored.graph, scored.score, cuts);
  let size = picture;
  let largest = 0;
  let tile = 0;
  for (const [index, { trunk, start, end, channels }] of stages.entries()) {
    largest = Math.max(largest, 4 * channels * size.rows * size.columns);
    const { rows, columns } = sides[index]!;
    const cost = stageCost(scored, start, end);
    tile = Math.max(tile, rows * columns * cost.backward.bytes * FACTOR);
    if (end !== null) size = sizeAt(trunk, end, size);
  }
  return stages.length * largest + tile;
}

describe('a plan', () => {
  it('fits in the memory that it is made for', () => {
    for (const memory of [0.9 * GB, 1.2 * GB, 3 * GB]) {
      expect(bytesOf(planner.planFor(large, memory), large)).toBeLessThan(memory);
    }
  });

  it('takes less work where there is more memory', () => {
    const work = [0.8, 1.2, 2, 4, 50].map((size) => planner.planFor(large, size * GB).work);
    expect(work).toEqual([...work].sort((a, b) => b - a));
    expect(work[0]! / work[4]!).toBeGreaterThan(1.5);
  });

  it('holds 4096×4096 in 2 GB, with the pictures of a dream', () => {
    const tensors = memoryFor(large, 2 * GB);
    const { work } = planner.planFor(large, tensors);
    expect(tensors).toBeLessThan(1.2 * GB);
    // Not too dearly: tiles of one stage would take twenty times the work.
    expect(work / planner.planFor(large, 1000 * GB).work).toBeLessThan(2);
  });

  it('has tiles that can be placed, for pictures of any shape', () => {
    for (const [rows, columns] of [
      [4096, 4096],
      [517, 9001],
      [3001, 1100],
      [2048, 2047],
    ] as const) {
      // prettier-ignore
      const plan = planner.planFor({ rows, columns }, 0.8 * GB);
      let size: PictureSize = { rows, columns };
      for (const [index, stage] of stagesOf(scored.graph, scored.score, plan.cuts).entries()) {
        expect(placementOf(backwardPass(stage), size, plan.sides[index]!)).not.toBeNull();
        if (stage.end !== null) size = sizeAt(stage.trunk, stage.end, size);
      }
    }
  });

  it('is found even where no memory would be enough', () => {
    const { cuts, sides } = planner.planFor(large, 0.1 * GB);
    expect(sides).toHaveLength(cuts.length + 1);
  });
});

describe('the memory for it', () => {
  it('is what one says', () => {
    expect(budgetOf(7e8)).toEqual({ whole: 7e8, tiled: 7e8 });
  });

  it('is 2 GB at most for tiles and 4 GB for one piece where nobody says', () => {
    const { whole, tiled } = budgetOf();
    expect(tiled).toBeGreaterThanOrEqual(0.5 * GB);
    expect(tiled).toBeLessThanOrEqual(2 * GB);
    expect(whole).toBeGreaterThanOrEqual(tiled);
    expect(whole).toBeLessThanOrEqual(4 * GB);
  });

  it('is less the two pictures that a dream holds', () => {
    const of = (side: number): number => memoryFor({ rows: side, columns: side }, 3 * GB);
    expect(of(1000) - of(2000)).toBe(3 * 24e6);
  });
});
