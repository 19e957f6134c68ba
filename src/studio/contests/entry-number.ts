import { DreamError } from '../../kit/errors.ts';
import type { Contest, Entry } from './contest.ts';

/** @throws DreamError 'unknown-entry' */
export function entryNumber({ entries }: Contest, number: number): Entry {
  const entry = entries[number - 1];
  if (entry) return entry;
  throw new DreamError('unknown-entry', `there is no entry ${number} in this contest`);
}
