/** DeepDream: gradient ascent on a picture, octave by octave, from small to large. */
import type { Ascent } from '../engines/engine.ts';
import { DreamError } from '../kit/errors.ts';
import { seededRandom } from '../kit/random.ts';
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
    dreamed =
      octave === 0 ? copyImage(original) : enlarge(dreamed, { original, smaller, ...recipe });
    const workspace = { rolled: createImage(rows, columns) };
    for (let step = 0; step < recipe.steps; step++) {
      if (signal?.aborted) throw new DreamError('cancelled', 'the dream was cancelled');
      const progress = recipe.steps === 1 ? 1 : step / (recipe.steps - 1);
      const { score, gradientSeconds } = await ascend(dreamed, ascent, recipe, {
        random,
        progress,
        workspace,
      });
      if (!Number.isFinite(score)) {
        throw new DreamError(
          'engine-failed',
          `the score became ${score} in octave ${octave + 1}, step ${step + 1}`,
        );
      }
      yield {
        octave,
        octaves: sizes.length,
        step: step + 1,
        steps: recipe.steps,
        score,
        gradientSeconds,
        image: dreamed,
      };
      if (recipe.stopAtScore !== undefined && score > recipe.stopAtScore) break;
    }
  }
  const result = atSize(dreamed, picture.rows, picture.columns, recipe.resampling);
  if (result === dreamed) clip(result);
  return result;
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

/**
 * The dream at the next octave's size; `dreamed` is used up. Reinjected detail is what the
 * original has at this size and lost at the smaller one.
 */
function enlarge(
  dreamed: Image,
  options: Pick<Recipe, 'reinject' | 'resampling'> & { original: Image; smaller: Image },
): Image {
  const { original, smaller, reinject, resampling } = options;
  if (!reinject) return resize(dreamed, original.rows, original.columns, resampling);
  // Resampling is linear: what the dream added to the smaller size is enlarged, once.
  for (let index = 0; index < dreamed.data.length; index++) {
    dreamed.data[index]! -= smaller.data[index]!;
  }
  const added = resize(dreamed, original.rows, original.columns, resampling);
  for (let index = 0; index < added.data.length; index++) {
    added.data[index]! += original.data[index]!;
  }
  return added;
}
