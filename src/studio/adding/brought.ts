/** What somebody brings: a folder, one file of it, or an archive; all of them are names with bytes. */
import { constants, createWriteStream } from 'node:fs';
import { lstat, open, readdir, readFile, realpath, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { openArchive } from '../../importers/containers/archive.ts';
import { isZip } from '../../importers/containers/zip.ts';
import { isKerasArchive } from '../../importers/keras-archive.ts';
import { DreamError } from '../../kit/errors.ts';

export interface Brought {
  /** How messages call it. */
  readonly place: string;
  /** With slashes, from the folder on. */
  readonly names: readonly string[];
  /** The one that was pointed at. */
  readonly chosen?: string;
  size(name: string): Promise<number>;
  /** The same bytes again for as long as somebody holds them: nobody may change them. */
  read(name: string): Promise<Uint8Array>;
  /** Writes them to a new file. @returns how many there are. */
  copy(name: string, to: string): Promise<number>;
}

const MOST_FILES = 2000;
const MOST_DEPTH = 4;
/** What TensorFlow calls the file of a network, and the folder beside it with its weights. */
const [SAVED_MODEL, VARIABLES] = ['saved_model.pb', 'variables'];
/** What Node reads in one piece. */
const MOST_BYTES = 2 ** 31 - 1;

/** @throws DreamError 'file-not-found' or 'bad-model' */
export async function openBrought(path: string): Promise<Brought> {
  const kind = await stat(path).catch((error: unknown) => {
    const message = `'${path}' cannot be found`;
    throw new DreamError('file-not-found', message, undefined, { cause: error });
  });
  const real = await realpath(path);
  if (kind.isDirectory()) return openFolder(real, path);
  if (!kind.isFile()) {
    throw new DreamError('bad-model', `'${path}' is neither a file nor a folder`);
  }
  checkSize(path, kind.size);
  if (isZip(await beginningOf(real))) {
    const bytes = await readFile(real);
    if (!isKerasArchive(bytes)) return openZip(bytes, path);
  }
  const chosen = basename(real);
  const inner = chosen === SAVED_MODEL ? VARIABLES : undefined;
  return { ...(await openFolder(dirname(real), path, 1, inner)), chosen };
}

async function beginningOf(path: string): Promise<Uint8Array> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(new Uint8Array(4), 0, 4);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** @param place how messages call it. */
async function openZip(bytes: Uint8Array, place: string): Promise<Brought> {
  const { names, read } = await openArchive(bytes);
  const taken = names.filter(isSafe);
  if (taken.length < names.length) {
    const outside = names.find((name) => !isSafe(name))!;
    throw new DreamError(
      'bad-model',
      `the archive names the file '${outside}', which lies outside of it`,
    );
  }
  const { read: once } = readOnce(read);
  const size = async (name: string): Promise<number> => (await once(name)).length;
  const copy = async (name: string, to: string): Promise<number> => written(await once(name), to);
  return { place, names, size, read: once, copy };
}

/** @param inner a folder in it that is looked into all the same, where it is there. */
async function openFolder(
  folder: string,
  place: string,
  depth = MOST_DEPTH,
  inner?: string,
): Promise<Brought> {
  const names: string[] = [];
  if (inner !== undefined && (await isFolder(join(folder, inner)))) {
    await collect(join(folder, inner), `${inner}/`, 1, names);
  }
  await collect(folder, '', depth, names);
  if (names.length > MOST_FILES && depth > 1) {
    throw new DreamError(
      'bad-model',
      `'${place}' holds more than ${MOST_FILES} files`,
      "Bring the folder with the model's files alone, or the file itself.",
    );
  }
  const size = async (name: string): Promise<number> => (await lstat(join(folder, name))).size;
  const checked = async (name: string): Promise<string> => {
    if (!isSafe(name)) throw new Error('it lies outside the folder');
    checkSize(name, await size(name));
    return join(folder, name);
  };
  const { read, held } = readOnce(async (name) =>
    readFile(await checked(name), { flag: WITHOUT_LINKS }),
  );
  const copy = async (name: string, to: string): Promise<number> => {
    const bytes = held(name);
    return bytes ? written(bytes, to) : copied(await checked(name), to);
  };
  return { place, names: names.slice(0, MOST_FILES), size, read, copy };
}

async function written(bytes: Uint8Array, to: string): Promise<number> {
  await writeFile(to, bytes, { flag: 'wx' });
  return bytes.length;
}

/** Without the whole of it in memory. */
async function copied(from: string, to: string): Promise<number> {
  const source = (await open(from, WITHOUT_LINKS)).createReadStream();
  await pipeline(source, createWriteStream(to, { flags: 'wx' }));
  return source.bytesRead;
}

/** Networks are found, imported and copied by one and the same bytes, without keeping any others. */
function readOnce(read: Brought['read']): {
  readonly read: Brought['read'];
  /** What somebody holds. */
  readonly held: (name: string) => Uint8Array | undefined;
} {
  const known = new Map<string, () => Uint8Array | undefined>();
  const held = (name: string): Uint8Array | undefined => known.get(name)?.();
  const once: Brought['read'] = async (name) => {
    const before = held(name);
    if (before) return before;
    const bytes = await read(name);
    const { byteOffset, byteLength } = bytes;
    // Whoever holds a part of them holds their buffer.
    const reference = new WeakRef(bytes.buffer);
    known.set(name, () => {
      const buffer = reference.deref();
      return buffer && new Uint8Array(buffer, byteOffset, byteLength);
    });
    return bytes;
  };
  return { read: once, held };
}

/** A link may lead anywhere. Windows has no such flag. */
const WITHOUT_LINKS =
  constants.O_RDONLY | ((constants as Partial<typeof constants>).O_NOFOLLOW ?? 0);

/** A link to one is none: it may lead anywhere. */
async function isFolder(path: string): Promise<boolean> {
  const found = await lstat(path).catch(() => null);
  return found?.isDirectory() ?? false;
}

/** Files only: links are not followed, hidden files are not taken. */
async function collect(
  folder: string,
  prefix: string,
  depth: number,
  names: string[],
): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name.startsWith('.') || names.length > MOST_FILES) continue;
    const name = `${prefix}${entry.name}`;
    if (entry.isFile()) names.push(name);
    else if (entry.isDirectory() && depth > 1) {
      await collect(join(folder, entry.name), `${name}/`, depth - 1, names);
    }
  }
}

function isSafe(name: string): boolean {
  const parts = name.split(/[/\\]/);
  return !/^[/\\]|^[a-z]:|\0/i.test(name) && parts.every((part) => part !== '..');
}

function checkSize(name: string, size: number): void {
  if (size <= MOST_BYTES) return;
  const message = `'${name}' has ${size} bytes; files of up to ${MOST_BYTES} can be read`;
  throw new DreamError('bad-model', message);
}
