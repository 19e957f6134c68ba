import type { Image } from '../image.ts';
import type { Recipe } from '../recipe.ts';
import { cascadeBlur } from './blur.ts';
import { naturalColour } from './colour.ts';
import { divideByLocalEnergy } from './local.ts';
import { divideByDeviation, divideByMeanAbsolute, limitSoftly, standardise } from './normalise.ts';
import { balanceBands } from './pyramid.ts';

const normalisations = {
  'mean-abs': divideByMeanAbsolute,
  std: divideByDeviation,
  standardise,
} satisfies Record<Recipe['normalise'], (gradient: Image) => void>;

/**
 * From the network's gradient to the direction of a step: the recipe's filters, in this order.
 *
 * @param progress 0 at an octave's first step, 1 at its last
 * @returns a gradient that may share memory with the one given
 */
export function filterGradient(gradient: Image, recipe: Recipe, progress: number): Image {
  let filtered = gradient;
  if (recipe.blur) {
    const [from, to] = recipe.blur;
    filtered = cascadeBlur(filtered, from + (to - from) * progress);
  }
  if (recipe.bands) balanceBands(filtered, recipe.bands.levels, recipe.bands.growth);
  if (recipe.naturalColour > 0) naturalColour(filtered, recipe.naturalColour);
  if (recipe.localEnergy) {
    divideByLocalEnergy(filtered, recipe.localEnergy.sigma, recipe.localEnergy.floor);
  }
  normalisations[recipe.normalise](filtered);
  if (recipe.limit) limitSoftly(filtered, recipe.limit);
  return filtered;
}
