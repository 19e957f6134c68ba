/** The options of `models add`, checked. */
import * as z from 'zod';
import { DreamError } from '../kit/errors.ts';
import type { Overrides } from '../studio/adding/messages.ts';
import { parseShown } from '../studio/shown.ts';
import type { Given } from './program.ts';

export interface AddingOptions {
  readonly name?: string;
  readonly replace: boolean;
  readonly sheet: boolean;
  readonly quiet: boolean;
  readonly json: boolean;
  readonly overrides: Overrides;
}

const text = z.string().min(1, 'expected a text').optional();
const numbers = z
  .string()
  .transform((list) => list.split(',').map((part) => (part.trim() === '' ? NaN : Number(part))))
  .pipe(z.array(z.number('expected numbers with commas between them')));
const perChannel = numbers.pipe(z.array(z.number()).min(1).max(3, 'expected one or three numbers'));
const range = numbers
  .pipe(z.tuple([z.number(), z.number()], 'expected two numbers: low,high'))
  .refine(([low, high]) => low < high, 'expected low below high');
const side = z
  .int('expected whole pixels')
  .min(1, 'expected pixels above 0')
  .max(4096, 'expected up to 4096 pixels');
const size = numbers
  .transform((sides) => (sides.length === 1 ? [sides[0]!, sides[0]!] : sides))
  .pipe(z.tuple([side, side], 'expected pixels, or rows,columns'));
const shown = z.string().transform((text, context) => {
  const found = parseShown(text);
  if (found) return found;
  context.addIssue({ code: 'custom', message: 'expected whole, middle, or middle,0.875' });
  return z.NEVER;
});

const schema = z.object({
  name: text,
  replace: z.boolean().default(false),
  sheet: z.boolean().default(true),
  quiet: z.boolean().default(false),
  json: z.boolean().default(false),
  title: text,
  licence: text,
  file: text,
  labels: text,
  range: range.optional(),
  mean: perChannel.optional(),
  std: perChannel
    .refine((values) => values.every((value) => value > 0), 'expected numbers above 0')
    .optional(),
  order: z.enum(['rgb', 'bgr'], 'expected rgb or bgr').optional(),
  size: size.optional(),
  shown: shown.optional(),
});

/** @throws DreamError 'bad-option' naming the option, what was expected and what was found. */
export function readAddingOptions(given: Given): AddingOptions {
  const result = schema.safeParse(given);
  if (!result.success) {
    const { path, message } = result.error.issues[0]!;
    const option = String(path[0]);
    throw new DreamError(
      'bad-option',
      `--${option}: ${message}; got '${String(given[option])}'`,
      'npm run models -- add --help describes every option.',
    );
  }
  const { name, replace, sheet, quiet, json, ...asked } = result.data;
  const said = Object.entries(asked).filter(([, value]) => value !== undefined);
  return {
    ...(name === undefined ? {} : { name }),
    ...{ replace, sheet, quiet, json },
    overrides: Object.fromEntries(said),
  };
}
