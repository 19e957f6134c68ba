/** What objectives score, against sums over a layer's values; and that dreams climb them. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Evaluated } from '../../src/engines/engine.ts';
import { onnxEngine } from '../../src/engines/onnx.ts';
import { GraphBuilder } from '../../src/graph/builder.ts';
import { tapsOf } from '../../src/graph/taps.ts';
import { DreamError } from '../../src/kit/errors.ts';
import { mean } from '../../src/objectives/mean.ts';
import { meanSquare } from '../../src/objectives/mean-square.ts';
import type { Objective } from '../../src/objectives/objective.ts';
import { parseObjective } from '../../src/objectives/parse.ts';
import { weightedSum } from '../../src/objectives/weighted-sum.ts';
import { loadModel } from '../../src/studio/catalogue.ts';
import type { Model } from '../../src/studio/catalogue.ts';
import { assertAscends, climb } from '../helpers/ascends.ts';
import { seededPicture } from '../helpers/planes.ts';

const LAYER = 'block_2_expand';
const LOWER = 'block_1_expand';
const picture = seededPicture(60, 75, 1);
const square = { measure: 'mean-square' } as const;

let model: Model;
let values: Evaluated;
let lower: Evaluated;

beforeAll(async () => {
  model = await loadModel('mobilenet_v2');
  const nodes = [LAYER, LOWER].map((layer) => model.graph.layers.get(layer)!);
  await model.ready(nodes);
  const evaluation = await onnxEngine({ threads: 1 }).evaluate(model.graph, nodes);
  const found = await evaluation.at(picture);
  [values, lower] = nodes.map((node) => found.get(node)!) as [Evaluated, Evaluated];
  await evaluation.dispose();
});

async function scoreOf(objective: Objective): Promise<number> {
  const ascent = await onnxEngine({ threads: 1 }).prepare(model.graph, objective);
  await ascent.calibrate(picture);
  const { score } = await ascent.at(picture);
  await ascent.dispose();
  return score;
}

/** The mean of f over a layer's values, [1, rows, columns, channels], in float64. */
function meanOver(
  { shape, data }: Evaluated,
  f: (value: number, place: { row: number; column: number; channel: number }) => number | null,
): number {
  const [, , columns, channels] = shape as [number, number, number, number];
  let [sum, count] = [0, 0];
  data.forEach((value, index) => {
    const cell = Math.floor(index / channels);
    const place = {
      row: Math.floor(cell / columns),
      column: cell % columns,
      channel: index % channels,
    };
    const term = f(value, place);
    if (term === null) return;
    sum += term;
    count++;
  });
  return sum / count;
}

function expectClose(found: number, expected: number): void {
  expect(Math.abs(found / expected - 1)).toBeLessThan(1e-5);
}

describe('a score is', () => {
  it('the mean of the values, or of their squares', async () => {
    expectClose(
      await scoreOf(mean({ layer: LAYER })),
      meanOver(values, (value) => value),
    );
    expectClose(
      await scoreOf(meanSquare({ layer: LAYER })),
      meanOver(values, (v) => v * v),
    );
  });

  it('that of the channels which are named, both ends included', async () => {
    const of = (first: number, last: number) =>
      meanOver(values, (v, { channel }) => (channel >= first && channel <= last ? v * v : null));
    const last = values.shape[3]! - 1;
    expectClose(await scoreOf(parseObjective(`${LAYER}:20`, square)), of(20, 20));
    expectClose(await scoreOf(parseObjective(`${LAYER}:10-21`, square)), of(10, 21));
    expectClose(await scoreOf(parseObjective(`${LAYER}:${last}`, square)), of(last, last));
    expectClose(await scoreOf(parseObjective(`${LAYER}:0-${last}`, square)), of(0, last));
    // The control: one channel more makes a difference.
    expect(Math.abs(of(10, 21) / of(10, 20) - 1)).toBeGreaterThan(1e-3);
  });

  it("without the border's cells, over as many cells as with them (Keras's example)", async () => {
    const [, rows, columns] = values.shape as [number, number, number];
    const inside = meanOver(values, (v, { row, column }) =>
      Math.min(row, column, rows - 1 - row, columns - 1 - column) < 2 ? 0 : v * v,
    );
    expectClose(await scoreOf(meanSquare({ layer: LAYER, border: 2 })), inside);
    expect(inside).toBeLessThan(0.9 * meanOver(values, (v) => v * v));
  });

  it('of channels brought towards equal strength, the silent ones no further than so', async () => {
    const channels = values.shape[3]!;
    const energies = Array.from({ length: channels }, (_, wanted) =>
      meanOver(values, (v, { channel }) => (channel === wanted ? v * v : null)),
    );
    const typical = energies.reduce((sum, energy) => sum + energy, 0) / channels;
    for (const whiten of [0.5, 1]) {
      const weights = energies.map(
        (energy) => 1 - whiten + (whiten * typical) / (energy + 0.3 * typical),
      );
      expect(Math.max(...weights)).toBeLessThan(1 / 0.3 + 1);
      expectClose(
        await scoreOf(meanSquare({ layer: LAYER, whiten })),
        meanOver(values, (v, { channel }) => weights[channel]! * v * v),
      );
      expectClose(
        await scoreOf(mean({ layer: LAYER, whiten })),
        meanOver(values, (v, { channel }) => weights[channel]! * v),
      );
    }
  });

  it('the sum of its terms, by their weights', async () => {
    const [a, b] = [meanOver(values, (v) => v * v), meanOver(lower, (v) => v)];
    const terms = [
      { objective: meanSquare({ layer: LAYER }), weight: 2.5 },
      { objective: mean({ layer: LOWER }), weight: -0.75 },
      { objective: meanSquare({ layer: LAYER }), weight: 1 },
    ];
    expectClose(await scoreOf(weightedSum(terms)), 3.5 * a - 0.75 * b);
    expectClose(
      await scoreOf(parseObjective(`${LAYER}:2,${LOWER}:-1`, { measure: 'mean' })),
      2 * meanOver(values, (v) => v) - b,
    );
  });
});

describe('what cannot be scored', () => {
  const refused = (words: string): DreamError => {
    const builder = GraphBuilder.from(model.graph);
    const objective = parseObjective(words, square);
    try {
      objective.score({
        taps: tapsOf(builder),
        builder,
        calibrated: (value) => value,
        shareOfCell: () => builder.scalar(1),
      });
    } catch (error) {
      if (error instanceof DreamError) return error;
      throw error;
    }
    throw new Error(`expected '${words}' to be refused`);
  };

  it.each([
    ['144', '144'],
    ['99999999999999999999', '100000000000000000000'],
    ['100-144', '100-144'],
    ['20-10', '20-10'],
  ])('a channel that the layer has not: %s', (channels, named) => {
    const error = refused(`${LAYER}:${channels}`);
    expect(error).toMatchObject({ code: 'bad-channel' });
    expect(error.message).toBe(`layer '${LAYER}' has channels 0 to 143; got ${named}`);
  });

  it('a layer that the network has not, also as one of several', () => {
    expect(refused(`${LAYER},blok_3_expand:-1`)).toMatchObject({ code: 'unknown-layer' });
    expect(refused('block_3_expnd:pre').message).toContain('nearest: block_3_expand');
  });

  it('a layer without rows and columns', () => {
    expect(refused('dense_3').message).toContain('has no rows and columns: its shape is [1, 5]');
    expect(refused('dense_3:4')).toMatchObject({ code: 'unknown-layer' });
  });
});

describe('three steps raise the score of', () => {
  it.each([
    ['a layer', LAYER, square],
    ["a layer's mean", LAYER, { measure: 'mean' }],
    ['a layer before its activation', `${LAYER}:pre`, square],
    ['the mean before the activation', `${LAYER}:pre`, { measure: 'mean' }],
    ['one channel', `${LAYER}:pre:20`, { measure: 'mean' }],
    ['a range of channels', `${LAYER}:10-21`, square],
    ['several layers', `${LOWER}:0.2,${LAYER}:2`, square],
    ['what is dreamed away from', `${LAYER}:-1`, square],
    ['one layer against another', `${LAYER}:1,${LOWER}:-0.5`, square],
    ['a layer without its border', LAYER, { ...square, border: 2 }],
    ['whitened channels', LAYER, { ...square, whiten: 1 }],
    ['whitened means', LAYER, { measure: 'mean', whiten: 0.5 }],
  ] as const)('%s', async (_, words, options) => {
    await assertAscends(model.graph, parseObjective(words, options), picture);
  });

  it('and a negative weight makes a layer weaker', async () => {
    const against = parseObjective(`${LAYER}:-1`, square);
    const { scores } = await climb(model.graph, against, picture, 1);
    expect(scores[0]).toBeLessThan(0);
    expect(Math.abs(scores.at(-1)!)).toBeLessThan(0.9 * Math.abs(scores[0]!));
  });

  it('on Inception V3 as well', async () => {
    const inception = await loadModel('inception_v3');
    await inception.ready([inception.graph.layers.get('mixed0')!]);
    const larger = seededPicture(91, 103, 2);
    await assertAscends(inception.graph, parseObjective('mixed0', square), larger);
    await assertAscends(
      inception.graph,
      parseObjective('mixed0:pre:100', { measure: 'mean' }),
      larger,
    );
  });
});
