import type { ScoredGraph } from '../ascent-graph.ts';
import type { Planes } from '../engine.ts';
import type { Compiler } from '../program.ts';
import type { Parameters } from '../whole.ts';
import { summingCost } from './costs.ts';
import { summingPass } from './placement.ts';
import { bestTiles, withMemory } from './plan.ts';
import { summingOf } from './stages.ts';
import { Sums } from './sums.ts';
import { TileRunner } from './tile-runner.ts';
import { Workspace } from './workspace.ts';

/**
 * Sets the calibrated parameters from a picture, tile by tile.
 *
 * @throws NotLocal
 */
export async function calibrateTiled(
  compiler: Compiler,
  { calibrations, calibrationGraph }: ScoredGraph,
  parameters: Parameters,
  { picture, memory }: { picture: Planes; memory: number },
): Promise<void> {
  if (calibrations.length === 0) return;
  const summing = summingOf(
    calibrationGraph,
    calibrations.map(({ value }) => value),
  );
  const cost = summingCost(summing);
  const { side } = withMemory(memory, (allowed) =>
    bestTiles(cost, picture, allowed, compiler.memoryFactor),
  );
  const sums = new Sums();
  sums.expect(summing.sums, summing.trunk, picture);
  const program = await compiler.compile(summing.task);
  const start = { ...picture, channels: 3 };
  const pass = { ...summingPass(summing), program, side };
  try {
    await new TileRunner(new Workspace()).run(pass, { start, feeds: new Map() }, (result) => {
      for (const sum of summing.sums) result.add(sum, sums);
    });
  } finally {
    await program.dispose();
  }
  const head = await compiler.compile(summing.head);
  try {
    const results = await head.run(new Map(sums.values()));
    for (const { parameter, value } of calibrations) {
      const { shape, data } = results.get(value)!;
      parameters.set(parameter, { shape, data: data.slice() });
    }
  } finally {
    await head.dispose();
  }
}
