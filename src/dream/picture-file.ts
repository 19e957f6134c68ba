import { randomUUID } from 'node:crypto';
import { constants, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { DreamError } from '../kit/errors.ts';

interface Target {
  /** Where the file lies once symbolic links are followed. */
  readonly path: string;
  /** Permission bits of the file that is replaced; undefined for a new one. */
  readonly mode: number | undefined;
}

/**
 * Writes a file whole or not at all: into a temporary file in the same folder, which takes the
 * place of `path` in one step once it is on the disk. An existing file keeps its permissions, and
 * its contents until that moment. Throws DreamError 'cannot-write'.
 */
export async function writeFileAtomically(path: string, bytes: Uint8Array): Promise<void> {
  await withTemporaryFile(path, async (temporary, target) => {
    await writeToDisk(temporary, bytes, target.mode);
    await rename(temporary, target.path);
    await syncFolder(dirname(target.path));
  });
}

/**
 * Throws the DreamError 'cannot-write' that writeFileAtomically(path) would throw, as far as it
 * can be known beforehand. Leaves nothing behind.
 */
export async function checkWritable(path: string): Promise<void> {
  await withTemporaryFile(path, async (temporary, target) => {
    await writeToDisk(temporary, new Uint8Array(), target.mode);
    await rm(temporary);
  });
}

async function withTemporaryFile(
  path: string,
  write: (temporary: string, target: Target) => Promise<void>,
): Promise<void> {
  let temporary: string | undefined;
  try {
    const target = await findTarget(path);
    // A short name of its own: the name of `path` may already be as long as names can be.
    temporary = join(dirname(target.path), `.dream-${randomUUID()}.tmp`);
    await write(temporary, target);
  } catch (error) {
    if (temporary !== undefined) {
      // Whether or not this succeeds, the first failure is the one to report.
      await rm(temporary, { force: true }).catch(() => undefined);
    }
    throw error instanceof DreamError ? error : cannotWrite(path, error);
  }
}

async function findTarget(path: string): Promise<Target> {
  if (basename(path) === '' || /[\\/]$/.test(path)) {
    throw refusal(path, 'it names a folder; the name of a file was expected');
  }
  let resolved: string;
  try {
    resolved = await realpath(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return { path, mode: undefined };
    }
    throw error;
  }
  const stats = await stat(resolved);
  if (!stats.isFile()) {
    // Above all a device such as /dev/null, which a rename would replace with a file.
    const found = stats.isDirectory() ? 'a folder' : 'a device or pipe';
    throw refusal(path, `it is ${found}; the name of a file was expected`);
  }
  // A rename would replace a write-protected file without asking.
  await (await open(resolved, constants.O_WRONLY)).close();
  return { path: resolved, mode: stats.mode & 0o777 };
}

async function writeToDisk(
  path: string,
  bytes: Uint8Array,
  mode: number | undefined,
): Promise<void> {
  // 'wx' never opens a file or link that somebody else put there.
  const handle = await open(path, 'wx');
  try {
    if (mode !== undefined) {
      await handle.chmod(mode);
    }
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The new name reaches the disk too, where the system can do that (Windows cannot). */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY).catch(() => null);
  try {
    await handle?.sync().catch(() => undefined);
  } finally {
    await handle?.close();
  }
}

const REASONS: Readonly<Record<string, (folder: string) => string>> = {
  ENOENT: (folder) => `the folder "${folder}" does not exist or takes no files`,
  ENOTDIR: (folder) => `"${folder}" is not a folder`,
  EACCES: (folder) => `this user may not write there, in the folder "${folder}"`,
  EPERM: (folder) => `this user may not write there, in the folder "${folder}"`,
  EROFS: (folder) => `the folder "${folder}" is on a read-only disk`,
  ENOSPC: () => 'the disk is full',
  EDQUOT: () => 'the disk quota of this user is used up',
  ENAMETOOLONG: () => 'its name is too long',
};

const WRITABLE = 'Name a file in an existing folder that you may write to.';
const ROOM = 'Remove files that are not needed, or name one on another disk.';

const HINTS: Readonly<Record<string, string>> = {
  ENOSPC: ROOM,
  EDQUOT: ROOM,
  ENAMETOOLONG: 'Give it a shorter name.',
};

function cannotWrite(path: string, cause: unknown): DreamError {
  const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
  const reason = REASONS[code]?.(dirname(path)) ?? `the system refused (${code})`;
  return refusal(path, reason, { cause, hint: HINTS[code] });
}

function refusal(
  path: string,
  reason: string,
  { cause, hint = WRITABLE }: { cause?: unknown; hint?: string | undefined } = {},
): DreamError {
  return new DreamError('cannot-write', `"${path}" cannot be written: ${reason}.`, hint, { cause });
}
