/** Pictures that a crash left behind, between what was noted down and what was removed or written. */
import type { Kysely } from 'kysely';
import type { Logger } from '../../kit/log.ts';
import type { Tables } from '../store/tables.ts';
import type { EntryPictures } from './entry-pictures.ts';
import { isForgotten } from './forget.ts';
import { readContest } from './stored.ts';

export interface LeftoverParts {
  readonly tables: Kysely<Tables>;
  readonly pictures: Pick<EntryPictures, 'contests' | 'removeOthers'>;
  readonly log: Logger;
}

/**
 * Removes the pictures that no entry shows or may show again. Of contests that the database does
 * not know nothing is removed: it may be another database's folder.
 */
export async function sweepLeftovers({ tables, pictures, log }: LeftoverParts): Promise<void> {
  let removed = 0;
  for (const id of await pictures.contests()) {
    const stored = await readContest(tables, id);
    if (!stored) continue;
    const kept = stored.contest.entries.filter(
      ({ state, by }) => state !== 'withdrawn' && !isForgotten(by),
    );
    removed += await pictures.removeOthers(id, new Set(kept.map(({ dream }) => dream.order)));
  }
  if (removed > 0) log.info({ files: removed }, 'pictures of no entry removed');
}
