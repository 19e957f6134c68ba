/** Numbers of entries, as people type them. */
import { DreamError } from '../../src/kit/errors.ts';

export const entryOption = {
  kind: 'integer',
  description: 'Its number',
  min: 1,
  max: 1000,
  required: true,
} as const;

/** '3, 1 2' and '#3 #1 #2' alike. @throws DreamError 'bad-option' */
export function readNumbers(text: string): number[] {
  const words = text.split(/[\s,;>]+/).filter((word) => word !== '');
  return words.map((word) => {
    const number = /^#?(\d{1,4})$/.exec(word)?.[1];
    if (number !== undefined) return Number(number);
    throw new DreamError(
      'bad-option',
      `entries: expected numbers such as 3,1,2, found ${word.slice(0, 40)}`,
    );
  });
}
