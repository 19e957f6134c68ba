/** DeepDream: gradient ascent on a picture, octave by octave, from small to large. */
import type { Ascent } from '../engines/engine.ts';
import { throwIfCancelled } from '../kit/cancelled.ts';
import { seededRandom } from '../kit/random.ts';
import type { Random } from '../kit/random.ts';
import { ascend } from './ascend.ts';
import { guidanceFor } from './guidance.ts';
import type { Guidance } from './guidance.ts';
import { add, clip, copyImage } from './image.ts';
import type { Image } from './image.ts';
import type { OctaveSize } from './octaves.ts';
import type { Mask } from './priors/mask.ts';
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
  /** Of any size: where the picture may change. @default everywhere */
  readonly mask?: Mask | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Yields a frame after each step and returns the finished picture, of the size of the given one.
 * The same picture, recipe and engine give the same values.
 *
 * @throws DreamError 'cancelled' within one step of the signal
 */
export async function* dream(options: DreamOptions): AsyncGenerator<Frame, Image, void> {
  const { picture, recipe, ascent, sizes, mask, signal } = options;
  const random = seededRandom(recipe.seed);
  await ascent.calibrate(forCalibration(picture));
  const pictureAt = octavesOf(picture, recipe);
  let dreamed = picture;
  for (const [octave, size] of sizes.entries()) {
    const change = { pictureAt, from: sizes[octave - 1] ?? size, to: size, recipe };
    dreamed = octave === 0 ? copyImage(pictureAt(size)) : enlarge(dreamed, change);
    const guidance = guidanceFor(size, recipe, mask, pictureAt);
    const steps = climb(dreamed, { octave, ascent, recipe, random, guidance, signal });
    for await (const step of steps) {
      yield { octave, octaves: sizes.length, ...step, image: dreamed };
    }
    if (octave > 0 && recipe.reinject === 'after') addLostDetail(dreamed, change);
  }
  const result = atSize(dreamed, picture, recipe);
  if (result === dreamed) clip(result);
  return result;
}

interface Climb {
  readonly octave: number;
  readonly ascent: Ascent;
  readonly recipe: Recipe;
  readonly random: Random;
  readonly guidance: Guidance | undefined;
  readonly signal: AbortSignal | undefined;
}

/** An octave's steps, on `image` itself. */
async function* climb(
  image: Image,
  { octave, ascent, recipe, random, guidance, signal }: Climb,
): AsyncGenerator<Pick<Frame, 'step' | 'steps' | 'score' | 'gradientSeconds'>> {
  const { steps } = recipe;
  for (let step = 1; step <= steps; step++) {
    throwIfCancelled(signal);
    const progress = steps === 1 ? 1 : (step - 1) / (steps - 1);
    const where = `octave ${octave + 1}, step ${step}`;
    const taken = await ascend(image, ascent, recipe, { random, progress, where, guidance });
    if (!taken.moved) return;
    yield { step, steps, score: taken.score, gradientSeconds: taken.gradientSeconds };
  }
}

/** The picture itself where it has the size already, else a new one, within 0..255. */
function atSize(picture: Image, size: OctaveSize, { resampling }: Recipe): Image {
  if (hasSize(picture, size)) return picture;
  const resized = resize(picture, size.rows, size.columns, resampling);
  // Lanczos overshoots: what `enlarge` puts back must fit the steps, which are clipped.
  clip(resized);
  return resized;
}

function hasSize(picture: Image, { rows, columns }: OctaveSize): boolean {
  return picture.rows === rows && picture.columns === columns;
}

/** The picture at any octave's size. The last is kept for the next octave's sake. */
function octavesOf(picture: Image, recipe: Recipe): (size: OctaveSize) => Image {
  let last = picture;
  return (size) => {
    const sized = hasSize(last, size) ? last : atSize(picture, size, recipe);
    // While the dream climbs at its largest size there is no room for more than the picture.
    if (sized.rows <= picture.rows) last = sized;
    return sized;
  };
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

/** From an octave to the next. */
interface Change {
  readonly pictureAt: (size: OctaveSize) => Image;
  readonly from: OctaveSize;
  readonly to: OctaveSize;
  readonly recipe: Recipe;
}

/**
 * The dream at the next octave's size, by the recipe with the detail that the picture has there
 * and lost at the smaller size; `dreamed` is used up. Resampling is linear, so what the dream
 * added to the smaller size is enlarged, once, and added to the picture.
 */
function enlarge(dreamed: Image, { pictureAt, from, to, recipe }: Change): Image {
  const { rows, columns } = to;
  if (recipe.reinject !== 'before') return resize(dreamed, rows, columns, recipe.resampling);
  add(dreamed, pictureAt(from), { factor: -1 });
  const enlarged = resize(dreamed, rows, columns, recipe.resampling);
  add(enlarged, pictureAt(to), { factor: 1 });
  return enlarged;
}

/** The same detail, added when the octave is done. */
function addLostDetail(dreamed: Image, { pictureAt, from, to, recipe }: Change): void {
  const original = pictureAt(to);
  const smaller = pictureAt(from);
  const blurred = resize(smaller, to.rows, to.columns, recipe.resampling);
  add(dreamed, original, { factor: 1 });
  add(dreamed, blurred, { factor: -1 });
}
