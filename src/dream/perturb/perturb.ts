/** The smallest change of a picture that makes a network say something else. */
import type { Ascent, PictureSize } from '../../engines/engine.ts';
import { throwIfCancelled } from '../../kit/cancelled.ts';
import { DreamError } from '../../kit/errors.ts';
import { allOf, cropped, pasted } from '../crop.ts';
import type { Part } from '../crop.ts';
import type { Frame } from '../dream.ts';
import { copyImage } from '../image.ts';
import type { Image } from '../image.ts';
import { scoreThrough } from '../windows/ascent.ts';
import { sample, spread } from '../windows/sample.ts';
import { wholeWindow } from '../windows/window.ts';
import type { Attack, Problem } from './attack.ts';
import { psnr } from './compare.ts';
import { rounded } from './round.ts';
import { settle } from './settle.ts';
import { lowestScore, steadied } from './steady.ts';

/**
 * The margin that the search must pass: more than 0, so that neither rounding nor another
 * machine's last digits undo it.
 */
const BOUND = 0.2;

/** The margin that a picture of whole levels must reach, by one way to resize it or by all. */
const ROUNDED_BOUND = 0.1;
const STEADY_ROUNDED_BOUND = 0.8;

/** Decibels: a larger change may be seen. */
const UNSEEN = 40;

export interface PerturbOptions {
  readonly picture: Image;
  /** Its score is a margin: above 0 the network says what it is to say. */
  readonly ascent: Ascent;
  /** The pictures that the network takes. */
  readonly size: PictureSize;
  readonly attack: Attack;
  /** What the network is shown: the rest of the picture stays as it is. @default all of it */
  readonly part?: Part | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The picture with the smallest change that was found, in whole levels: what a file of 8 bits
 * holds succeeds. It does so by every usual way to resize the picture where that can be had unseen;
 * else by means of areas alone, which is how this program looks.
 *
 * @throws DreamError 'cancelled', 'bad-option' where nothing was found
 */
export async function* perturb(asked: PerturbOptions): AsyncGenerator<Frame, Image, void> {
  const { picture, attack, signal, part = allOf(picture) } = asked;
  const options = { ...asked, picture: cropped(picture, part) };
  const problem = problemOf(options);
  if ((await lowestScore(options.picture, options)).score >= ROUNDED_BOUND)
    return copyImage(picture);
  const search = attack.search(problem);
  const { steps } = attack;
  for (let started = performance.now(); ; started = performance.now()) {
    throwIfCancelled(signal);
    const next = await search.next();
    if (next.done) {
      const change = changeOf(options, problem, next.value);
      const whole = (changed: Image): Image => pasted(rounded(picture), part, changed);
      const steady = await steadyChange(options, change);
      if (steady && psnr(picture, whole(steady)) >= UNSEEN) return whole(steady);
      return whole(await leastChange(options, change));
    }
    const gradientSeconds = (performance.now() - started) / 1000;
    yield { octave: 0, octaves: 1, steps, ...next.value, gradientSeconds, image: picture };
  }
}

/** With a change that holds by every way to resize the picture; null where none was found. */
async function steadyChange(options: PerturbOptions, change: Float32Array): Promise<Image | null> {
  const steady = await steadied(options.picture, change, options);
  return (
    steady &&
    settle(options.picture, steady, async (image) => {
      return (await lowestScore(image, options)).score >= STEADY_ROUNDED_BOUND;
    })
  );
}

/** With a change that holds by means of areas. @throws DreamError 'bad-option' */
async function leastChange(options: PerturbOptions, change: Float32Array): Promise<Image> {
  const { picture, ascent, size, signal } = options;
  const settled = await settle(picture, change, async (image) => {
    throwIfCancelled(signal);
    return (await ascent.at(sample(image, wholeWindow(image), size))).score >= ROUNDED_BOUND;
  });
  if (settled) return settled;
  throw new DreamError(
    'bad-option',
    'the smallest change that was found is lost in a picture of 8 bits',
    'Try another --attack.',
  );
}

/**
 * Pixels beyond what the network takes are averaged before it sees them: the change is searched
 * for in what it sees. A picture that is smaller is searched in itself.
 */
function problemOf({ picture, ascent, size }: PerturbOptions): Problem {
  const windows = [wholeWindow(picture)];
  const bound = BOUND;
  if (isLarger(picture, size)) {
    const seen = sample(picture, windows[0]!, size);
    return { picture: seen, bound, at: (image) => ascent.at(image) };
  }
  return { picture, bound, at: (image) => scoreThrough(ascent, image, { windows, size }) };
}

function isLarger(picture: PictureSize, size: PictureSize): boolean {
  return picture.rows >= size.rows && picture.columns >= size.columns;
}

/** From the change of what the network sees to that of the picture: the least that does it, nearly. */
function changeOf(
  { picture, size }: PerturbOptions,
  problem: Problem,
  found: Float32Array | null,
): Float32Array {
  if (!found) {
    throw new DreamError(
      'bad-option',
      'no change was found that makes the network say it',
      'Try another --attack, or a dream without --perturb.',
    );
  }
  const change = found.map((value, index) => value - problem.picture.data[index]!);
  if (!isLarger(picture, size)) return change;
  const result = { ...picture, data: new Float32Array(picture.data.length) };
  const pixelsPerCell = (picture.rows * picture.columns) / (size.rows * size.columns);
  spread({ ...size, data: change }, wholeWindow(picture), result, pixelsPerCell);
  return result.data;
}
