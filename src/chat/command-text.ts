/** A job as the command that makes it again. */
import { classRecipe, noiseRecipe } from '../dream/class-recipes.ts';
import { presets } from '../dream/presets.ts';
import type { Recipe } from '../dream/recipe.ts';
import { DEFAULT_MODEL, DEFAULT_SIZE } from '../studio/defaults.ts';
import type { DreamJob } from '../studio/order.ts';

/** Only what differs from what `/dream` does by itself. */
export function commandFor({ model, recipe, size }: DreamJob): string {
  const { octaves, octaveScale, steps, stepSize, strength, seed } = recipe;
  const usual = usualRecipe(recipe);
  const parts = [
    recipe.class === undefined ? `layer:${quoted(recipe.layer)}` : `class:${quoted(recipe.class)}`,
    ...(model === DEFAULT_MODEL ? [] : [`model:${model}`]),
    ...(recipe.from === 'noise' ? ['noise:yes'] : []),
    ...(recipe.place === true ? ['place:yes'] : []),
    ...(strength === undefined ? [] : [`strength:${strength}`]),
    ...(octaves === undefined ? [] : [`octaves:${octaves}`]),
    ...(octaveScale === usual.octaveScale ? [] : [`scale:${octaveScale}`]),
    ...(steps === usual.steps ? [] : [`steps:${steps}`]),
    ...(stepSize === usual.stepSize ? [] : [`step_size:${stepSize}`]),
    ...(size === DEFAULT_SIZE ? [] : [`size:${size}`]),
    `seed:${seed}`,
  ];
  return `/dream ${parts.join(' ')}`;
}

function usualRecipe(recipe: Recipe): Recipe {
  if (recipe.class === undefined) return presets.default;
  return recipe.from === 'noise' ? noiseRecipe : classRecipe;
}

function quoted(text: string): string {
  return /\s/.test(text) ? `"${text}"` : text;
}
