/**
 * Half precision on the processor: it computes float32 between the values of a graph, and rounds
 * each of them to a half, as a device does that stores halves.
 */
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { beforeAll, describe, expect, it } from 'vitest';
import { ascentGraph } from '../../src/engines/ascent-graph.ts';
import { PICTURE } from '../../src/engines/engine.ts';
import type { GradientEngine, Planes } from '../../src/engines/engine.ts';
import { withFallback } from '../../src/engines/fallback.ts';
import { scaleCotangents } from '../../src/engines/half/cotangents.ts';
import { halfNodes } from '../../src/engines/half/nodes.ts';
import { onnxEngine } from '../../src/engines/onnx.ts';
import { onnxModel } from '../../src/engines/onnx-model.ts';
import { GraphBuilder } from '../../src/graph/builder.ts';
import type { Graph, NodeRef } from '../../src/graph/graph.ts';
import { fromHalf, toHalves } from '../../src/kit/half.ts';
import { seededRandom } from '../../src/kit/random.ts';
import type { Objective } from '../../src/objectives/objective.ts';
import { parseObjective } from '../../src/objectives/parse.ts';
import { inferShapes } from '../../src/ops/shapes.ts';
import { loadModel } from '../../src/studio/catalogue.ts';
import type { Model } from '../../src/studio/catalogue.ts';
import { measuredModel } from '../../src/studio/measured-model.ts';
import { opCases, seededConstant } from '../cases/ops.ts';
import { kinkFreePicture, relativeDifference } from '../helpers/finite-differences.ts';
import { seededPicture } from '../helpers/planes.ts';

const float = onnxEngine({ threads: 1 });
const half = onnxEngine({ threads: 1, precision: 'half' });

async function climb(
  engine: GradientEngine,
  graph: Graph,
  objective: Objective,
  picture: Planes,
): Promise<{ score: number; gradient: Float32Array }> {
  const ascent = await engine.prepare(graph, objective);
  try {
    await ascent.calibrate(picture);
    const { score, gradient } = await ascent.at(picture);
    return { score, gradient: gradient.slice() };
  } finally {
    await ascent.dispose();
  }
}

/** Of the difference, over that of `b`: one ReLU that is open here and shut there is much in its place. */
function rootMeanSquare(a: Float32Array, b: Float32Array): number {
  return Math.sqrt(
    b.reduce((sum, value, index) => sum + (a[index]! - value) ** 2, 0) /
      b.reduce((sum, value) => sum + value ** 2, 0),
  );
}

function convolution(
  builder: GraphBuilder,
  x: NodeRef,
  channels: number,
  outputs: number,
): NodeRef {
  const filter = seededConstant(builder, [3, 3, channels, outputs], channels + outputs);
  const attributes = { size: [3, 3], strides: [1, 1], dilations: [1, 1], padding: 'same' };
  return builder.add('conv2d', [x, filter], { ...attributes, groups: 1 });
}

/** Two convolutions with a ReLU between, of a picture that is multiplied by `gain`. */
function network(gain: number): Graph {
  const builder = new GraphBuilder();
  const x = builder.input(PICTURE, [1, null, null, 3]);
  const scaled = builder.add('mul', [x, builder.scalar(gain)]);
  const active = builder.add('relu', [convolution(builder, scaled, 3, 8)]);
  builder.layers.set('y', convolution(builder, active, 8, 4));
  return builder;
}

/** weight · Σ (y + ½)², of a y of any rank. */
function energy(weight = 1): Objective {
  return {
    describe: () => 'Σ y²',
    score: ({ taps, builder }) => {
      const y = taps('y');
      const axes = inferShapes(builder)
        .get(y)!
        .map((_, axis) => axis);
      const square = builder.add('square', [builder.add('add', [y, builder.scalar(0.5)])]);
      const sum = builder.add('reduceSum', [square], { axes, keepDimensions: false });
      return builder.add('mul', [sum, builder.scalar(weight)]);
    },
  };
}

it('says that it is', () => {
  expect(half.describe()).toMatch(/ on cpu, 1 threads, half precision$/);
  expect(float.describe()).not.toMatch(/half/);
});

describe('every op, between two convolutions in half precision', () => {
  it.each(opCases)('$op $title', async (opCase) => {
    const [rows, columns] = opCase.size ?? [6, 7];
    const builder = new GraphBuilder();
    const x = builder.input(PICTURE, [1, rows, columns, 3]);
    // A filter of one cell, so that the case's picture stays as free of kinks as it is.
    const attributes = { size: [1, 1], strides: [1, 1], dilations: [1, 1], padding: 'valid' };
    const filter = builder.constant({
      shape: [1, 1, 3, 3],
      read: () => Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1),
    });
    const same = builder.add('conv2d', [x, filter], { ...attributes, groups: 1 });
    builder.layers.set('y', opCase.build(builder, same));
    const picture = kinkFreePicture(rows, columns, 11);
    const expected = await climb(float, builder, energy(), picture);
    const { score, gradient } = await climb(half, builder, energy(), picture);
    expect(Math.abs(score / expected.score - 1)).toBeLessThan(5e-3);
    expect(relativeDifference(gradient, expected.gradient)).toBeLessThan(1e-2);
  });
});

describe('a gradient in half precision', () => {
  const picture = seededPicture(9, 11, 1);

  it.each([1e-12, 1e-6, 1, 1e6])(
    'keeps its digits where the score is %d of itself',
    async (weight) => {
      const expected = await climb(float, network(1 / 64), energy(weight), picture);
      const { gradient } = await climb(half, network(1 / 64), energy(weight), picture);
      expect(relativeDifference(gradient, expected.gradient)).toBeLessThan(1e-2);
      // It is half precision all the same.
      expect(relativeDifference(gradient, expected.gradient)).toBeGreaterThan(1e-5);
    },
  );

  it('goes through layers that are resized by no whole number', async () => {
    const builder = new GraphBuilder();
    const x = builder.input(PICTURE, [1, null, null, 3]);
    const resized = builder.add('resize', [x], {
      ...{ mode: 'linear', place: 'half_pixel', rounding: 'floor', scales: [0.75, 0.7] },
    });
    const filter = seededConstant(builder, [3, 3, 3, 4], 1);
    const attributes = { size: [3, 3], strides: [2, 2], dilations: [1, 1], padding: 'same' };
    builder.layers.set('y', builder.add('conv2d', [resized, filter], { ...attributes, groups: 1 }));
    const picture = kinkFreePicture(13, 16, 1);
    const gradients = await Promise.all(
      [half, float].map(async (engine) => {
        const ascent = await engine.prepare(builder, energy());
        const { gradient } = await ascent.at(picture);
        await ascent.dispose();
        return gradient.slice();
      }),
    );
    expect(relativeDifference(gradients[0]!, gradients[1]!)).toBeLessThan(0.01);
  });

  it('is nothing where there is nothing to climb', async () => {
    const { gradient } = await climb(half, network(1 / 64), energy(0), picture);
    expect(gradient.every((value) => value === 0)).toBe(true);
  });

  it('is asked for elsewhere where the network leaves the range of halves', async () => {
    await expect(climb(half, network(1e4), energy(), picture)).rejects.toThrow(
      'leaves the range of half precision',
    );
    const told: string[] = [];
    const others = [() => Promise.resolve(float)];
    const engine = withFallback(half, { others, tell: (notice) => told.push(notice) });
    const { gradient } = await climb(engine, network(1e4), energy(), picture);
    const expected = await climb(float, network(1e4), energy(), picture);
    expect(gradient).toEqual(expected.gradient);
    expect(told).toEqual([expect.stringMatching(/half precision failed .* went on with /)]);
  });

  it('comes of several layers with the same scale for all', async () => {
    const graph = network(1 / 64);
    const first = [...graph.nodes.values()].find(({ op }) => op === 'relu')!.name;
    const layers = new Map([...graph.layers, ['first', first]]);
    const objective = parseObjective('y:1,first:40', { measure: 'mean-square' });
    const several = { ...graph, layers };
    const expected = await climb(float, several, objective, picture);
    const { gradient } = await climb(half, several, objective, picture);
    expect(relativeDifference(gradient, expected.gradient)).toBeLessThan(1e-2);
  });

  it('is computed in stages and tiles as well', async () => {
    const large = seededPicture(200, 180, 3);
    const objective = parseObjective('y', { measure: 'mean-square' });
    const expected = await climb(float, network(1 / 64), objective, large);
    const ascent = await half.prepare(network(1 / 64), objective, { memory: 1 });
    const { gradient } = await ascent.at(large);
    expect(rootMeanSquare(gradient, expected.gradient)).toBeLessThan(0.03);
    await ascent.dispose();
  });

  it('leaves what is only evaluated in float32', async () => {
    const graph = network(1 / 64);
    const values = async (engine: GradientEngine): Promise<Float32Array> => {
      const evaluation = await engine.evaluate(graph, [graph.layers.get('y')!]);
      const [found] = [...(await evaluation.at(picture)).values()];
      await evaluation.dispose();
      return found!.data;
    };
    expect(await values(half)).toEqual(await values(float));
  });
});

describe('Inception V3 in half precision', () => {
  let model: Model;

  beforeAll(async () => {
    model = await loadModel('inception_v3');
  });

  it('has half the weights in bytes, and rounds what a device would store', async () => {
    const objective = parseObjective('mixed2', { measure: 'mean-square' });
    const { graph, gradient } = ascentGraph(model.graph, objective);
    const scaled = scaleCotangents(graph, gradient);
    const halves = halfNodes(scaled.graph, scaled.scaled);
    await model.ready([...graph.nodes.keys()].filter((node) => model.graph.nodes.has(node)));
    const bytes = onnxModel(scaled.graph, [scaled.gradient], 'webgpu', halves).length;
    const inFloat = onnxModel(graph, [gradient], 'webgpu').length;
    expect(bytes / inFloat).toBeLessThan(0.6);
    expect(bytes / inFloat).toBeGreaterThan(0.4);
  });

  // Each step makes a difference several times as large: see src/studio/measured-model.ts.
  it.each(['mixed3', 'mixed4', 'mixed5'])('keeps 40 dB over 3 steps at %s', async (layer) => {
    const { decibels } = await measuredModel({ ...model, defaultLayer: layer });
    const found = await decibels(half, float);
    console.log(`${layer}: ${found.toFixed(1)} dB`);
    expect(found).toBeGreaterThan(40);
    expect(found).toBeLessThan(80);
  });
});

it('rounds every value to a half, on the processor too', async () => {
  const builder = new GraphBuilder();
  const pointwise = (from: NodeRef, weights: NodeRef): NodeRef => {
    const attributes = { size: [1, 1], strides: [1, 1], dilations: [1, 1], padding: 'valid' };
    return builder.add('conv2d', [from, weights], { ...attributes, groups: 1 });
  };
  const weights = (seed: number): NodeRef => {
    const random = seededRandom(seed);
    const values = Float32Array.from({ length: 9 }, () => random.integer(-64, 64) / 64);
    return builder.constant({ shape: [1, 1, 3, 3], read: () => values });
  };
  const [one, two] = [weights(1), weights(2)];
  const x = builder.input(PICTURE, [1, null, null, 3]);
  const y = pointwise(x, one);
  const z = pointwise(y, two);
  const after = pointwise(x, two);
  const picture = { ...seededPicture(5, 5, 1) };
  picture.data.set(picture.data.map(Math.round));
  const rounded = (data: Float32Array): Float32Array => Float32Array.from(toHalves(data), fromHalf);
  const run = async (output: NodeRef, data: Float32Array, halves: Set<NodeRef>) => {
    const model = onnxModel(builder, [output], 'cpu', halves);
    // One of the outputs alone leaves numbers unused, which it would warn of.
    const session = await InferenceSession.create(model, { logSeverityLevel: 3 });
    const feeds = { [PICTURE]: new Tensor('float32', data, [1, 3, 5, 5]) };
    const values = (await session.run(feeds))[output]!.data as Float32Array;
    await session.release();
    return values;
  };
  const none = new Set<NodeRef>();
  const between = await run(y, picture.data, none);
  const expected = rounded(await run(after, rounded(between), none));
  expect(await run(z, picture.data, new Set([y, z]))).toEqual(expected);
  // The control: with no rounding in between it is another.
  expect(rounded(await run(after, between, none))).not.toEqual(expected);
});
