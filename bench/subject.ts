/** What is measured: Inception V3 up to a layer, its mean square, on the onnx engine. */
import type { Ascent, Evaluation, GradientEngine, Planes } from '../src/engines/engine.ts';
import { onnxEngine } from '../src/engines/onnx.ts';
import { seededRandom } from '../src/kit/random.ts';
import { parseObjective } from '../src/objectives/parse.ts';
import { loadModel } from '../src/studio/catalogue.ts';

export const LAYER = 'mixed5';
/** Two threads, as the peers have. */
export const THREADS = 2;

export interface Subject {
  readonly describe: string;
  readonly ascent: Ascent;
  readonly forward: Evaluation;
}

export function inception(memory?: number): Promise<Subject> {
  return inceptionOn(onnxEngine({ threads: THREADS }), memory);
}

export async function inceptionOn(engine: GradientEngine, memory?: number): Promise<Subject> {
  const model = await loadModel('inception_v3');
  const layer = model.graph.layers.get(LAYER)!;
  await model.ready([layer]);
  const objective = parseObjective(LAYER, { measure: 'mean-square' });
  return {
    describe: engine.describe(),
    ascent: await engine.prepare(model.graph, objective, memory === undefined ? {} : { memory }),
    forward: await engine.evaluate(model.graph, [layer]),
  };
}

export function noise(side: number): Planes {
  const random = seededRandom(1);
  const data = Float32Array.from({ length: 3 * side * side }, () => 255 * random.uniform());
  return { rows: side, columns: side, data };
}

export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
