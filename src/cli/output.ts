/** Where a result goes. */
import { mkdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { checkWritable, formatForPath } from '../dream/picture.ts';
import type { OutputFormat, Picture } from '../dream/picture.ts';
import type { Recipe } from '../dream/recipe.ts';
import { DreamError } from '../kit/errors.ts';
import type { Settings } from './settings.ts';

export interface Output {
  readonly path: string;
  readonly format: OutputFormat;
}

const FOLDER = 'out';

/**
 * @param asked what --output says.
 * @param name the file's name without ending where it says nothing.
 * @param read paths of the pictures that the dream is made of.
 * @throws DreamError 'bad-option' or 'cannot-write', before anything is dreamed.
 */
export async function chooseOutput(
  asked: string | undefined,
  name: string,
  read: readonly string[],
): Promise<Output> {
  const path = asked ?? join(FOLDER, `${fileName(name)}.png`);
  const format = formatForPath(path);
  await checkNotRead(path, read);
  if (asked === undefined) await mkdir(FOLDER, { recursive: true }).catch(() => undefined);
  await checkWritable(path);
  return { path, format };
}

/** @throws DreamError 'bad-option' where a file that is to be written is one of those that are read */
export async function checkNotRead(path: string, read: readonly string[]): Promise<void> {
  const real = (each: string): Promise<string | null> => realpath(each).catch(() => null);
  const written = await real(path);
  const others = await Promise.all(read.map(real));
  if (written === null || !others.includes(written)) return;
  const what = written === others[0] ? 'the picture itself' : 'the mask';
  const message = `the output "${path}" is ${what}, which would be lost`;
  throw new DreamError('bad-option', message, 'Give another name with --output.');
}

interface FormatNeeds {
  readonly picture: Pick<Picture, 'alpha'>;
  readonly recipe: Pick<Recipe, 'perturb'>;
}

/** What of the picture or the options the format has no use for. */
export function formatNotices(
  { format }: Output,
  { picture: { alpha }, recipe: { perturb } }: FormatNeeds,
  { quality }: Pick<Settings, 'quality'>,
): string[] {
  return [
    ...(format === 'jpeg' && alpha
      ? ['A .jpg is never transparent: white stands in its place; .png and .webp keep it.']
      : []),
    ...(format !== 'png' && perturb
      ? [`The smallest change is smaller than what a .${format} loses: a .png keeps it.`]
      : []),
    ...(format === 'png' && quality !== undefined
      ? ['A .png loses nothing: --quality is for .jpg and .webp.']
      : []),
  ];
}

/** A name without the signs that mean something in paths; not longer than names can be. */
function fileName(name: string): string {
  return name.replace(/[^\p{L}\p{N}._-]+/gu, '-').slice(0, 120);
}
