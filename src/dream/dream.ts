/** DeepDream: gradient ascent on a picture, octave by octave, from small to large. */
import type { Ascent } from '../engines/engine.ts';
import { DreamError } from '../kit/errors.ts';
import { seededRandom } from '../kit/random.ts';
import type { Random } from '../kit/random.ts';
import { ascend, clip } from './ascend.ts';
import { copyImage, createImage } from './image.ts';
import type { Image } from './image.ts';
import type { OctaveSize } from './octaves.ts';
import type { Recipe } from './recipe.ts';
import { resize } from './resize.ts';

/**
 * Longest side of the picture that channel weights are measured on, in pixels: about what networks
 * are trained at.
 */
const CALIBRATION_SIDE = 299;

/** What is told after each step. */
export interface Frame {
  /** From 0. */
  readonly octave: number;
  readonly octaves: number;
  /** Steps taken in this octave, from 1. */
  readonly step: number;
  readonly steps: number;
  /** Before the step. */
  readonly score: number;
  /** Seconds that the engine took for the step's gradient. */
  readonly gradientSeconds: number;
  /** The picture as it stands, of the octave's size; it changes when the dream goes on. */
  readonly image: Image;
}

export interface DreamOptions {
  readonly picture: Image;
  readonly recipe: Recipe;
  readonly ascent: Ascent;
  /** From `planOctaves`. */
  readonly sizes: readonly OctaveSize[];
  readonly signal?: AbortSignal;
}

/**
 * Yields a frame after each step and returns the finished picture, of the size of the given one.
 * The same picture, recipe and engine give the same values.
 *
 * @throws DreamError 'cancelled' within one step of the signal
 */
export async function* dream(options: DreamOptions): AsyncGenerator<Frame, Image, void> {
  const { picture, recipe, ascent, sizes, signal } = options;
  const random = seededRandom(recipe.seed);
  await ascent.calibrate(forCalibration(picture));
  let original = picture;
  let dreamed = picture;
  for (const [octave, { rows, columns }] of sizes.entries()) {
    const smaller = original;
    original = atSize(picture, rows, columns, recipe.resampling);
    const detail = { original, smaller, resampling: recipe.resampling };
    if (octave === 0) dreamed = copyImage(original);
    else if (recipe.reinject === 'before') dreamed = enlargeWithDetail(dreamed, detail);
    else dreamed = resize(dreamed, rows, columns, recipe.resampling);
    for await (const step of climb(dreamed, { octave, ascent, recipe, random, signal })) {
      yield { octave, octaves: sizes.length, ...step, image: dreamed };
    }
    if (octave > 0 && recipe.reinject === 'after') addLostDetail(dreamed, detail);
  }
  const result = atSize(dreamed, picture.rows, picture.columns, recipe.resampling);
  if (result === dreamed) clip(result);
  return result;
}

interface Climb {
  readonly octave: number;
  readonly ascent: Ascent;
  readonly recipe: Recipe;
  readonly random: Random;
  readonly signal: AbortSignal | undefined;
}

/** An octave's steps, on `image` itself. */
async function* climb(
  image: Image,
  { octave, ascent, recipe, random, signal }: Climb,
): AsyncGenerator<Pick<Frame, 'step' | 'steps' | 'score' | 'gradientSeconds'>> {
  const { steps } = recipe;
  const workspace = { rolled: createImage(image.rows, image.columns) };
  for (let step = 1; step <= steps; step++) {
    if (signal?.aborted) throw new DreamError('cancelled', 'the dream was cancelled');
    const progress = steps === 1 ? 1 : (step - 1) / (steps - 1);
    const where = `octave ${octave + 1}, step ${step}`;
    const taken = await ascend(image, ascent, recipe, { random, progress, workspace, where });
    if (!taken.moved) return;
    yield { step, steps, score: taken.score, gradientSeconds: taken.gradientSeconds };
  }
}

/** The picture itself where it has the size already, else a new one, within 0..255. */
function atSize(
  picture: Image,
  rows: number,
  columns: number,
  resampling: Recipe['resampling'],
): Image {
  if (picture.rows === rows && picture.columns === columns) return picture;
  const resized = resize(picture, rows, columns, resampling);
  // Lanczos overshoots: what `enlarge` puts back must fit the steps, which are clipped.
  clip(resized);
  return resized;
}

/** Channel strengths hardly depend on the size: a small picture costs little time and memory. */
function forCalibration(picture: Image): Image {
  const scale = CALIBRATION_SIDE / Math.max(picture.rows, picture.columns);
  if (scale >= 1) return picture;
  const shrunk = (side: number): number => Math.max(1, Math.round(side * scale));
  // Never under what a network needs: a long, narrow picture stays as it is.
  if (Math.min(shrunk(picture.rows), shrunk(picture.columns)) < CALIBRATION_SIDE / 4)
    return picture;
  return resize(picture, shrunk(picture.rows), shrunk(picture.columns), 'lanczos');
}

interface Detail {
  /** The picture at this octave's size. */
  readonly original: Image;
  /** The picture at the size of the octave before. */
  readonly smaller: Image;
  readonly resampling: Recipe['resampling'];
}

/**
 * The dream at the next octave's size, with the detail that the original has there and lost at
 * the smaller size; `dreamed` is used up. Resampling is linear, so what the dream added to the
 * smaller size is enlarged, once, and added to the original.
 */
function enlargeWithDetail(dreamed: Image, { original, smaller, resampling }: Detail): Image {
  for (let index = 0; index < dreamed.data.length; index++) {
    dreamed.data[index]! -= smaller.data[index]!;
  }
  const enlarged = resize(dreamed, original.rows, original.columns, resampling);
  for (let index = 0; index < enlarged.data.length; index++) {
    enlarged.data[index]! += original.data[index]!;
  }
  return enlarged;
}

/** The same detail, added when the octave is done. */
function addLostDetail(dreamed: Image, { original, smaller, resampling }: Detail): void {
  const blurred = resize(smaller, original.rows, original.columns, resampling);
  for (let index = 0; index < dreamed.data.length; index++) {
    dreamed.data[index]! += original.data[index]! - blurred.data[index]!;
  }
}
