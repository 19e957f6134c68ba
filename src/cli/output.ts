/** Where a result goes. */
import { createHash } from 'node:crypto';
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
// File systems count bytes: mostly 255, encrypted ones 143.
const MOST_BYTES = 120;
const MOST_BYTES_OF_ENDING = 90;

/**
 * @param asked what --output says.
 * @param name what the file's name is made of where it says nothing: the picture's, then endings.
 * @param read paths of the pictures that the dream is made of.
 * @throws DreamError 'bad-option' or 'cannot-write', before anything is dreamed.
 */
export async function chooseOutput(
  asked: string | undefined,
  name: readonly [stem: string, ...endings: string[]],
  read: readonly string[],
): Promise<Output> {
  const path = asked ?? join(FOLDER, `${fileName(...name)}.png`);
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

/**
 * `stem-ending-…` without the signs that mean something in paths, of at most 120 bytes. The stem
 * gives way: the endings tell one dream of a picture from another. A stem that is cut gets a sign of
 * what it was, so that pictures whose long names begin alike do not share one output.
 */
export function fileName(stem: string, ...endings: readonly string[]): string {
  const ending = endings.map((each) => `-${shortened(each, MOST_BYTES_OF_ENDING)}`).join('');
  const most = MOST_BYTES - Buffer.byteLength(ending);
  if (Buffer.byteLength(stem) <= most) return `${shortened(stem, most)}${ending}`;
  const sign = `-${createHash('sha256').update(stem).digest('hex').slice(0, 8)}`;
  return `${shortened(stem, most - sign.length)}${sign}${ending}`;
}

/** Whole characters of `name`, of at most `most` bytes. */
function shortened(name: string, most: number): string {
  let short = '';
  for (const character of name.replace(/[^\p{L}\p{N}._-]+/gu, '-')) {
    if (Buffer.byteLength(short + character) > most) break;
    short += character;
  }
  return short;
}
