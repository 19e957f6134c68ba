/** What a PNG of ours says about itself, and how it is read back from any PNG. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import type { Image } from '../dream/image.ts';
import { readPicture, readPictureText } from '../dream/picture.ts';
import { recipeSchema } from '../dream/recipe.ts';
import { DreamError } from '../kit/errors.ts';
import type { ModelFile } from './model-file.ts';

const KEYWORD = 'Dream';

const imprintSchema = z.strictObject({
  recipe: recipeSchema,
  /** The model's name in `models/`. */
  model: z.string().min(1).max(200),
  /** sha256 of the network and its weights. */
  modelHash: z.string().regex(/^[0-9a-f]{64}$/),
  /** `hashOfDescription`; older pictures do not say it. */
  modelDescription: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
  engine: z.strictObject({
    /** In the engine's own words. */
    description: z.string().max(500),
    /** What to ask for to get it again. */
    request: z.strictObject({
      engine: z.enum(['onnx', 'tensorflow']),
      provider: z.string().max(100),
      threads: z.int().min(1).max(1024).optional(),
      precision: z.literal('half').optional(),
    }),
  }),
  /** The longest side that the picture was shrunk to, where it was longer. */
  size: z.int().min(1).max(65_535),
  /** sha256 of the mask that the dream was kept to, where there was one. */
  mask: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
  /** Of this program. */
  version: z.string().max(100),
});

export type Imprint = Readonly<z.output<typeof imprintSchema>>;

/** @param mask as it is read: shrunk to `Imprint.size` where it was longer. */
export function hashOfMask({ rows, columns, data }: Image): string {
  return createHash('sha256').update(`${columns}×${rows}`).update(data).digest('hex');
}

/** sha256 of what a model.json says that changes dreams, however it is written. */
export function hashOfDescription({
  input,
  labels,
  minimumSide,
}: Pick<ModelFile, 'input' | 'labels' | 'minimumSide'>): string {
  const described = JSON.stringify({ input, labels, minimumSide });
  return createHash('sha256').update(described).digest('hex');
}

/** The text of a PNG: nothing in it changes from one run to the next. */
export function imprintText(imprint: Imprint): Record<string, string> {
  return {
    Software: `dream-bot ${imprint.version}`,
    [KEYWORD]: JSON.stringify(imprintSchema.parse(imprint)),
  };
}

/**
 * Whoever made the file wrote its text, so everything in it is checked.
 *
 * @throws DreamError 'file-not-found', 'bad-picture', 'bad-option' where there is no good recipe
 */
export async function readImprint(path: string, maxPixels?: number): Promise<Imprint> {
  // Its own errors are better than any made up here: missing, a folder, not a picture …
  await readPicture(path, { maxSide: 1, ...(maxPixels === undefined ? {} : { maxPixels }) });
  const text = readPictureText(await readFile(path))[KEYWORD];
  if (text === undefined) {
    throw badRecipe(path, 'it holds no recipe: only a PNG that this program wrote has one');
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw badRecipe(path, 'its recipe is not JSON', error);
  }
  const result = imprintSchema.safeParse(json);
  if (result.success) return result.data;
  const { path: field, message } = result.error.issues[0]!;
  throw badRecipe(path, `its recipe is not one of this version: ${field.join('.')}: ${message}`);
}

function badRecipe(path: string, reason: string, cause?: unknown): DreamError {
  return new DreamError(
    'bad-picture',
    `"${path}" cannot be dreamed again: ${reason}.`,
    'A sheet, a .jpg and a .webp hold no recipe, and neither does a PNG that another program has saved anew.',
    { cause },
  );
}
