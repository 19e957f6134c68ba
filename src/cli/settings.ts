/** The options that belong to no recipe, checked. */
import * as z from 'zod';
import { PRESET_NAMES } from '../dream/presets.ts';
import { readNumber } from './numbers.ts';
import { checkedOptions } from './problems.ts';
import type { Given } from './program.ts';

const settingsSchema = z.object({
  output: z.string().optional(),
  preset: z.enum(PRESET_NAMES).optional(),
  size: z.int().min(1).max(65_535).optional(),
  maxPixels: z.int().min(1).optional(),
  mask: z.string().optional(),
  quality: z.int().min(1).max(100).optional(),
  quiet: z.boolean().default(false),
  json: z.boolean().default(false),
  model: z.string().optional(),
  deepLayers: z.boolean().default(false),
  engine: z.string().optional(),
  provider: z.string().optional(),
  threads: z.int().min(1).max(1024).optional(),
  precision: z.string().optional(),
  layers: z.boolean().default(false),
  sheet: z.union([z.string(), z.literal(true)]).optional(),
  redo: z.string().optional(),
});

export type Settings = Readonly<z.output<typeof settingsSchema>>;

const NUMBERS = ['size', 'maxPixels', 'quality', 'threads'];

/** @throws DreamError 'bad-option' naming the option, what was expected and what was found. */
export function readSettings(given: Given): Settings {
  const numbers = NUMBERS.filter((field) => typeof given[field] === 'string').map((field) => [
    field,
    readNumber(given[field] as string),
  ]);
  return checkedOptions(settingsSchema, { ...given, ...Object.fromEntries(numbers) }, given);
}
