/** The options of a dream, and the job that they make: /dream, /redo and the buttons share them. */
import type { Context } from '../src/chat/command.ts';
import type { Values } from '../src/chat/option.ts';
import { classRecipe, noiseRecipe } from '../src/dream/class-recipes.ts';
import { presets } from '../src/dream/presets.ts';
import { recipeSchema } from '../src/dream/recipe.ts';
import type { Recipe } from '../src/dream/recipe.ts';
import { DreamError } from '../src/kit/errors.ts';
import { DEFAULT_MODEL, DEFAULT_SIZE } from '../src/studio/defaults.ts';
import type { DreamJob, NewOrder, Order } from '../src/studio/order.ts';

const STYLES = Object.keys(presets) as (keyof typeof presets)[];

export const recipeOptions = {
  layer: {
    kind: 'text',
    description:
      'What to dream of: mixed5, mixed4:139 (one channel), mixed3:0.5,mixed5:2 (weights)',
    maxLength: 200,
    completes: 'layer',
  },
  model: {
    kind: 'text',
    description: 'The network that dreams',
    maxLength: 100,
    completes: 'model',
  },
  class: {
    kind: 'text',
    description: 'A class of a classifier of yours, to make appear: me, cat:2,dog:-0.5, not dog',
    maxLength: 200,
    completes: 'class',
  },
  place: {
    kind: 'switch',
    description: 'The class grows only where the picture already looks most like it',
  },
  strength: {
    kind: 'number',
    description: 'Of a class: 0 is the smallest change that shows it, 1 a full dream',
    min: 0,
    max: 1,
  },
  noise: { kind: 'switch', description: 'Of a class: begins with noise in place of the picture' },
  style: {
    kind: 'choice',
    description: 'The recipe to start from, by the system that it reproduces',
    choices: STYLES,
  },
  octaves: {
    kind: 'integer',
    description: 'How many sizes, from small to large',
    min: 1,
    max: 12,
  },
  scale: { kind: 'number', description: 'From one size to the next', min: 1.05, max: 2.5 },
  steps: { kind: 'integer', description: 'Steps at each size', min: 1, max: 100 },
  step_size: {
    kind: 'number',
    description: 'Size of a step, in levels of 0 to 255',
    min: 0.1,
    max: 20,
  },
  size: { kind: 'integer', description: 'Longest side in pixels', min: 64, max: 4096 },
  seed: {
    kind: 'integer',
    description: 'The same seed gives the same picture',
    min: 0,
    max: 2 ** 32 - 1,
  },
} as const;

export type RecipeValues = Values<typeof recipeOptions>;

/**
 * @param from what the values change; without it, the default or the style that they name.
 * @throws DreamError 'unknown-model', 'unknown-layer', 'bad-option' …
 */
export async function dreamJob(
  { models, settings }: Pick<Context, 'models' | 'settings'>,
  values: RecipeValues,
  from?: DreamJob,
): Promise<DreamJob> {
  if (values.layer !== undefined && values.class !== undefined) {
    const message = 'a dream climbs a layer or a class, not both';
    throw new DreamError('bad-option', message, 'Leave one of the two out.');
  }
  const base = baseRecipe(values, from);
  const model = values.model ?? from?.model ?? (await usualModel(models, values));
  const layer = values.layer ?? (await models.layerFor(model, base.layer));
  const { largestSize, deepLayers } = settings;
  const job: DreamJob = {
    kind: 'dream',
    model,
    recipe: recipeSchema.parse({ ...base, ...changesOf(values), layer }),
    size: sizeWithin(largestSize, values.size, from?.size),
    deepLayers,
  };
  await models.checkJob(job);
  return job;
}

/** Nothing asked for: all as it usually is. */
export const noChange = Object.fromEntries(
  Object.keys(recipeOptions).map((name) => [name, undefined]),
) as RecipeValues;

/** What an order began with; where it came to nothing, its pictures may never have arrived. */
export function picturesAgain({
  id,
  source,
  mask,
  result,
}: Order): Pick<NewOrder, 'source' | 'mask'> {
  if (!result) return { source, ...(mask ? { mask } : {}) };
  return {
    source: { from: 'source', order: id },
    ...(mask ? { mask: { from: 'mask', order: id } } : {}),
  };
}

export function randomSeed(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0]!;
}

/** What the values change: an earlier recipe, or the one that this kind of dream begins with. */
function baseRecipe(values: RecipeValues, from: DreamJob | undefined): Recipe {
  const { style, noise = false } = values;
  const wasClass = from?.recipe.class !== undefined;
  const sameKind = values.layer === undefined ? values.class === undefined || wasClass : !wasClass;
  if (from && style === undefined && sameKind && values.noise === undefined) return from.recipe;
  const seed = randomSeed();
  if (values.class === undefined) {
    return { ...presets[(style ?? 'default') as keyof typeof presets], seed };
  }
  return { ...(noise ? noiseRecipe : classRecipe), seed };
}

function usualModel(models: Context['models'], { class: words }: RecipeValues): Promise<string> {
  return words === undefined ? Promise.resolve(DEFAULT_MODEL) : models.modelWithClass(words);
}

function changesOf(values: RecipeValues): Partial<Recipe> {
  const { octaves, scale, steps, step_size: stepSize, seed, place, strength } = values;
  return {
    ...(values.class === undefined ? {} : { class: values.class }),
    // A layer that is asked for takes the place of a class.
    ...(values.layer !== undefined && values.class === undefined ? { class: undefined } : {}),
    ...(place === undefined ? {} : { place }),
    ...(strength === undefined ? {} : { strength }),
    ...(octaves === undefined ? {} : { octaves }),
    ...(scale === undefined ? {} : { octaveScale: scale }),
    ...(steps === undefined ? {} : { steps }),
    ...(stepSize === undefined ? {} : { stepSize }),
    ...(seed === undefined ? {} : { seed }),
  };
}

function sizeWithin(largest: number, asked: number | undefined, before = DEFAULT_SIZE): number {
  if (asked === undefined) return Math.min(before, largest);
  if (asked <= largest) return asked;
  throw new DreamError(
    'bad-option',
    `size: expected at most ${largest}, found ${asked}`,
    'The admins of this place set the limit.',
  );
}
