/** What a dream starts from, before the options change it: a preset, or an earlier picture. */
import { availableParallelism } from 'node:os';
import { classRecipe, noiseRecipe } from '../dream/class-recipes.ts';
import { presets } from '../dream/presets.ts';
import { recipeSchema } from '../dream/recipe.ts';
import type { Recipe } from '../dream/recipe.ts';
import type { EngineRequest } from '../engines/choose.ts';
import { DreamError } from '../kit/errors.ts';
import type { Model } from '../studio/catalogue.ts';
import { DEFAULT_MODEL, DEFAULT_SIZE } from '../studio/defaults.ts';
import { hasLayers } from '../studio/layers.ts';
import { readImprint } from '../studio/imprint.ts';
import type { Imprint } from '../studio/imprint.ts';
import { checkedOptions } from './problems.ts';
import type { Given } from './program.ts';
import { readRecipeOptions } from './recipe-options.ts';
import type { Settings } from './settings.ts';

export interface Baseline {
  readonly recipe: Recipe;
  readonly model: string;
  readonly engine: EngineRequest;
  /** The longest side. */
  readonly size: number;
  /** Of the picture that is dreamed again. */
  readonly imprint?: Imprint;
}

/** @throws DreamError 'bad-option', or what is wrong with the file that --redo names. */
export async function baselineOf(settings: Settings, given: Given): Promise<Baseline> {
  const { redo, preset, model, size } = settings;
  if (redo !== undefined && preset !== undefined) {
    const message = '--redo takes its recipe from the PNG, --preset from a preset';
    throw new DreamError('bad-option', message, 'Leave one of them out.');
  }
  const imprint = redo === undefined ? undefined : await readImprint(redo, settings.maxPixels);
  const recipe = imprint?.recipe ?? (preset === undefined ? usualRecipe(given) : presets[preset]);
  const asked = Object.keys(requestOf(settings)).length > 0;
  return {
    recipe: changed(recipe, given),
    model: model ?? imprint?.model ?? DEFAULT_MODEL,
    size: size ?? imprint?.size ?? DEFAULT_SIZE,
    engine: asked || !imprint ? requestOf(settings) : requestAgain(imprint),
    ...(imprint ? { imprint } : {}),
  };
}

/** @throws DreamError 'bad-option' where options are wrong, or cannot go together */
function changed(recipe: Recipe, given: Given): Recipe {
  const checked = checkedOptions(recipeSchema, { ...recipe, ...readRecipeOptions(given) }, given);
  if (checked.class !== undefined && given.layer !== undefined) {
    const message = `a dream of a class (${checked.class}) has no layer`;
    throw new DreamError('bad-option', message, 'Leave out --layer, or say --class none.');
  }
  return checked;
}

/** Of the kind of dream that is asked for. */
function usualRecipe(given: Given): Recipe {
  if (given.from === 'noise') return noiseRecipe;
  return given.class === undefined ? presets.default : classRecipe;
}

/**
 * The recipe with the layer that is dreamed at: the one asked for; the model's own for the
 * clouds without a preset, and where the preset names layers of another network; else the preset's.
 */
export function withLayer(
  { recipe, imprint }: Baseline,
  model: Model,
  options: { asked: boolean; clouds: boolean },
): { recipe: Recipe; notices: string[] } {
  if (options.asked || imprint) return { recipe, notices: [] };
  const { defaultLayer: layer } = model;
  if (options.clouds) return { recipe: { ...recipe, layer }, notices: [] };
  if (hasLayers(model, recipe.layer)) return { recipe, notices: [] };
  if (recipe.class !== undefined) return { recipe: { ...recipe, layer }, notices: [] };
  const notice = `${model.name} has not the layers of the preset (${recipe.layer}): this dreams at ${layer}.`;
  return { recipe: { ...recipe, layer }, notices: [notice] };
}

function requestOf({ engine, provider, threads, precision }: Settings): EngineRequest {
  return withoutUndefined({ engine, provider, threads, precision });
}

/** No more threads than this machine has cores, whatever the picture says. */
function requestAgain({ engine: { request } }: Imprint): EngineRequest {
  const { threads } = request;
  const possible = threads === undefined ? undefined : Math.min(threads, availableParallelism());
  return withoutUndefined({ ...request, threads: possible });
}

function withoutUndefined(request: {
  [Field in keyof EngineRequest]: EngineRequest[Field] | undefined;
}): EngineRequest {
  return Object.fromEntries(Object.entries(request).filter(([, value]) => value !== undefined));
}
