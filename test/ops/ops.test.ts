import { describe, expect, it } from 'vitest';
import { PICTURE } from '../../src/engines/engine.ts';
import { onnxEngine } from '../../src/engines/onnx.ts';
import { tensorflowEngine } from '../../src/engines/tensorflow.ts';
import { GraphBuilder } from '../../src/graph/builder.ts';
import type { Graph } from '../../src/graph/graph.ts';
import type { Objective } from '../../src/objectives/objective.ts';
import { ops } from '../../src/ops/index.ts';
import { inferShapes } from '../../src/ops/shapes.ts';
import { opCases, seededConstant } from '../cases/ops.ts';
import type { OpCase } from '../cases/ops.ts';
import { directionalDerivative, kinkFreePicture, relativeDifference } from '../helpers/finite-differences.ts';
import { plainTensorflow } from '../helpers/tensorflow.ts';

/** Score = Σ y · w with seeded w: the cotangent that reaches the op is w, not 1. */
const weighted: Objective = {
  describe: () => 'Σ y·w',
  score: ({ taps, builder }) => {
    const y = taps('y');
    const shape = inferShapes(builder).get(y)!;
    const product = builder.add('mul', [y, seededConstant(builder, shape as number[], 5)]);
    return builder.add('reduceSum', [product], { axes: shape.map((_, axis) => axis), keepDimensions: false });
  },
};

function graphOf({ size = [6, 7], build }: OpCase, known: boolean): Graph {
  const builder = new GraphBuilder();
  const x = builder.input(PICTURE, known ? [1, ...size, 3] : [1, null, null, 3]);
  builder.layers.set('y', build(builder, x));
  return builder;
}

const tf = await plainTensorflow();

describe.each(opCases)('$op $title', (opCase) => {
  const [rows, columns] = opCase.size ?? [6, 7];
  const picture = kinkFreePicture(rows, columns, 11);
  const graph = graphOf(opCase, true);

  it('has the gradient that finite differences find, and no other', async () => {
    const ascent = await onnxEngine({ threads: 1 }).prepare(graph, weighted);
    const derivative = await directionalDerivative(ascent, picture, { seed: 12, step: 3e-3 });
    await ascent.dispose();
    expect(derivative.relativeError).toBeLessThan(2e-3);
    // The negative control: the same check refuses a gradient that is off by one cell.
    const constantGradient = opCase.op === 'reduceMean' || opCase.op === 'reduceSum';
    if (!constantGradient) expect(derivative.relativeErrorOfWrong).toBeGreaterThan(2e-2);
  });

  it('agrees with tensorflow.js and its autodiff', async () => {
    if (opCase.tensorflowRefuses !== undefined) {
      const ascent = await tensorflowEngine(tf).prepare(graph, weighted);
      await expect(ascent.at(picture)).rejects.toThrow(opCase.tensorflowRefuses);
      return;
    }
    const [ours, theirs] = await Promise.all(
      [onnxEngine({ threads: 1 }), tensorflowEngine(tf)].map(async (engine) => {
        const ascent = await engine.prepare(graph, weighted);
        const { score, gradient } = await ascent.at(picture);
        const result = { score, gradient: gradient.slice() };
        await ascent.dispose();
        return result;
      }),
    );
    expect(Math.abs(ours!.score - theirs!.score)).toBeLessThan(1e-4 * Math.max(1, Math.abs(theirs!.score)));
    expect(relativeDifference(ours!.gradient, theirs!.gradient)).toBeLessThan(1e-5);
  });

  it('has the shape that its rule says', async () => {
    const y = graph.layers.get('y')!;
    const evaluation = await onnxEngine({ threads: 1 }).evaluate(graph, [y]);
    const found = (await evaluation.at(picture)).get(y)!;
    await evaluation.dispose();
    expect(found.shape).toEqual(inferShapes(graph).get(y));
  });
});

it('every op that has a backward rule has a case', () => {
  const covered = new Set(opCases.map(({ op }) => op));
  expect(ops.filter(({ backward, name }) => backward && !covered.has(name))).toEqual([]);
});
