/** A job as the command that makes it again. */
import { isDeepStrictEqual } from 'node:util';
import { classRecipe, noiseRecipe } from '../dream/class-recipes.ts';
import { PRESET_NAMES, presets } from '../dream/presets.ts';
import type { PresetName } from '../dream/presets.ts';
import type { Recipe } from '../dream/recipe.ts';
import { DEFAULT_MODEL, DEFAULT_SIZE } from '../studio/defaults.ts';
import type { DreamJob } from '../studio/order.ts';

/** Fields of a recipe that have options of their own. */
const SAID = new Set([
  'layer',
  'octaves',
  'octaveScale',
  'steps',
  'stepSize',
  'seed',
  'place',
  'strength',
]);

/** Only what differs from what `/dream` does by itself. */
export function commandFor({ model, recipe, size }: DreamJob): string {
  const { octaves, octaveScale, steps, stepSize, strength, seed } = recipe;
  const style = styleOf(recipe);
  const usual = usualRecipe(recipe, style);
  const parts = [
    recipe.class === undefined ? `layer:${quoted(recipe.layer)}` : `class:${quoted(recipe.class)}`,
    ...(model === DEFAULT_MODEL ? [] : [`model:${model}`]),
    ...(recipe.from === 'noise' ? ['noise:yes'] : []),
    ...(recipe.place === true ? ['place:yes'] : []),
    ...(strength === undefined ? [] : [`strength:${strength}`]),
    ...(style === 'default' ? [] : [`style:${style}`]),
    ...(octaves === undefined || octaves === usual.octaves ? [] : [`octaves:${octaves}`]),
    ...(octaveScale === usual.octaveScale ? [] : [`scale:${octaveScale}`]),
    ...(steps === usual.steps ? [] : [`steps:${steps}`]),
    ...(stepSize === usual.stepSize ? [] : [`step_size:${stepSize}`]),
    ...(size === DEFAULT_SIZE ? [] : [`size:${size}`]),
    `seed:${seed}`,
  ];
  return `/dream ${parts.join(' ')}`;
}

/** The preset that all agrees with which no other option says. */
function styleOf(recipe: Recipe): PresetName {
  if (recipe.class !== undefined) return 'default';
  const rest = unsaid(recipe);
  const same = PRESET_NAMES.find((name) => isDeepStrictEqual(rest, unsaid(presets[name])));
  return same ?? 'default';
}

function unsaid(recipe: Recipe): Record<string, unknown> {
  const entries: [string, unknown][] = Object.entries(recipe);
  return Object.fromEntries(
    entries.filter(([name, value]) => !SAID.has(name) && value !== undefined),
  );
}

function usualRecipe(recipe: Recipe, style: PresetName): Recipe {
  if (recipe.class === undefined) return presets[style];
  return recipe.from === 'noise' ? noiseRecipe : classRecipe;
}

function quoted(text: string): string {
  return /\s/.test(text) ? `"${text}"` : text;
}
