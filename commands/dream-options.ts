/** The options of a dream, and the job that they make: /dream, /redo and the buttons share them. */
import type { Context } from '../src/chat/command.ts';
import type { Values } from '../src/chat/option.ts';
import { presets } from '../src/dream/presets.ts';
import { recipeSchema } from '../src/dream/recipe.ts';
import type { Recipe } from '../src/dream/recipe.ts';
import { DreamError } from '../src/kit/errors.ts';
import { DEFAULT_MODEL, DEFAULT_SIZE } from '../src/studio/defaults.ts';
import type { DreamJob } from '../src/studio/order.ts';

const STYLES = Object.keys(presets) as (keyof typeof presets)[];

export const recipeOptions = {
  layer: {
    kind: 'text',
    description: 'What to dream of: mixed5, mixed4:139 (one channel), mixed3 + mixed5',
    maxLength: 200,
    completes: 'layer',
  },
  model: {
    kind: 'text',
    description: 'The network that dreams',
    maxLength: 100,
    completes: 'model',
  },
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
  strength: {
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
  const { style = 'default' } = values;
  const model = values.model ?? from?.model ?? DEFAULT_MODEL;
  const base: Recipe =
    from && values.style === undefined
      ? from.recipe
      : { ...presets[style as keyof typeof presets], seed: randomSeed() };
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

export function randomSeed(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0]!;
}

function changesOf({ octaves, scale, steps, strength, seed }: RecipeValues): Partial<Recipe> {
  return {
    ...(octaves === undefined ? {} : { octaves }),
    ...(scale === undefined ? {} : { octaveScale: scale }),
    ...(steps === undefined ? {} : { steps }),
    ...(strength === undefined ? {} : { stepSize: strength }),
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
