/**
 * The whole of Inception V3 up to mixed5, at its full width, against finite differences.
 *
 * How the comparison is made honest in float32, on a function with a hundred thousand kinks:
 *
 * - The score is taken from the layer's values in float64: its own rounding (6e-8 of it) would
 *   drown steps as small as these. The values come from `evaluate`, which runs the network node by
 *   node as it was imported; the gradient comes from `prepare`, with all rewrites.
 * - Directions lean on the gradient, d = w · g with seeded weights w in 0..1. Along a direction of
 *   plain noise the score changes a hundred times less, and what ReLUs and max-pools do between
 *   both ends (kinks: the error falls with the step, not with its square) is all that one sees.
 *   A gradient that is wrong anywhere is wrong along w · g too, as w singles out every region; one
 *   direction moves the borders alone, where paddings are.
 * - The step is 1e-3 levels of 0..255 in the mean square. Measured over both sizes: errors of up
 *   to 4e-3 at 1e-4 (float32 noise), of up to 2.5e-3 at 1e-3, and from there on growing with the
 *   step (kinks). So single directions may be off by 5e-3, and their mean by half of that.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Ascent, Evaluation, Planes } from '../../src/engines/engine.ts';
import { onnxEngine } from '../../src/engines/onnx.ts';
import type { NodeRef } from '../../src/graph/graph.ts';
import { seededRandom } from '../../src/kit/random.ts';
import { parseObjective } from '../../src/objectives/parse.ts';
import { loadModel } from '../../src/studio/catalogue.ts';
import { seededPicture, seededWaves } from '../helpers/planes.ts';

const STEP = 1e-3;
const TOLERANCE = 5e-3;

type Weight = (size: Planes) => (index: number) => number;

const noise =
  (seed: number): Weight =>
  () => {
    const random = seededRandom(seed);
    return () => random.uniform();
  };
const waves =
  (seed: number): Weight =>
  ({ rows, columns }) => {
    const field = seededWaves(rows, columns, seed);
    return (index) => 1 / (1 + Math.exp(-3 * field[index]!));
  };
const borders: Weight =
  ({ rows, columns }) =>
  (index) => {
    const [row, column] = [Math.floor(index / columns) % rows, index % columns];
    return Math.min(row, column, rows - 1 - row, columns - 1 - column) < 6 ? 1 : 0;
  };

const weights: Record<string, Weight> = {
  'the gradient itself': () => () => 1,
  'noise 1': noise(1),
  'noise 2': noise(2),
  'waves 3': waves(3),
  'waves 4': waves(4),
  'the borders': borders,
};

let ascent: Ascent;
let evaluation: Evaluation;
let layer: NodeRef;

beforeAll(async () => {
  const model = await loadModel('inception_v3');
  const { graph } = model;
  layer = graph.layers.get('mixed5')!;
  await model.ready([layer]);
  const engine = onnxEngine({ threads: 2 });
  ascent = await engine.prepare(graph, parseObjective('mixed5', { measure: 'mean-square' }));
  evaluation = await engine.evaluate(graph, [layer]);
  return async () => {
    await ascent.dispose();
    await evaluation.dispose();
  };
});

/** mean(mixed5²), summed in float64. */
async function scoreAt(picture: Planes): Promise<number> {
  const { data } = (await evaluation.at(picture)).get(layer)!;
  return data.reduce((sum, value) => sum + value * value, 0) / data.length;
}

/** The slope of the score along d = w · g (of mean square 1), by central differences. */
async function slopesAlong(picture: Planes, gradient: Float32Array, weight: Weight) {
  const weightOf = weight(picture);
  const leaning = gradient.map((value, index) => value * weightOf(index));
  const size = Math.hypot(...leaning) / Math.sqrt(leaning.length);
  const direction = leaning.map((value) => value / size);
  const moved = (distance: number): Planes => ({
    ...picture,
    data: picture.data.map((value, index) => value + distance * direction[index]!),
  });
  const measured = ((await scoreAt(moved(STEP))) - (await scoreAt(moved(-STEP)))) / (2 * STEP);
  const claimedBy = (claim: Float32Array): number =>
    direction.reduce((sum, component, index) => sum + component * claim[index]!, 0);
  return { errorOf: (claim: Float32Array) => Math.abs(claimedBy(claim) / measured - 1) };
}

describe.each([
  [75, 75],
  [101, 83],
])('Inception V3 to mixed5 at %i×%i', (rows, columns) => {
  const picture = seededPicture(rows, columns, 1);
  let score: number;
  let gradient: Float32Array;

  beforeAll(async () => {
    const result = await ascent.at(picture);
    score = result.score;
    gradient = result.gradient.slice();
  });

  it('scores what the layer says, seen without any rewrite', async () => {
    expect(gradient).toHaveLength(3 * rows * columns);
    const expected = await scoreAt(picture);
    expect(Math.abs(score / expected - 1)).toBeLessThan(1e-5);
  });

  it('has the gradient that finite differences find', async () => {
    const errors: Record<string, number> = {};
    for (const [name, weight] of Object.entries(weights)) {
      errors[name] = (await slopesAlong(picture, gradient, weight)).errorOf(gradient);
    }
    const found = Object.values(errors);
    const report = JSON.stringify(errors);
    expect(Math.max(...found), report).toBeLessThan(TOLERANCE);
    const mean = found.reduce((sum, error) => sum + error, 0) / found.length;
    expect(mean, report).toBeLessThan(TOLERANCE / 2);
  });

  it('would not pass with a gradient that is wrong', async () => {
    const all = await slopesAlong(picture, gradient, weights['the gradient itself']!);
    const shifted = Float32Array.from(gradient, (_, index) => gradient[index + 1] ?? 0);
    expect(all.errorOf(shifted)).toBeGreaterThan(0.5);
    const longer = gradient.map((value) => 1.01 * value);
    expect(all.errorOf(longer)).toBeGreaterThan(TOLERANCE);
    const edge = await slopesAlong(picture, gradient, borders);
    const withoutFirstRow = gradient.map((value, index) =>
      Math.floor(index / columns) % rows === 0 ? 0 : value,
    );
    expect(edge.errorOf(withoutFirstRow)).toBeGreaterThan(TOLERANCE);
  });
});
