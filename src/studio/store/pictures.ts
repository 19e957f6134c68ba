/** The pictures of orders: PNG files of their own. The processes that make them write them. */
import { access, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DreamError } from '../../kit/errors.ts';
import { makeFolder } from '../../kit/make-folder.ts';
import { isOrderId } from './order-id.ts';

export type PictureKind = 'source' | 'mask' | 'result';

/** All that is kept of an order's pictures. */
export interface KeptPictures {
  readonly id: string;
  readonly bytes: number;
  /** Milliseconds since 1970 of the newest. */
  readonly at: number;
}

export class PictureFolder {
  private constructor(private readonly folder: string) {}

  /**
   * Opens it, and removes what a crash left half written.
   * @throws DreamError 'cannot-write'
   */
  static async open(folder: string): Promise<PictureFolder> {
    try {
      await makeFolder(folder);
      const left = (await readdir(folder)).filter((name) => name.endsWith('.tmp'));
      await Promise.all(left.map((name) => rm(join(folder, name), { force: true })));
    } catch (error) {
      const { code = 'unknown error' } = error as NodeJS.ErrnoException;
      const message = `the folder '${folder}' for pictures cannot be made or written to (${code})`;
      throw new DreamError('cannot-write', message, undefined, { cause: error });
    }
    return new PictureFolder(folder);
  }

  path(id: string, kind: PictureKind): string {
    if (!isOrderId(id)) throw new DreamError('unknown-order', 'this is no id of an order');
    return join(this.folder, `${id}-${kind}.png`);
  }

  /** @throws DreamError 'unknown-order' where it is not kept, or not any more. */
  async read(id: string, kind: PictureKind): Promise<Uint8Array> {
    try {
      return await readFile(this.path(id, kind));
    } catch (error) {
      throw notKept(kind, error);
    }
  }

  /** @throws as `read` */
  async check(id: string, kind: PictureKind): Promise<void> {
    try {
      await access(this.path(id, kind));
    } catch (error) {
      throw notKept(kind, error);
    }
  }

  async remove(id: string): Promise<void> {
    const kinds: readonly PictureKind[] = ['source', 'mask', 'result'];
    await Promise.all(kinds.map((kind) => rm(this.path(id, kind), { force: true })));
  }

  /** Oldest first. */
  async list(): Promise<KeptPictures[]> {
    const kept = new Map<string, KeptPictures>();
    for (const name of await readdir(this.folder)) {
      const id = /^([0-9a-z]{12})-(?:source|mask|result)\.png$/.exec(name)?.[1];
      // It may be gone by now.
      const file = id && (await stat(join(this.folder, name)).catch(() => null));
      if (!id || !file) continue;
      const { bytes = 0, at = 0 } = kept.get(id) ?? {};
      kept.set(id, { id, bytes: bytes + file.size, at: Math.max(at, file.mtimeMs) });
    }
    return [...kept.values()].sort((one, other) => one.at - other.at);
  }
}

function notKept(kind: PictureKind, cause: unknown): unknown {
  if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') return cause;
  const what = kind === 'source' ? 'picture' : kind;
  const message = `the ${what} of this dream is not there, or not kept any more`;
  return new DreamError('unknown-order', message, 'Begin with a picture of your own.', { cause });
}
