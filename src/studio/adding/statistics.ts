/**
 * What a network remembers of the pictures that it was trained on: its batch normalisations hold
 * the mean and the variance of every channel of what came to them. Where pictures are brought to
 * the network as they were in training, much the same comes again.
 */
import type { Image } from '../../dream/image.ts';
import type { Evaluated, Evaluation, PictureSize } from '../../engines/engine.ts';
import { evaluation } from '../../engines/evaluation.ts';
import type { Compiler } from '../../engines/program.ts';
import { slice } from '../../graph/graph.ts';
import type { Graph, NodeRef } from '../../graph/graph.ts';
import type { Imported } from '../../importers/imported.ts';
import { weightsOf } from '../../importers/weights.ts';
import type { StoredConstant } from '../../importers/weights.ts';
import { inferShapes } from '../../ops/shapes.ts';
import { samplePictures } from './sample-pictures.ts';
import { seenAs } from './input-guesses.ts';
import type { InputGuess } from './input-guesses.ts';

/** Those after the first few depend on more than on how the pictures came in. */
const MOST_NORMALISATIONS = 3;
const PICTURES = 3;
/** How sharp the pictures of the training were is not known: the best counts. */
const SOFTNESS = [1, 2, 3, 5];
/** Of one channel: beyond this nothing gets worse. */
const WORST = 20;
/** Pixels: what comes to the first normalisations is told by a part of a picture, too. */
const MOST_SIDE = 96;
/** Where even the best is further off, the numbers are no memory of pictures. */
const CREDIBLE = 3;
/** A channel with less variance than this is dead. */
const DEAD = 1e-5;

/** A normalisation, and what it remembers. */
interface Remembered {
  /** What is normalised. */
  readonly node: NodeRef;
  readonly mean: StoredConstant;
  readonly variance: StoredConstant;
}

export interface Fit {
  readonly guess: InputGuess;
  /** 0 where everything is as remembered. */
  readonly mismatch: number;
}

/**
 * @param raw the network with a picture that comes to it unchanged.
 * @returns the best first; nothing where the network has no normalisations that say what they hold.
 */
export async function fitsByStatistics(
  { imported, raw, size }: { imported: Imported; raw: Graph; size: PictureSize },
  guesses: readonly InputGuess[],
  compiler: Compiler,
): Promise<Fit[]> {
  const remembered = normalisationsOf(imported).slice(0, MOST_NORMALISATIONS);
  if (remembered.length === 0) return [];
  const nodes = [...new Set(remembered.map(({ node }) => node))];
  await imported.weights.ready([
    ...weightsOf(slice(imported.graph, nodes)),
    ...remembered.flatMap(({ mean, variance }) => [...mean.weights, ...variance.weights]),
  ]);
  const shapes = inferShapes(raw);
  const most = nodes.every((node) => shapes.get(node)!.length === 4) ? MOST_SIDE : Infinity;
  const seenSize = { rows: Math.min(most, size.rows), columns: Math.min(most, size.columns) };
  const beginning = await evaluation(compiler, raw, nodes);
  try {
    const best = new Map<InputGuess, number>();
    for (const softness of SOFTNESS) {
      const pictures = samplePictures(PICTURES, seenSize, softness);
      for (const guess of guesses) {
        const seen = await seenBy(beginning, pictures, guess);
        const mismatch = meanOf(remembered.map((one) => mismatchOf(one, seen.get(one.node)!)));
        best.set(guess, Math.min(mismatch, best.get(guess) ?? Infinity));
      }
    }
    const fits = [...best].map(([guess, mismatch]) => ({ guess, mismatch }));
    const credible = fits.some(({ mismatch }) => mismatch < CREDIBLE);
    return credible ? fits.sort((a, b) => a.mismatch - b.mismatch) : [];
  } finally {
    await beginning.dispose();
  }
}

/**
 * Importers make of a normalisation a product (by numbers from the variance) and a sum (with
 * numbers from the mean as well). Which of them is which, the names in the file say.
 */
function normalisationsOf({ graph, weights }: Imported): Remembered[] {
  return [...graph.nodes.values()].flatMap(({ op, inputs }) => {
    if (op !== 'add' || inputs.length !== 2) return [];
    const scaled = graph.nodes.get(inputs[0]!)!;
    if (scaled.op !== 'mul') return [];
    const factors = namesOf(graph, scaled.inputs[1]!);
    const offsets = namesOf(graph, inputs[1]!).filter((name) => !factors.includes(name));
    const variance = factors.find((name) => VARIANCE.test(name));
    const mean = offsets.find((name) => MEAN.test(name));
    if (mean === undefined || variance === undefined) return [];
    const found = { mean: weights.constant(mean), variance: weights.constant(variance) };
    return [{ node: scaled.inputs[0]!, ...found }];
  });
}

const MEAN = /mean[^/]*$|_rm_?\d*$/i;
const VARIANCE = /var[^/]*$|_riv_?\d*$/i;

function namesOf({ constants }: Graph, node: NodeRef): readonly string[] {
  const constant = constants.get(node);
  return constant && 'weights' in constant ? (constant as StoredConstant).weights : [];
}

/** Sums over all cells of all pictures, for each channel. */
interface Seen {
  readonly sums: Float64Array;
  readonly squares: Float64Array;
  cells: number;
}

async function seenBy(
  beginning: Evaluation,
  pictures: readonly Image[],
  { input }: InputGuess,
): Promise<Map<NodeRef, Seen>> {
  const seen = new Map<NodeRef, Seen>();
  for (const picture of pictures) {
    for (const [node, values] of await beginning.at(seenAs(picture, input))) {
      const channels = values.shape.at(-1)!;
      const [sums, squares] = [new Float64Array(channels), new Float64Array(channels)];
      const empty: Seen = { sums, squares, cells: 0 };
      seen.set(node, added(seen.get(node) ?? empty, values));
    }
  }
  return seen;
}

function added(seen: Seen, { data }: Evaluated): Seen {
  const { sums, squares } = seen;
  const channels = sums.length;
  for (let start = 0; start < data.length; start += channels) {
    for (let channel = 0; channel < channels; channel++) {
      const value = data[start + channel]!;
      sums[channel]! += value;
      squares[channel]! += value * value;
    }
  }
  seen.cells += data.length / channels;
  return seen;
}

/** From normal distributions seen to those remembered, in the mean of the channels: Kullback and Leibler's measure. */
function mismatchOf({ mean, variance }: Remembered, { sums, squares, cells }: Seen): number {
  const [means, variances] = [mean.read(), variance.read()];
  const each = Array.from(means, (expected, channel) => {
    const found = sums[channel]! / cells;
    const spread = Math.max(1e-12, squares[channel]! / cells - found * found);
    const wanted = variances[channel]!;
    if (wanted < DEAD && spread < DEAD) return null;
    const kept = wanted + 1e-6;
    const measure = (Math.log(kept / spread) + (spread + (found - expected) ** 2) / kept - 1) / 2;
    return Math.min(WORST, measure);
  }).filter((value) => value !== null);
  return each.length === 0 ? WORST : meanOf(each);
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
