/**
 * The pictures of entries: copies, so that a contest does not care what becomes of the orders.
 * Written before the entry is, and named after its order: what a crash leaves is written over.
 */
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomically } from '../../dream/picture.ts';
import { DreamError } from '../../kit/errors.ts';
import { isOrderId } from '../store/order-id.ts';

export class EntryPictures {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async write(contest: string, order: string, png: Uint8Array): Promise<void> {
    const path = this.#path(contest, order);
    await mkdir(join(this.#folder, contest), { recursive: true });
    await writeFileAtomically(path, png);
  }

  /** @throws DreamError 'unknown-entry' where its author had it deleted. */
  async read(contest: string, order: string): Promise<Uint8Array> {
    try {
      return await readFile(this.#path(contest, order));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      const message = 'the picture of this entry is not kept any more';
      throw new DreamError('unknown-entry', message, undefined, { cause: error });
    }
  }

  async remove(contest: string, order: string): Promise<void> {
    await rm(this.#path(contest, order), { force: true });
  }

  #path(contest: string, order: string): string {
    if (![contest, order].every(isOrderId)) throw new Error('this is no id');
    return join(this.#folder, contest, `${order}.png`);
  }
}
