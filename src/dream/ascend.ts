/** One step of gradient ascent on a picture. */
import type { Ascent } from '../engines/engine.ts';
import type { Random } from '../kit/random.ts';
import { filterGradient } from './gradient/filter.ts';
import type { Image } from './image.ts';
import type { Recipe } from './recipe.ts';
import { rollInto } from './roll.ts';

/** Memory that the steps of one octave share. */
export interface Workspace {
  readonly rolled: Image;
}

/**
 * Moves `image` one step up, in place: roll by a random shift, gradient, filters, step, back.
 * Rolling makes the network's grid fall elsewhere each time, so that it leaves no mark.
 * @returns the score before the step, and the time that its gradient took
 */
export async function ascend(
  image: Image,
  ascent: Ascent,
  recipe: Recipe,
  options: { random: Random; progress: number; workspace: Workspace },
): Promise<{ score: number; gradientSeconds: number }> {
  const { random, progress, workspace } = options;
  const down = random.integer(-recipe.jitter, recipe.jitter);
  const right = random.integer(-recipe.jitter, recipe.jitter);
  rollInto(workspace.rolled, image, down, right);
  const start = performance.now();
  const { score, gradient } = await ascent.at(workspace.rolled);
  const gradientSeconds = (performance.now() - start) / 1000;
  const direction = filterGradient({ ...image, data: gradient }, recipe, progress);
  addRolled(image, direction, down, right, recipe.stepSize);
  if (recipe.clip) clip(image);
  return { score, gradientSeconds };
}

/** image += factor · (direction rolled back). */
function addRolled(
  image: Image,
  direction: Image,
  down: number,
  right: number,
  factor: number,
): void {
  const { rows, columns, data } = image;
  const shift = ((right % columns) + columns) % columns;
  for (let plane = 0; plane < 3; plane++) {
    for (let row = 0; row < rows; row++) {
      const to = (plane * rows + row) * columns;
      const from = (plane * rows + ((((row + down) % rows) + rows) % rows)) * columns;
      const ahead = columns - shift;
      for (let column = 0; column < ahead; column++) {
        data[to + column]! += factor * direction.data[from + shift + column]!;
      }
      for (let column = ahead; column < columns; column++) {
        data[to + column]! += factor * direction.data[from + column - ahead]!;
      }
    }
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
