/**
 * The pictures of entries: copies, so that a contest does not care what becomes of the orders.
 * Written before the entry is, and named after its order: what a crash leaves is written over, or
 * swept away at the next start.
 */
import { readdir, readFile, rm } from 'node:fs/promises';
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

/** What `write` leaves in a contest's folder: pictures, and what was half written. */
const PICTURE = /^([0-9a-z]{12})(?:-before)?\.png$/;
const UNFINISHED = /^\.dream-[0-9a-f-]{36}\.tmp$/;

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

  /** The contests of which something is kept. */
  async contests(): Promise<string[]> {
    const found = await readdir(this.#folder, { withFileTypes: true }).catch(ifThere);
    return found.filter((each) => each.isDirectory() && isOrderId(each.name)).map(byName);
  }

  /**
   * Removes what is kept of other orders than these. Nothing may be written meanwhile.
   * @returns how many files.
   */
  async removeOthers(contest: string, orders: ReadonlySet<string>): Promise<number> {
    if (!isOrderId(contest)) throw new Error('this is no id');
    const folder = join(this.#folder, contest);
    const files = (await readdir(folder, { withFileTypes: true })).filter((each) => each.isFile());
    const left = files.map(byName).filter((name) => {
      const [, order] = PICTURE.exec(name) ?? [];
      return order === undefined ? UNFINISHED.test(name) : !orders.has(order);
    });
    for (const name of left) await rm(join(folder, name), { force: true });
    return left.length;
  }

  #path(contest: string, order: string, which: Which): string {
    if (![contest, order].every(isOrderId)) throw new Error('this is no id');
    return join(this.#folder, contest, which === 'result' ? `${order}.png` : `${order}-before.png`);
  }
}

function byName({ name }: { readonly name: string }): string {
  return name;
}

/** No contest has had an entry. */
function ifThere(error: unknown): [] {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
  throw error;
}
