/**
 * The command line's options for a recipe's fields. To add one: a line here. An option has the
 * field's name, in kebab case; what it may be is for the recipe's schema to say.
 */
import { classOptions } from './class-options.ts';
import { named, readNumber, readNumbers } from './numbers.ts';
import type { RecipeField, RecipeOption } from './recipe-option.ts';

export type { RecipeField } from './recipe-option.ts';

export const recipeOptions: readonly RecipeOption[] = [
  {
    field: 'layer',
    value: 'layers',
    words:
      'what to dream of: mixed4 · mixed4:pre (before its activation) · mixed4:139 (one channel) · mixed4:10-20 · mixed2:0.2,mixed4:2 (weights)',
    read: (text) => text,
  },
  {
    field: 'measure',
    value: 'measure',
    words: "how a layer's values become a score: mean-square or mean",
    read: (text) => text,
  },
  { field: 'border', value: 'cells', words: "cells left out at a layer's borders" },
  {
    field: 'whiten',
    value: 'share',
    words: "0 to 1: how far a layer's channels are brought to equal strength",
  },
  {
    field: 'octaves',
    value: 'count',
    words: 'how many sizes, from small to large, or auto: down to about 140 pixels',
    without: 'auto',
  },
  { field: 'octaveScale', value: 'factor', words: 'from one size to the next' },
  {
    field: 'enlargements',
    value: 'count',
    words: 'how many of the octaves are larger than the picture',
  },
  {
    field: 'reinject',
    value: 'when',
    words:
      "put back the detail that smaller sizes cannot hold: before or after a size's steps, or none",
    read: (text) => text,
  },
  {
    field: 'resampling',
    value: 'kernel',
    words: 'between sizes: lanczos, bilinear or bilinear-corners',
    read: (text) => text,
  },
  { field: 'steps', value: 'count', words: 'steps in each octave' },
  { field: 'stepSize', value: 'levels', words: 'size of a step, in levels of 0 to 255' },
  {
    field: 'jitter',
    value: 'pixels',
    words: 'how far the picture is shifted at most, at each step',
  },
  { field: 'clip', words: 'keep the picture within 0 to 255 at every step' },
  {
    field: 'stopAtScore',
    value: 'score',
    words: 'end an octave early at this score, or none',
    without: 'none',
  },
  {
    field: 'normalise',
    value: 'how',
    words: 'what the gradient is divided by: mean-abs, std or standardise',
    read: (text) => text,
  },
  {
    field: 'limit',
    value: 'factor',
    words: 'no value of a step gets beyond so many mean ones (with --class: 3), or none',
    without: 'none',
  },
  {
    field: 'blur',
    value: 'from,to',
    words:
      "σ of the gradient's blur in pixels, from the first step to the last (such as 0.5,2.5), or none",
    read: readNumbers,
    without: 'none',
  },
  {
    field: 'bands',
    value: 'levels,growth',
    words:
      'balance this many frequency bands of the gradient, each growth times the finer one (such as 2,0.8), or none',
    read: (text) => named(['levels', 'growth'], readNumbers(text)),
    without: 'none',
  },
  {
    field: 'naturalColour',
    value: 'share',
    words: '0 to 1: how far gradients are turned to the colours of natural pictures',
  },
  {
    field: 'localEnergy',
    value: 'sigma,floor',
    words: 'divide the gradient by its strength within sigma pixels (such as 32,0.5), or none',
    read: (text) => named(['sigma', 'floor'], readNumbers(text)),
    without: 'none',
  },
  ...classOptions,
  { field: 'seed', value: 'number', words: 'the same seed gives the same picture' },
];

/** The fields that the command line gave, read but not checked. */
export function readRecipeOptions(
  given: Readonly<Record<string, unknown>>,
): Partial<Record<RecipeField, unknown>> {
  const values = recipeOptions
    .filter(({ field }) => given[field] !== undefined)
    .map(({ field, read = readNumber, without }) => {
      const text = given[field];
      if (typeof text !== 'string') return [field, text];
      return [field, text === without ? undefined : read(text)];
    });
  return Object.fromEntries(values) as Partial<Record<RecipeField, unknown>>;
}
