/**
 * The pictures of entries: copies, so that a contest does not care what becomes of the orders.
 * Written before the entry is, and named after its order: what a crash leaves is written over.
 */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomically } from '../../dream/picture.ts';
import { DreamError } from '../../kit/errors.ts';
import { makeFolder } from '../../kit/make-folder.ts';
import { isOrderId } from '../store/order-id.ts';

/** PNGs: what the dream is, and what it began with. */
export interface DreamPictures {
  readonly result: Uint8Array;
  readonly source: Uint8Array;
}

type Which = keyof DreamPictures;

export class EntryPictures {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async write(contest: string, order: string, pictures: DreamPictures): Promise<void> {
    await makeFolder(join(this.#folder, contest));
    for (const [which, png] of Object.entries(pictures) as [Which, Uint8Array][]) {
      await writeFileAtomically(this.#path(contest, order, which), png);
    }
  }

  /** @throws DreamError 'unknown-entry' where its author had it deleted. */
  async read(contest: string, order: string, which: Which = 'result'): Promise<Uint8Array> {
    try {
      return await readFile(this.#path(contest, order, which));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      const message = 'the picture of this entry is not kept any more';
      throw new DreamError('unknown-entry', message, undefined, { cause: error });
    }
  }

  async remove(contest: string, order: string): Promise<void> {
    for (const which of ['result', 'source'] as const) {
      await rm(this.#path(contest, order, which), { force: true });
    }
  }

  #path(contest: string, order: string, which: Which): string {
    if (![contest, order].every(isOrderId)) throw new Error('this is no id');
    return join(this.#folder, contest, which === 'result' ? `${order}.png` : `${order}-before.png`);
  }
}
