/**
 * Both engines at Inception V3's full width, up to mixed5: at the smallest picture that it takes,
 * at a size that is a multiple of nothing, and at the size that it was trained on. `npm test` runs
 * the same comparison on narrowed channels (test/engines/contract.test.ts).
 */
import { beforeAll, describe, expect, it } from 'vitest';
import type { GradientEngine } from '../../src/engines/engine.ts';
import { onnxEngine } from '../../src/engines/onnx.ts';
import { tensorflowEngine } from '../../src/engines/tensorflow.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { parseObjective } from '../../src/objectives/parse.ts';
import { loadModel } from '../../src/studio/catalogue.ts';
import { relativeDifference } from '../helpers/finite-differences.ts';
import { seededPicture } from '../helpers/planes.ts';
import { plainTensorflow } from '../helpers/tensorflow.ts';

describe('the engines agree on score and gradient of the whole Inception V3 up to mixed5', () => {
  const tf = plainTensorflow();
  let graph: Graph;

  beforeAll(async () => {
    const model = await loadModel('inception_v3');
    ({ graph } = model);
    await model.ready([graph.layers.get('mixed5')!]);
  });

  it.each([
    [75, 75],
    [101, 83],
    [299, 299],
  ])('at %i×%i', async (rows, columns) => {
    const objective = parseObjective('mixed5', { measure: 'mean-square' });
    const picture = seededPicture(rows, columns, 1);

    const climb = async (engine: GradientEngine) => {
      const start = performance.now();
      const ascent = await engine.prepare(graph, objective);
      const { score, gradient } = await ascent.at(picture);
      const seconds = (performance.now() - start) / 1000;
      const result = { score, gradient: gradient.slice() };
      await ascent.dispose();
      console.log(`${engine.describe()}: ${seconds.toFixed(1)} s, score ${score}`);
      return result;
    };

    const ours = await climb(onnxEngine());
    const theirs = await climb(tensorflowEngine(await tf));
    const score = Math.abs(ours.score / theirs.score - 1);
    const gradient = relativeDifference(ours.gradient, theirs.gradient);
    console.log(`relative differences: score ${score}, gradient ${gradient}`);
    expect(score).toBeLessThan(1e-3);
    expect(gradient).toBeLessThan(1e-3);

    // The negative control: the next pixel's gradient is far off.
    const shifted = theirs.gradient.map((_, index) => theirs.gradient[index + 1] ?? 0);
    expect(relativeDifference(ours.gradient, shifted)).toBeGreaterThan(0.1);
  });
});
