/**
 * How pictures are to be brought to a network: by what its file says, by how it scales them itself,
 * by what its normalisations remember, by its kind, else by how far its scores are apart.
 */
import type { PictureSize } from '../../engines/engine.ts';
import type { Compiler } from '../../engines/program.ts';
import { survey } from '../../engines/survey.ts';
import { slice } from '../../graph/graph.ts';
import type { Graph } from '../../graph/graph.ts';
import { imageHints } from '../../importers/image-notes.ts';
import type { InputHints } from '../../importers/imported.ts';
import { weightsOf } from '../../importers/weights.ts';
import { logitsOf } from '../../objectives/logits.ts';
import { withPicture } from '../picture-input.ts';
import type { PictureInput } from '../picture-input.ts';
import { inputGuesses, seenAs, titleOf } from './input-guesses.ts';
import type { InputGuess } from './input-guesses.ts';
import { knownKind } from './known-kinds.ts';
import type { Clues } from './known-kinds.ts';
import { samplePictures } from './sample-pictures.ts';
import { fitsByScaling, scalingInside } from './scaling-inside.ts';
import { fitsByStatistics } from './statistics.ts';
import type { Fit } from './statistics.ts';

export interface InputWay {
  readonly input: PictureInput;
  /** In words: '-1..1'. */
  readonly title: string;
  /** Why: a sentence without a full stop. */
  readonly evidence: string;
  /** Whether it is no more than a guess. */
  readonly sure: boolean;
}

export interface Subject extends Clues {
  readonly size: PictureSize;
  readonly channels: number;
}

/** Beyond these a score's spread over pictures tells that the range is wrong. */
const [LEAST_SPREAD, MOST_SPREAD] = [0.3, 40];
const PICTURES = 3;
/** The runner-up must be so much worse. */
const CLEARLY = 1.5;

/** What leaves a picture as it is. */
const UNCHANGED: PictureInput = { range: [0, 255], channelOrder: 'rgb' };

export async function findInputWay(subject: Subject, compiler: Compiler): Promise<InputWay> {
  const { imported, channels } = subject;
  const hints = { ...imageHints(subject.notes), ...imported.hints };
  const said = bySaid(hints, channels);
  if (said) return said;
  const raw = withPicture(imported.graph, UNCHANGED);
  const blue = hints.channelOrder === 'bgr';
  const guesses = inputGuesses(channels);
  const scaled = scalingInside(imported.graph);
  if (scaled !== null) {
    await imported.weights.ready(weightsOf(slice(imported.graph, [scaled])));
    const plain = guesses.filter(({ input }) => input.mean === undefined);
    const [best] = await fitsByScaling(raw, scaled, plain, compiler);
    return asWay(
      best!.guess,
      `the network scales pictures itself (up to its node '${scaled}'), which suits that`,
      true,
    );
  }
  const likely = guesses.filter(({ input }) => (input.channelOrder === 'bgr') === blue);
  likely.sort((a, b) => likelihood(b, subject.format) - likelihood(a, subject.format));
  const fits = await fitsByStatistics({ ...subject, raw }, likely, compiler);
  if (fits.length > 0) return byFits(fits);
  const kind = knownKind(subject);
  if (kind) {
    const { channelOrder = kind.input.channelOrder } = hints;
    const input = { ...kind.input, channelOrder };
    return { input, title: titleOf(input), evidence: `it is ${kind.title}`, sure: true };
  }
  return byScores(subject, raw, likely, compiler);
}

/** What PyTorch exports is mostly of torchvision's kind, what Caffe trained of its own. */
function likelihood({ input }: InputGuess, format: string): number {
  if (/onnx/i.test(format)) return Number(input.std !== undefined);
  if (/caffe/i.test(format))
    return Number(input.range[1] === 255) + Number(input.mean !== undefined);
  return 0;
}

/** By the network's file, or by one beside it. */
function bySaid(hints: InputHints, channels: number): InputWay | null {
  const { mean, scale, range, channelOrder = 'rgb' } = hints;
  if (range) {
    const input: PictureInput = { range: [...range], channelOrder };
    const evidence = 'its notes say so (Image.NominalPixelRange)';
    return { input, title: titleOf(input), evidence, sure: true };
  }
  if (mean === undefined && scale === undefined) return null;
  const usable = mean !== undefined && mean.length === channels ? [...mean] : (mean?.[0] ?? 0);
  const input: PictureInput = {
    ...{ range: [0, 255], channelOrder, mean: usable },
    ...(scale === undefined ? {} : { std: 1 / scale }),
  };
  return { input, title: titleOf(input), evidence: 'the file says so', sure: true };
}

function byFits([best, second]: readonly Fit[]): InputWay {
  const { guess, mismatch } = best!;
  const sure = second === undefined || second.mismatch > CLEARLY * mismatch;
  const rival =
    second === undefined ? '' : `, ${second.mismatch.toFixed(2)} for ${second.guess.title}`;
  const numbers = `${mismatch.toFixed(2)} off${rival}`;
  return asWay(
    guess,
    `its normalisations remember means and spreads that come again so (${numbers})`,
    sure,
  );
}

/** The most usual of the guesses with which scores are neither all alike nor without measure. */
async function byScores(
  { imported, size }: Subject,
  raw: Graph,
  guesses: readonly InputGuess[],
  compiler: Compiler,
): Promise<InputWay> {
  const { node } = logitsOf(raw, imported.output);
  await imported.weights.ready(weightsOf(slice(raw, [node])));
  const pictures = samplePictures(PICTURES, size, 2);
  const spreadsOf = async (some: readonly InputGuess[]): Promise<Tried[]> => {
    const seen = some.flatMap(({ input }) => pictures.map((picture) => seenAs(picture, input)));
    const found = await survey(compiler, raw, [node], seen);
    const scores = found.map((values) => values.get(node)!.data);
    return some.map((guess, index) => ({
      guess,
      spread: spreadOf(scores.slice(index * PICTURES, (index + 1) * PICTURES)),
    }));
  };
  const [usualest, ...others] = guesses;
  const first = await spreadsOf([usualest!]);
  return bySpreads(first.some(isSensible) ? first : [...first, ...(await spreadsOf(others))]);
}

interface Tried {
  readonly guess: InputGuess;
  readonly spread: number;
}

function isSensible({ spread }: Tried): boolean {
  return spread > LEAST_SPREAD && spread < MOST_SPREAD;
}

function bySpreads(tried: readonly Tried[]): InputWay {
  const listed = tried
    .map(({ guess, spread }) => `by ${spread.toPrecision(2)} with ${guess.title}`)
    .join('; ');
  const sensible = tried.find(isSensible);
  const what = sensible
    ? 'the most usual of those with which scores differ between pictures within reason'
    : 'the most usual; scores differ between pictures within reason with none';
  return asWay((sensible ?? tried[0]!).guess, `${what} (${listed})`, false);
}

/** Of each score over the pictures, in the mean of the scores. */
function spreadOf(scores: readonly Float32Array[]): number {
  const count = scores[0]!.length;
  let sum = 0;
  for (let at = 0; at < count; at++) {
    const values = scores.map((each) => each[at]!);
    const mean = values.reduce((total, value) => total + value, 0) / values.length;
    sum += values.reduce((total, value) => total + (value - mean) ** 2, 0) / values.length;
  }
  return Math.sqrt(sum / count);
}

function asWay({ title, input }: InputGuess, evidence: string, sure: boolean): InputWay {
  return { input, title, evidence, sure };
}
