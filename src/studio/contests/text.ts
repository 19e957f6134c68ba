import { DreamError } from '../../kit/errors.ts';

/** Control signs, line ends, and those that turn the direction of writing. */
const UNSEEN = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]+/gu;

/** Words of a person's on one line, without signs that cannot be seen. @throws DreamError 'bad-option' */
export function cleanText(name: string, text: string, most: number): string {
  const clean = text.normalize('NFC').replaceAll(UNSEEN, ' ').replaceAll(/\s+/g, ' ').trim();
  if (clean === '') throw new DreamError('bad-option', `${name}: expected some words, got none`);
  const { length } = Array.from(clean);
  if (length <= most) return clean;
  throw new DreamError(
    'bad-option',
    `${name}: at most ${most} characters are possible, got ${length}`,
  );
}
