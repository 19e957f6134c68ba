import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { ascentGraph } from '../../src/engines/ascent-graph.ts';
import { PICTURE } from '../../src/engines/engine.ts';
import { onnxEngine } from '../../src/engines/onnx.ts';
import { onnxModel } from '../../src/engines/onnx-model.ts';
import { tensorflowEngine } from '../../src/engines/tensorflow.ts';
import { GraphBuilder } from '../../src/graph/builder.ts';
import type { Graph } from '../../src/graph/graph.ts';
import type { Objective } from '../../src/objectives/objective.ts';
import { ops } from '../../src/ops/index.ts';
import { inferShapes } from '../../src/ops/shapes.ts';
import { opCases, seededConstant } from '../cases/ops.ts';
import type { OpCase } from '../cases/ops.ts';
import {
  directionalDerivative,
  kinkFreePicture,
  relativeDifference,
} from '../helpers/finite-differences.ts';
import { plainTensorflow } from '../helpers/tensorflow.ts';

/** Score = Σ y · w with seeded w: the cotangent that reaches the op is w, not 1. */
const weighted: Objective = {
  describe: () => 'Σ y·w',
  score: ({ taps, builder }) => {
    const y = taps('y');
    const shape = inferShapes(builder).get(y)!;
    const product = builder.add('mul', [y, seededConstant(builder, shape as number[], 5)]);
    return builder.add('reduceSum', [product], {
      axes: shape.map((_, axis) => axis),
      keepDimensions: false,
    });
  },
};

/** Σ y², for pictures whose size the graph does not know. */
const weightedLoosely: Objective = {
  describe: () => 'Σ y²',
  score: ({ taps, builder }) =>
    builder.add('reduceSum', [builder.add('square', [taps('y')])], {
      axes: [0, 1, 2, 3],
      keepDimensions: false,
    }),
};

function graphOf(opCase: OpCase, known: boolean): Graph {
  const builder = new GraphBuilder();
  const size = opCase.size ?? [6, 7];
  const x = builder.input(PICTURE, known ? [1, ...size, 3] : [1, null, null, 3]);
  builder.layers.set('y', opCase.build(builder, x));
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
    expect(Math.abs(ours!.score - theirs!.score)).toBeLessThan(
      1e-4 * Math.max(1, Math.abs(theirs!.score)),
    );
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

describe('max-pool without indices, as GPU providers have it', () => {
  const pools = opCases.filter(({ op }) => op === 'maxPool');

  it.each(pools)('$title gives the same gradient as with them', async (opCase) => {
    const [rows, columns] = opCase.size ?? [6, 7];
    const picture = kinkFreePicture(rows, columns, 11);
    const { graph, score, gradient, shares } = ascentGraph(graphOf(opCase, false), weightedLoosely);
    expect(shares).toEqual([]);
    const [indexed, compared] = await Promise.all(
      ['cpu', 'webgpu'].map(async (provider) => {
        const bytes = onnxModel(graph, [score, gradient], provider);
        const session = await InferenceSession.create(bytes, { logSeverityLevel: 3 });
        const feed = new Tensor('float32', picture.data, [1, 3, rows, columns]);
        const results = await session.run({ [PICTURE]: feed });
        await session.release();
        return results[gradient]!.data as Float32Array;
      }),
    );
    expect(relativeDifference(compared!, indexed!)).toBeLessThan(1e-6);
    expect(indexed!.some((value) => value !== 0)).toBe(true);
  });
});

describe('of pictures whose size is not known', () => {
  const sized = opCases.filter(({ op }) => op === 'resize' || op === 'conv2dTranspose');

  it.each(sized)('$op $title gives the same gradient', async (opCase) => {
    const [rows, columns] = opCase.size ?? [6, 7];
    const picture = kinkFreePicture(rows, columns, 11);
    const [known, unknown] = await Promise.all(
      [true, false].map(async (isKnown) => {
        const graph = graphOf(opCase, isKnown);
        const ascent = await onnxEngine({ threads: 1 }).prepare(graph, weightedLoosely);
        const gradient = (await ascent.at(picture)).gradient.slice();
        await ascent.dispose();
        return gradient;
      }),
    );
    expect(relativeDifference(unknown!, known!)).toBeLessThan(1e-6);
    expect(known!.some((value) => value !== 0)).toBe(true);
  });
});

it('every op that has a backward rule has a case', () => {
  const covered = new Set(opCases.map(({ op }) => op));
  expect(ops.filter(({ backward, name }) => backward && !covered.has(name))).toEqual([]);
});
