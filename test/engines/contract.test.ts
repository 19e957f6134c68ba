/**
 * What every engine must do: one suite, run over all of them. Where engines may differ, the
 * difference is declared, with the reason, and tested to be there.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { briefly } from '../../src/engines/brief.ts';
import { PICTURE } from '../../src/engines/engine.ts';
import type { GradientEngine, Planes } from '../../src/engines/engine.ts';
import { GraphBuilder } from '../../src/graph/builder.ts';
import { slice } from '../../src/graph/graph.ts';
import type { Graph, NodeRef } from '../../src/graph/graph.ts';
import type { Objective } from '../../src/objectives/objective.ts';
import { parseObjective } from '../../src/objectives/parse.ts';
import { loadModel } from '../../src/studio/catalogue.ts';
import { seededConstant } from '../cases/ops.ts';
import { allSubjects, usualSubjects } from '../helpers/engine-subjects.ts';
import { relativeDifference } from '../helpers/finite-differences.ts';
import { narrow } from '../helpers/narrow.ts';
import { seededPicture } from '../helpers/planes.ts';

/** `npm run test:engines` asks for all engines that this machine has. */
const { subjects, missing } = await (process.env['ENGINES'] === 'all'
  ? allSubjects()
  : usualSubjects());

const WIDTH = 52;

beforeAll(() => {
  const rows = [
    ...subjects.map(({ title, engine }) => `  yes  ${title.padEnd(WIDTH)} ${engine.describe()}`),
    ...missing.map(({ title, reason }) => `  no   ${title.padEnd(WIDTH)} ${reason}`),
  ];
  console.log(`Engines of this run\n${rows.join('\n')}`);
});

for (const { title, reason } of missing) {
  it(`${title} is not tried`, ({ skip }) => {
    skip(reason);
  });
}

const mean: Objective = parseObjective('y', { measure: 'mean' });
const meanSquare: Objective = parseObjective('y', { measure: 'mean-square' });

/** A graph from the picture to the layer y. */
function networkOf(build: (builder: GraphBuilder, x: NodeRef) => NodeRef): Graph {
  const builder = new GraphBuilder();
  const x = builder.input(PICTURE, [1, null, null, 3]);
  builder.layers.set('y', build(builder, x));
  return builder;
}

const scaled = networkOf((builder, x) => builder.add('mul', [x, builder.scalar(1 / 64)]));
const convolved = networkOf((builder, x) => {
  const filter = seededConstant(builder, [3, 3, 3, 5], 1);
  return builder.add('conv2d', [builder.add('mul', [x, builder.scalar(1 / 64)]), filter], {
    size: [3, 3],
    strides: [2, 2],
    dilations: [1, 1],
    padding: 'same',
    groups: 1,
  });
});

/** With a filter of so many bytes that it is not part of a brief ascent's model. */
const wide = networkOf((builder, x) => {
  const attributes = { size: [3, 3], strides: [1, 1], dilations: [1, 1], padding: 'same' };
  const first = seededConstant(builder, [3, 3, 3, 32], 2);
  const second = seededConstant(builder, [3, 3, 32, 64], 3);
  const scaledDown = builder.add('mul', [x, builder.scalar(1 / 64)]);
  const seen = builder.add('conv2d', [scaledDown, first], { ...attributes, groups: 1 });
  return builder.add('conv2d', [seen, second], { ...attributes, groups: 1 });
});

/** Score and gradient, by an ascent of its own, calibrated at the picture. */
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

/** The mean of f over all values of a picture, in float64. */
function meanOver({ data }: Planes, f: (value: number) => number): number {
  return data.reduce((sum, value) => sum + f(value), 0) / data.length;
}

describe.each(subjects)('the engine $title', ({ engine, differences, held }) => {
  it('says what it is', () => {
    expect(engine.name).toMatch(/^(onnx|tensorflow)$/);
    expect(engine.describe()).toMatch(/\d+\.\d+\.\d+ on \w+/);
  });

  it('gives the score and its gradient as planes, as large as the picture', async () => {
    const picture = seededPicture(7, 10, 1);
    const { score, gradient } = await climb(engine, scaled, meanSquare, picture);
    const expected = meanOver(picture, (value) => (value / 64) ** 2);
    expect(Math.abs(score / expected - 1)).toBeLessThan(1e-6);
    const slopes = picture.data.map((value) => (2 * value) / (64 * 64 * picture.data.length));
    expect(relativeDifference(gradient, slopes)).toBeLessThan(1e-6);
  });

  it('gives the same where it is prepared for a few steps', async () => {
    const picture = seededPicture(9, 12, 5);
    const usual = await climb(engine, wide, meanSquare, picture);
    const ready = briefly(engine);
    // The second has the memory of the first.
    for (let time = 0; time < 2; time++) {
      const brief = await climb(ready, wide, meanSquare, picture);
      expect(Math.abs(brief.score / usual.score - 1)).toBeLessThan(1e-5);
      expect(relativeDifference(brief.gradient, usual.gradient)).toBeLessThan(1e-5);
    }
  });

  it('tells channels and directions apart', async () => {
    // The one value that counts: row 2 + 1, column 4 + 3 of the blue plane.
    const one = networkOf((builder, x) =>
      builder.add('crop', [x], { before: [0, 3, 7, 2], after: [0, 3, 2, 0] }),
    );
    const { score, gradient } = await climb(engine, one, mean, seededPicture(7, 10, 1));
    const place = (2 * 7 + 3) * 10 + 7;
    expect(score).toBeCloseTo(seededPicture(7, 10, 1).data[place]!, 3);
    expect([...gradient.keys()].filter((index) => gradient[index] !== 0)).toEqual([place]);
    expect(gradient[place]).toBe(1);
  });

  it('evaluates rows, columns, channels in this order, and other shapes as they are', async () => {
    const builder = GraphBuilder.from(scaled);
    const y = builder.layers.get('y')!;
    const spread = { axes: [1, 2], keepDimensions: false };
    const everything = { axes: [0, 1, 2, 3], keepDimensions: false };
    const channels = builder.add('reduceMean', [y], spread, 'channels');
    const total = builder.add('reduceSum', [y], everything, 'total');
    const evaluation = await engine.evaluate(builder, [total, y, channels]);
    for (const [rows, columns] of [
      [4, 5],
      [6, 3],
    ] as const) {
      const picture = seededPicture(rows, columns, rows);
      const cells = rows * columns;
      const values = await evaluation.at(picture);
      expect([...values.keys()]).toEqual(['total', y, 'channels']);
      const found = values.get(y)!;
      expect(found.shape).toEqual([1, rows, columns, 3]);
      const channelsLast = Float32Array.from(
        found.data,
        (_, index) => picture.data[(index % 3) * cells + Math.floor(index / 3)]! / 64,
      );
      expect(relativeDifference(found.data, channelsLast)).toBeLessThan(1e-6);
      expect(values.get('channels')!.shape).toEqual([1, 3]);
      const means = [0, 1, 2].map((channel) =>
        meanOver(
          { ...picture, data: picture.data.subarray(channel * cells, (channel + 1) * cells) },
          (value) => value / 64,
        ),
      );
      expect(relativeDifference(values.get('channels')!.data, means)).toBeLessThan(1e-6);
      expect(values.get('total')!.shape).toEqual([]);
      expect(values.get('total')!.data[0]! / (means.reduce((a, b) => a + b) * cells)).toBeCloseTo(
        1,
      );
    }
    await evaluation.dispose();
  });

  it('gives values that later calls leave alone', async () => {
    const evaluation = await engine.evaluate(convolved, [convolved.layers.get('y')!]);
    const [first] = [...(await evaluation.at(seededPicture(6, 8, 1))).values()];
    const copy = first!.data.slice();
    await evaluation.at(seededPicture(6, 8, 2));
    expect(first!.data).toEqual(copy);
    await evaluation.dispose();
  });

  it('gives the same bytes for the same picture, whatever came between', async () => {
    const ascent = await engine.prepare(convolved, meanSquare);
    const picture = seededPicture(9, 12, 1);
    const first = await ascent.at(picture);
    const copy = { score: first.score, gradient: first.gradient.slice() };
    const other = await ascent.at(seededPicture(12, 7, 2));
    expect(other.gradient).toHaveLength(3 * 12 * 7);
    expect(other.score).not.toBe(copy.score);
    const again = await ascent.at(picture);
    expect({ score: again.score, gradient: again.gradient.slice() }).toEqual(copy);
    await ascent.dispose();
  });

  it('leaves the picture that it is given as it is', async () => {
    const picture = seededPicture(9, 12, 1);
    await climb(engine, convolved, meanSquare, picture);
    expect(picture.data).toEqual(seededPicture(9, 12, 1).data);
  });

  it('climbs pictures of every size with one ascent, as with one made for each', async () => {
    const ascent = await engine.prepare(convolved, meanSquare);
    for (const [rows, columns] of [
      [9, 12],
      [12, 9],
      [5, 5],
      [16, 3],
    ] as const) {
      const picture = seededPicture(rows, columns, rows + columns);
      const found = await ascent.at(picture);
      const alone = await climb(engine, convolved, meanSquare, picture);
      expect(found.score).toBe(alone.score);
      expect(found.gradient).toEqual(alone.gradient);
    }
    await ascent.dispose();
  });

  it('scores the mean over the cells that there are: a larger picture does not score more', async () => {
    const ascent = await engine.prepare(scaled, mean);
    const flat = (rows: number, columns: number): Planes => ({
      rows,
      columns,
      data: new Float32Array(3 * rows * columns).fill(96),
    });
    expect((await ascent.at(flat(4, 5))).score).toBeCloseTo(1.5, 5);
    const { score, gradient } = await ascent.at(flat(20, 31));
    expect(score).toBeCloseTo(1.5, 5);
    expect(gradient[0]! * 3 * 20 * 31 * 64).toBeCloseTo(1, 5);
    await ascent.dispose();
  });

  describe('calibrated', () => {
    const whitened = parseObjective('y', { measure: 'mean-square', whiten: 0.75 });
    const [one, other] = [seededPicture(8, 9, 1), seededPicture(11, 6, 2)];
    // Planes of different strength, so that whitening has something to do.
    one.data.forEach((_, index) => (one.data[index]! /= 1 + Math.floor(index / 72)));

    /** Σ weights · energies, with the weights of one picture and the energies of another. */
    function expectedScore(calibration: Planes, picture: Planes): number {
      const energies = (planes: Planes): number[] =>
        [0, 1, 2].map((channel) => {
          const cells = planes.rows * planes.columns;
          const data = planes.data.subarray(channel * cells, (channel + 1) * cells);
          return meanOver({ ...planes, data }, (value) => (value / 64) ** 2);
        });
      const strengths = energies(calibration);
      const typical = (strengths[0]! + strengths[1]! + strengths[2]!) / 3;
      const weights = strengths.map(
        (strength) => 0.25 + (0.75 * typical) / (strength + 0.3 * typical),
      );
      return (
        energies(picture).reduce((sum, energy, channel) => sum + weights[channel]! * energy, 0) / 3
      );
    }

    it('holds what it learned of one picture while it climbs others, until the next time', async () => {
      const ascent = await engine.prepare(scaled, whitened);
      await ascent.calibrate(one);
      expect((await ascent.at(one)).score / expectedScore(one, one)).toBeCloseTo(1, 5);
      expect((await ascent.at(other)).score / expectedScore(one, other)).toBeCloseTo(1, 5);
      await ascent.calibrate(other);
      expect((await ascent.at(one)).score / expectedScore(other, one)).toBeCloseTo(1, 5);
      // The control: the two calibrations differ by far more than that.
      expect(expectedScore(other, one) / expectedScore(one, one)).not.toBeCloseTo(1, 1);
      await ascent.dispose();
    });

    it('holds it constant in the gradient too', async () => {
      const { gradient } = await climb(engine, scaled, whitened, one);
      const step = 0.5;
      for (const index of [3, 80, 200]) {
        const moved = (by: number): Planes => ({
          ...one,
          data: one.data.map((value, place) => (place === index ? value + by : value)),
        });
        const [up, down] = [expectedScore(one, moved(step)), expectedScore(one, moved(-step))];
        expect(gradient[index]! / ((up - down) / (2 * step))).toBeCloseTo(1, 4);
      }
    });

    it('does nothing for an objective that has nothing to learn', async () => {
      const ascent = await engine.prepare(scaled, meanSquare);
      const before = (await ascent.at(one)).score;
      await ascent.calibrate(other);
      expect((await ascent.at(one)).score).toBe(before);
      await ascent.dispose();
    });
  });

  it('disposes of one ascent without harm to another, and twice without harm', async () => {
    const [first, second] = [
      await engine.prepare(convolved, meanSquare),
      await engine.prepare(convolved, meanSquare),
    ];
    const picture = seededPicture(9, 12, 1);
    const { score } = await first.at(picture);
    await first.dispose();
    await first.dispose();
    expect((await second.at(picture)).score).toBe(score);
    await second.dispose();
  });

  it.runIf(held)(
    'holds on to nothing between calls, and to nothing at all when it is done',
    async () => {
      const before = held!();
      const objective = parseObjective('y', { measure: 'mean', whiten: 1 });
      const ascent = await engine.prepare(convolved, objective);
      await ascent.calibrate(seededPicture(6, 6, 1));
      await ascent.at(seededPicture(6, 6, 1));
      const prepared = held!();
      expect(prepared).toBeGreaterThan(before);
      await ascent.calibrate(seededPicture(9, 6, 1));
      await ascent.at(seededPicture(8, 6, 1));
      expect(held!()).toBe(prepared);
      await ascent.dispose();
      expect(held!()).toBe(before);

      const evaluation = await engine.evaluate(convolved, [convolved.layers.get('y')!]);
      await evaluation.at(seededPicture(6, 6, 1));
      await evaluation.dispose();
      expect(held!()).toBe(before);
    },
  );

  it('has its own way on the bounds of a clip, and the same beside them', async () => {
    const limited = networkOf((builder, x) => builder.add('clip', [x], { low: 0, high: 6 }));
    const values = [-1, 0, 1, 5, 6, 7];
    const picture: Planes = {
      rows: 1,
      columns: 6,
      data: Float32Array.from({ length: 18 }, (_, index) => values[index % 6]!),
    };
    const { gradient } = await climb(engine, limited, mean, picture);
    const bound = differences.slopeOnBoundOfClip;
    const slopes = [0, bound, 1, 1, bound, 0].map((slope) => slope / 18);
    expect([...gradient.subarray(0, 6)].map((slope) => slope * 18)).toEqual(
      slopes.map((slope) => expect.closeTo(slope * 18, 5) as number),
    );
  });

  it('differentiates a dilated convolution, or says that it cannot', async () => {
    const dilated = networkOf((builder, x) =>
      builder.add('conv2d', [x, seededConstant(builder, [2, 3, 3, 4], 1)], {
        size: [2, 3],
        strides: [1, 1],
        dilations: [2, 1],
        padding: 'same',
        groups: 1,
      }),
    );
    const climbed = climb(engine, dilated, mean, seededPicture(8, 9, 1));
    const { refusesDilation } = differences;
    if (refusesDilation === undefined) await expect(climbed).resolves.toBeDefined();
    else await expect(climbed).rejects.toThrow(refusesDilation);
    const evaluation = await engine.evaluate(dilated, [dilated.layers.get('y')!]);
    const [values] = [...(await evaluation.at(seededPicture(8, 9, 1))).values()];
    expect(values!.shape).toEqual([1, 8, 9, 4]);
    await evaluation.dispose();
  });
});

describe('the engines agree on a narrowed Inception V3', () => {
  const picture = seededPicture(75, 101, 3);
  let graph: Graph;

  beforeAll(async () => {
    const model = await loadModel('inception_v3');
    const mixed5 = model.graph.layers.get('mixed5')!;
    await model.ready([mixed5]);
    graph = narrow(slice(model.graph, [mixed5]), 8);
  });

  // On a software device this takes minutes; test/engines/onnx-webgpu.test.ts has smaller ones.
  const quick = subjects.filter(({ slow }) => slow !== true);
  const [first, ...others] = quick;

  it.each([
    ['mixed5', { measure: 'mean-square' }],
    ['mixed5:pre', { measure: 'mean' }],
    ['mixed3:59', { measure: 'mean-square' }],
    ['mixed2:0.2,mixed3:3-20:0.5,mixed4:2,mixed5:-1.5', { measure: 'mean-square', border: 1 }],
    ['mixed4', { measure: 'mean-square', whiten: 1 }],
  ] as const)('at %s, score and gradient', async (words, options) => {
    const objective = parseObjective(words, options);
    const ours = await climb(first!.engine, graph, objective, picture);
    expect(Math.max(...ours.gradient.map(Math.abs))).toBeGreaterThan(0);
    for (const { engine } of others) {
      const theirs = await climb(engine, graph, objective, picture);
      expect(Math.abs(ours.score / theirs.score - 1)).toBeLessThan(1e-4);
      expect(relativeDifference(ours.gradient, theirs.gradient)).toBeLessThan(1e-4);
      // The negative control: a gradient of one pixel further on is far off.
      const shifted = theirs.gradient.map((_, index) => theirs.gradient[index + 1] ?? 0);
      expect(relativeDifference(ours.gradient, shifted)).toBeGreaterThan(0.1);
    }
  });

  it('at every layer on the way, value by value', async () => {
    const layers = ['conv2d_1', 'conv2d_5', 'mixed0', 'mixed3', 'mixed5'].map((layer) =>
      graph.layers.get(layer)!,
    );
    const [ours, ...theirs] = await Promise.all(
      quick.map(async ({ engine }) => {
        const evaluation = await engine.evaluate(graph, layers);
        const values = await evaluation.at(picture);
        await evaluation.dispose();
        return values;
      }),
    );
    for (const layer of layers) {
      const found = ours!.get(layer)!;
      const alive = found.data.filter((value) => value > 0).length / found.data.length;
      expect(alive).toBeGreaterThan(0.2);
      for (const values of theirs) {
        expect(values.get(layer)!.shape).toEqual(found.shape);
        expect(relativeDifference(found.data, values.get(layer)!.data)).toBeLessThan(1e-5);
      }
    }
  });
});
