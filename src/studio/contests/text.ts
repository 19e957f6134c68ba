import { DreamError } from '../../kit/errors.ts';

/** Words of a person's on one line, without signs that cannot be seen. @throws DreamError 'bad-option' */
export function cleanText(name: string, text: string, most: number): string {
  const clean = text
    .normalize('NFC')
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
  if (clean === '') throw new DreamError('bad-option', `${name}: expected some words, got none`);
  const { length } = Array.from(clean);
  if (length <= most) return clean;
  throw new DreamError('bad-option', `${name}: at most ${most} characters are possible, got ${length}`);
}
