import { expect } from 'vitest';
import { onnxEngine } from '../../src/engines/onnx.ts';
import type { Planes } from '../../src/engines/engine.ts';
import type { Graph } from '../../src/graph/graph.ts';
import type { Objective } from '../../src/objectives/objective.ts';

const STEPS = 3;

export interface Climb {
  /** Before each step, and after the last. */
  readonly scores: readonly number[];
}

/** Plain steps along the gradient, of `stepSize` levels in the mean; below 0 they go down. */
export async function climb(
  graph: Graph,
  objective: Objective,
  picture: Planes,
  stepSize: number,
): Promise<Climb> {
  const ascent = await onnxEngine({ threads: 2 }).prepare(graph, objective);
  const scores: number[] = [];
  const data = picture.data.slice();
  await ascent.calibrate(picture);
  for (let step = 0; step <= STEPS; step++) {
    const { score, gradient } = await ascent.at({ ...picture, data });
    scores.push(score);
    const size = gradient.reduce((sum, value) => sum + Math.abs(value), 0) / gradient.length;
    for (let index = 0; index < data.length; index++) {
      data[index]! += (stepSize * gradient[index]!) / (size + 1e-20);
    }
  }
  await ascent.dispose();
  return { scores };
}

/** Three steps up raise the score; the control: three steps down do not. */
export async function assertAscends(
  graph: Graph,
  objective: Objective,
  picture: Planes,
): Promise<void> {
  const up = await climb(graph, objective, picture, 1);
  const report = `${objective.describe()}: ${up.scores.join(' → ')}`;
  expect(up.scores.every(Number.isFinite), report).toBe(true);
  expect(up.scores.at(-1)! - up.scores[0]!, report).toBeGreaterThan(0.01 * Math.abs(up.scores[0]!));
  const down = await climb(graph, objective, picture, -1);
  expect(down.scores[0]).toBe(up.scores[0]);
  expect(down.scores.at(-1)!).toBeLessThan(down.scores[0]!);
}
