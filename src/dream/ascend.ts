/** One step of gradient ascent on a picture. */
import type { Ascent } from '../engines/engine.ts';
import { DreamError } from '../kit/errors.ts';
import type { Random } from '../kit/random.ts';
import { filterGradient } from './gradient/filter.ts';
import type { Image } from './image.ts';
import type { Recipe } from './recipe.ts';
import { rollInto } from './roll.ts';

/** Memory that the steps of one octave share. */
export interface Workspace {
  readonly rolled: Image;
}

export interface Step {
  /** Before the step. */
  readonly score: number;
  readonly gradientSeconds: number;
  /** Whether the picture was moved: not where the score was past `stopAtScore`. */
  readonly moved: boolean;
}

/**
 * Moves `image` one step up, in place: roll by a random shift, gradient, filters, step, back.
 * Rolling makes the network's grid fall elsewhere each time, so that it leaves no mark.
 *
 * @param options.progress 0 at an octave's first step, 1 at its last
 * @param options.where for messages: octave and step
 * @throws DreamError 'engine-failed' for a score or a gradient that is no number
 */
export async function ascend(
  image: Image,
  ascent: Ascent,
  recipe: Recipe,
  options: { random: Random; progress: number; workspace: Workspace; where: string },
): Promise<Step> {
  const { random, progress, workspace } = options;
  const down = random.integer(-recipe.jitter, recipe.jitter);
  const right = random.integer(-recipe.jitter, recipe.jitter);
  rollInto(workspace.rolled, image, down, right);
  const start = performance.now();
  const { score, gradient } = await ascent.at(workspace.rolled);
  const gradientSeconds = (performance.now() - start) / 1000;
  if (score > (recipe.stopAtScore ?? Infinity)) return { score, gradientSeconds, moved: false };
  const direction = filterGradient({ ...image, data: gradient }, recipe, progress);
  // Normalising spreads a value that is no number to all cells: one tells.
  if (!Number.isFinite(score) || !Number.isFinite(direction.data[0])) {
    throw new DreamError(
      'engine-failed',
      `expected numbers from the engine; in ${options.where} the score became ${score} and the gradient ${direction.data[0]!}`,
      'Try smaller steps, another layer or another engine.',
    );
  }
  addRolled(image, direction, { down, right, factor: recipe.stepSize, clipped: recipe.clip });
  return { score, gradientSeconds, moved: true };
}

/** image += factor · (direction rolled back), kept within a picture's values where `clipped`. */
function addRolled(
  image: Image,
  direction: Image,
  options: { down: number; right: number; factor: number; clipped: boolean },
): void {
  const { rows, columns, data } = image;
  const { down, right, factor } = options;
  const [low, high] = options.clipped ? [0, 255] : [-Infinity, Infinity];
  const shift = ((right % columns) + columns) % columns;
  const add = (to: number, end: number, from: number): void => {
    for (let source = from; to < end; to++, source++) {
      const value = data[to]! + factor * direction.data[source]!;
      data[to] = value < low ? low : value > high ? high : value;
    }
  };
  for (let line = 0; line < 3 * rows; line++) {
    const plane = line - (line % rows);
    const to = line * columns;
    const from = (plane + ((((line - plane + down) % rows) + rows) % rows)) * columns;
    add(to, to + columns - shift, from + shift);
    add(to + columns - shift, to + columns, from);
  }
}

/** Keeps a picture within the values that a picture can have. */
export function clip({ data }: Image): void {
  for (let index = 0; index < data.length; index++) {
    const value = data[index]!;
    if (value < 0) data[index] = 0;
    else if (value > 255) data[index] = 255;
  }
}
