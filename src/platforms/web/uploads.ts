/** Pictures that people sent, as files: on the disk before the sender hears of it. */
import { randomBytes } from 'node:crypto';
import { open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DreamError } from '../../kit/errors.ts';
import { makeFolder } from '../../kit/make-folder.ts';

const NAME = /^[0-9a-f]{32}$/;

export class Uploads {
  /** In bytes, by name. */
  readonly #sizes = new Map<string, number>();

  constructor(private readonly folder: string) {}

  /** Makes the folder, and removes what no message has any more. */
  async open(kept: ReadonlySet<string>): Promise<void> {
    await makeFolder(this.folder);
    const names = await readdir(this.folder);
    const ours = names.filter((name) => NAME.test(name.replace(/\.part$/, '')));
    await Promise.all(ours.filter((name) => !kept.has(name)).map((name) => this.remove(name)));
    for (const name of ours.filter((each) => kept.has(each))) {
      this.#sizes.set(name, (await stat(join(this.folder, name))).size);
    }
  }

  /** Of all files. */
  get bytes(): number {
    return [...this.#sizes.values()].reduce((sum, size) => sum + size, 0);
  }

  sizeOf(name: string): number {
    return this.#sizes.get(name) ?? 0;
  }

  /** @returns the name that it can be read by. */
  async keep(bytes: Uint8Array): Promise<string> {
    const name = randomBytes(16).toString('hex');
    const path = join(this.folder, name);
    await writeDurably(`${path}.part`, bytes);
    await rename(`${path}.part`, path);
    await syncFolder(this.folder);
    this.#sizes.set(name, bytes.length);
    return name;
  }

  /** @throws DreamError 'fetch-failed' */
  async read(name: string, signal?: AbortSignal): Promise<Uint8Array> {
    try {
      if (NAME.test(name)) return await readFile(join(this.folder, name), { signal });
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
    }
    throw new DreamError(
      'fetch-failed',
      'the file that was sent is no longer here',
      'Send it again.',
    );
  }

  async remove(name: string): Promise<void> {
    await rm(join(this.folder, name), { force: true });
    this.#sizes.delete(name);
  }
}

async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A new name is on the disk when its folder is. Windows cannot open folders, nor needs to. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
