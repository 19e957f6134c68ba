/** Gradients in stages and tiles against the same gradients in one piece. */
import { describe, expect, it } from 'vitest';
import { scoredGraph } from '../../../src/engines/ascent-graph.ts';
import type { ScoredGraph } from '../../../src/engines/ascent-graph.ts';
import { PICTURE } from '../../../src/engines/engine.ts';
import type { Planes, ScoreAndGradient } from '../../../src/engines/engine.ts';
import { largeAscent } from '../../../src/engines/large/ascent.ts';
import { calibrateTiled } from '../../../src/engines/large/calibration.ts';
import type { Extent } from '../../../src/engines/large/extents.ts';
import { trunkOf } from '../../../src/engines/large/locality.ts';
import { backwardPass } from '../../../src/engines/large/placement.ts';
import type { Pass } from '../../../src/engines/large/placement.ts';
import { StagedGradient } from '../../../src/engines/large/staged.ts';
import { cutsOf } from '../../../src/engines/large/cuts.ts';
import { stagesOf } from '../../../src/engines/large/stages.ts';
import { TileRunner } from '../../../src/engines/large/tile-runner.ts';
import { Workspace } from '../../../src/engines/large/workspace.ts';
import { onnxCompiler } from '../../../src/engines/onnx.ts';
import { GRADIENT } from '../../../src/engines/program.ts';
import type { Compiler } from '../../../src/engines/program.ts';
import { tensorflowCompiler } from '../../../src/engines/tensorflow.ts';
import { shareValues, wholeAscent } from '../../../src/engines/whole.ts';
import type { Parameters as Values } from '../../../src/engines/whole.ts';
import { GraphBuilder } from '../../../src/graph/builder.ts';
import type { Padding } from '../../../src/graph/window.ts';
import { parseObjective } from '../../../src/objectives/parse.ts';
import type { ObjectiveOptions } from '../../../src/objectives/parse.ts';
import { loadModel } from '../../../src/studio/catalogue.ts';
import fc from '../../helpers/fast-check.ts';
import { relativeDifference } from '../../helpers/finite-differences.ts';
import { seededPicture } from '../../helpers/planes.ts';
import { smallNetwork } from '../../helpers/small-networks.ts';
import { plainTensorflow } from '../../helpers/tensorflow.ts';

const onnx = onnxCompiler({ threads: 1 });
const tensorflow = tensorflowCompiler(await plainTensorflow());

const TOLERANCE = 1e-4;

function scoredOf(
  padding: Padding,
  words: string,
  options: Partial<ObjectiveOptions> = {},
): ScoredGraph {
  const objective = parseObjective(words, { measure: 'mean-square', ...options });
  return scoredGraph(smallNetwork(padding), objective);
}
/** In one piece; the parameters are set on the picture itself. */
async function inOnePiece(
  compiler: Compiler,
  scored: ScoredGraph,
  picture: Planes,
): Promise<ScoreAndGradient & { parameters: Values }> {
  const parameters: Values = new Map();
  const ascent = await wholeAscent(compiler, scored, { parameters });
  await ascent.calibrate(picture);
  const { score, gradient } = await ascent.at(picture);
  await ascent.dispose();
  return { score, gradient: gradient.slice(), parameters };
}

async function inStages(
  compiler: Compiler,
  scored: ScoredGraph,
  picture: Planes,
  options: { cuts: readonly string[]; side: number; parameters: Values },
): Promise<ScoreAndGradient> {
  const { cuts, side, parameters } = options;
  const staged = await StagedGradient.compile(compiler, scored, cuts);
  // Wider than high, to tell the axes apart.
  const sides = [PICTURE, ...cuts].map(() => ({ rows: side, columns: side + 13 }));
  const result = await staged.at(picture, parameters, sides);
  await staged.dispose();
  return result;
}

/** Places to cut, from the picture on. */
function cutsFor(scored: ScoredGraph): string[] {
  return cutsOf(trunkOf(scored.graph, PICTURE));
}

describe.each([
  ['TensorFlow’s SAME', 'same'],
  ['no padding', 'valid'],
  ['padding by hand, uneven', [0, 1, 1, 0]],
] as const)('with %s', (_, padding) => {
  const picture = seededPicture(131, 102, 5);

  it.each([
    ['c', {}],
    ['b:pre', { measure: 'mean' }],
    ['b', { border: 2 }],
    ['c', { whiten: 0.7 }],
    ['a:0.3,b:1,c:-2', { whiten: 0.5 }],
  ] as const)('%s %o: staged is whole', async (words, options) => {
    const scored = scoredOf(padding, words, options);
    const whole = await inOnePiece(onnx, scored, picture);
    const { parameters } = whole;
    const cuts = cutsFor(scored);
    const chosen = [[cuts[2]!], [cuts[1]!, cuts.at(-1)!], [cuts[0]!, cuts[3]!, cuts.at(-2)!]];
    for (const some of chosen) {
      const staged = await inStages(onnx, scored, picture, { cuts: some, side: 80, parameters });
      expect(relativeDifference(staged.gradient, whole.gradient)).toBeLessThan(TOLERANCE);
      expect(staged.score / whole.score).toBeCloseTo(1, 4);
    }
  });

  it('the other engine agrees', async () => {
    const small = seededPicture(53, 48, 5);
    const scored = scoredOf(padding, 'a:0.3,b:1', { whiten: 0.5 });
    const whole = await inOnePiece(onnx, scored, small);
    const { parameters } = whole;
    const cuts = [cutsFor(scored).at(-1)!];
    const staged = await inStages(tensorflow, scored, small, { cuts, side: 36, parameters });
    expect(relativeDifference(staged.gradient, whole.gradient)).toBeLessThan(TOLERANCE);
    expect(staged.score / whole.score).toBeCloseTo(1, 4);
  });
});

it('pictures of any size, tiles of any size, cuts anywhere: staged is whole', async () => {
  const cases = fc.record({
    rows: fc.integer({ min: 60, max: 150 }),
    columns: fc.integer({ min: 60, max: 150 }),
    side: fc.integer({ min: 70, max: 110 }),
    padding: fc.constantFrom('same' as const, 'valid' as const),
    places: fc.uniqueArray(fc.integer({ min: 0, max: 8 }), { minLength: 1, maxLength: 3 }),
  });
  const property = fc.asyncProperty(cases, async ({ rows, columns, side, padding, places }) => {
    const scored = scoredOf(padding, 'b:1,c:0.5');
    const picture = seededPicture(rows, columns, 7);
    const { parameters, ...whole } = await inOnePiece(onnx, scored, picture);
    const all = cutsFor(scored);
    const cuts = [...places].sort((a, b) => a - b).map((place) => all[place + 1]!);
    const staged = await inStages(onnx, scored, picture, { cuts, side, parameters });
    expect(relativeDifference(staged.gradient, whole.gradient)).toBeLessThan(TOLERANCE);
    expect(staged.score / whole.score).toBeCloseTo(1, 4);
  });
  await fc.assert(property, { numRuns: 12 });
});

it.each<[string, Padding, readonly [number, number]]>([
  ['same', 'same', [1, 1]],
  ['same, with a stride', 'same', [2, 2]],
  ['padded by hand', [1, 0, 1, 1], [1, 1]],
  ['not padded', 'valid', [2, 1]],
])(
  'means of windows, %s: at no tile’s border they are of fewer cells',
  async (_, padding, strides) => {
    const builder = new GraphBuilder();
    const x = builder.input(PICTURE, [1, null, null, 3]);
    const scaled = builder.add('mul', [x, builder.scalar(1 / 64)]);
    const mean = builder.add('averagePool', [scaled], { size: [3, 3], strides, padding });
    builder.layers.set('y', builder.add('square', [mean]));
    const scored = scoredGraph(builder, parseObjective('y', { measure: 'mean-square' }));
    const picture = seededPicture(61, 74, 3);
    const whole = await inOnePiece(onnx, scored, picture);
    const { parameters } = whole;
    for (const cuts of [[], [mean]]) {
      const staged = await inStages(onnx, scored, picture, { cuts, side: 24, parameters });
      expect(relativeDifference(staged.gradient, whole.gradient)).toBeLessThan(TOLERANCE);
    }
  },
);

it('a calibration that fails gives back what it has opened', async () => {
  const scored = scoredOf('same', 'b', { whiten: 0.5 });
  for (const failing of [0, 1]) {
    let [compiled, open] = [0, 0];
    const compiler: Compiler = {
      ...onnx,
      compile: async (task) => {
        const fails = compiled++ === failing;
        const program = await onnx.compile(task);
        open++;
        return {
          run: (feeds) => (fails ? Promise.reject(new Error('lost')) : program.run(feeds)),
          close: () => program.close(),
          dispose: () => {
            open--;
            return program.dispose();
          },
        };
      },
    };
    const picture = seededPicture(61, 74, 3);
    const calibrated = calibrateTiled(compiler, scored, new Map(), { picture, memory: 1e9 });
    await expect(calibrated).rejects.toThrow('lost');
    expect({ compiled, open }).toEqual({ compiled: failing + 1, open: 0 });
  }
});

it('with too narrow a halo the gradient is another', async () => {
  const scored = scoredOf('same', 'b');
  const picture = seededPicture(150, 130, 9);
  const whole = await inOnePiece(onnx, scored, picture);
  const differenceWith = async (trusted: number): Promise<number> => {
    const gradient = await tiledWith(scored, picture, trusted);
    return relativeDifference(gradient, whole.gradient);
  };
  expect(await differenceWith(0)).toBeLessThan(TOLERANCE);
  expect(await differenceWith(8)).toBeGreaterThan(10 * TOLERANCE);
  expect(await differenceWith(100)).toBeGreaterThan(100 * TOLERANCE);
});

/** One stage in tiles that take `trusted` cells more for right than are. */
async function tiledWith(
  scored: ScoredGraph,
  picture: Planes,
  trusted: number,
): Promise<Float32Array> {
  const [stage] = stagesOf(scored.graph, scored.score, []);
  const pass = backwardPass(stage!);
  const program = await onnx.compile(stage!.backward);
  const whole = { ...picture, channels: 3, data: new Float32Array(picture.data.length) };
  const lying = {
    ...pass,
    program,
    side: { rows: 75, columns: 75 },
    rightOf: (...parameters: Parameters<Pass['rightOf']>) => {
      const extents = new Map<string, Extent>();
      for (const [name, extent] of pass.rightOf(...parameters)) {
        const from = Math.max(extent.tile.from, extent.right.from - trusted);
        const to = Math.min(extent.tile.to, extent.right.to + trusted);
        extents.set(name, { ...extent, right: { from, to } });
      }
      return extents;
    },
  };
  const feeds = new Map(shareValues(scored.shares, picture));
  const start = { ...picture, channels: 3 };
  await new TileRunner(new Workspace()).run(lying, { start, feeds }, (result) => {
    result.paste(GRADIENT, GRADIENT, whole);
  });
  return whole.data;
}

describe('an ascent with little memory', () => {
  /** An engine that takes its programs for thousands of times as large as they are. */
  const large: Compiler = { ...onnx, memoryFactor: 4200 };
  const budget = { whole: 0, tiled: 0 };

  it('sets weights and climbs as one with much', async () => {
    const scored = scoredOf('same', 'a:0.5,c:1', { whiten: 1 });
    const picture = seededPicture(170, 190, 3);
    const whole = await inOnePiece(onnx, scored, picture);
    const runs: number[] = [];
    const ascent = await largeAscent(counting(large, runs), scored, budget);
    await ascent.calibrate(picture);
    expect(runs.length).toBeGreaterThan(4);
    const { score, gradient } = await ascent.at(picture);
    expect(relativeDifference(gradient, whole.gradient)).toBeLessThan(TOLERANCE);
    expect(score / whole.score).toBeCloseTo(1, 4);
    // And again, in the memory of the first time.
    const again = await ascent.at(picture);
    expect(relativeDifference(again.gradient, whole.gradient)).toBeLessThan(TOLERANCE);
    await ascent.dispose();
  });

  it('goes from pictures in one piece to pictures in tiles and back', async () => {
    const scored = scoredOf('valid', 'c');
    const runs: number[] = [];
    const ascent = await largeAscent(counting(large, runs), scored, { whole: 2e9, tiled: 0 });
    for (const [rows, columns, pieces] of [
      [40, 40, 1],
      [160, 200, 5],
      [44, 41, 1],
    ] as const) {
      // prettier-ignore
      const picture = seededPicture(rows, columns, 4);
      const whole = await inOnePiece(onnx, scored, picture);
      runs.length = 0;
      const { gradient } = await ascent.at(picture);
      expect(relativeDifference(gradient, whole.gradient)).toBeLessThan(TOLERANCE);
      if (pieces === 1) expect(runs).toHaveLength(1);
      else expect(runs.length).toBeGreaterThanOrEqual(pieces);
    }
    await ascent.dispose();
  });

  it('keeps room for the largest picture from the start', async () => {
    const scored = scoredOf('valid', 'c');
    const runs: number[] = [];
    const plenty = { whole: 2e9, tiled: 0 };
    const [rows, columns] = [40, 40];
    for (const [largest, pieces] of [
      [undefined, 1],
      [{ rows, columns }, 1],
      [{ rows: 400, columns: 500 }, 5],
    ] as const) {
      const expected = largest ? { largest } : {};
      const ascent = await largeAscent(counting(large, runs), scored, plenty, expected);
      runs.length = 0;
      await ascent.at(seededPicture(rows, columns, 4));
      if (pieces === 1) expect(runs).toHaveLength(1);
      else expect(runs.length).toBeGreaterThanOrEqual(pieces);
      await ascent.dispose();
    }
  });

  it('computes Inception V3 to mixed3 in tiles', async () => {
    const model = await loadModel('inception_v3');
    await model.ready([...model.graph.layers.values()]);
    const options = { measure: 'mean-square', whiten: 1 } as const;
    const scored = scoredGraph(model.graph, parseObjective('mixed3', options));
    const picture = seededPicture(397, 410, 6);
    const whole = await inOnePiece(onnx, scored, picture);
    const runs: number[] = [];
    const greedy: Compiler = { ...counting(onnx, runs), memoryFactor: 12 };
    const ascent = await largeAscent(greedy, scored, budget);
    await ascent.calibrate(picture);
    const { score, gradient } = await ascent.at(picture);
    await ascent.dispose();
    expect(runs.length).toBeGreaterThan(8);
    expect(relativeDifference(gradient, whole.gradient)).toBeLessThan(TOLERANCE);
    expect(score / whole.score).toBeCloseTo(1, 4);
  });
});

/** Notes the cells of the picture-like inputs at every run. */
function counting(compiler: Compiler, runs: number[]): Compiler {
  return {
    ...compiler,
    async compile(task) {
      const program = await compiler.compile(task);
      return {
        run: (feeds) => {
          const cells = [...feeds.values()].map(({ data }) => data.length);
          if (Math.max(...cells) > 100) runs.push(Math.max(...cells));
          return program.run(feeds);
        },
        close: () => program.close(),
        dispose: () => program.dispose(),
      };
    },
  };
}
