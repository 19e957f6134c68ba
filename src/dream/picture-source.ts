import type { Stats } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { DreamError } from '../kit/errors.ts';

/** A larger file is refused before it is read. */
const MAX_FILE_BYTES = 100_000_000;

/**
 * The bytes of a picture file, or the bytes handed in, not empty and at most MAX_FILE_BYTES.
 * `name` is how messages call it. Throws DreamError 'file-not-found', 'bad-picture' or
 * 'picture-too-large'.
 */
export async function loadPictureBytes(
  source: string | Uint8Array,
): Promise<{ name: string; bytes: Uint8Array }> {
  const name = typeof source === 'string' ? `"${source}"` : 'The picture';
  const bytes = typeof source === 'string' ? await readRegularFile(source, name) : source;
  if (bytes.length === 0) {
    throw new DreamError('bad-picture', `${name} is empty (0 bytes); a picture was expected.`);
  }
  checkSize(bytes.length, name);
  return { name, bytes };
}

async function readRegularFile(path: string, name: string): Promise<Uint8Array> {
  try {
    const stats = await stat(path);
    checkIsFile(stats, name);
    checkSize(stats.size, name);
    return await readFile(path);
  } catch (error) {
    throw error instanceof DreamError ? error : cannotRead(name, error);
  }
}

// A named pipe would wait for ever and a device such as /dev/zero would never end.
function checkIsFile(stats: Stats, name: string): void {
  if (!stats.isFile()) {
    const found = stats.isDirectory() ? 'a folder' : 'a device or pipe';
    throw new DreamError(
      'bad-picture',
      `${name} is ${found}; a picture file was expected.`,
      'Name one picture file.',
    );
  }
}

function checkSize(size: number, name: string): void {
  if (size > MAX_FILE_BYTES) {
    const megabytes = (size / 1e6).toFixed(1);
    throw new DreamError(
      'picture-too-large',
      `${name} is a file of ${megabytes} MB; at most ${MAX_FILE_BYTES / 1e6} MB are read.`,
      'Make the picture smaller, or save it with more compression.',
    );
  }
}

function cannotRead(name: string, cause: unknown): DreamError {
  const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new DreamError(
      'file-not-found',
      `${name} does not exist; a picture file was expected.`,
      'Check the name and the folder.',
      { cause },
    );
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return new DreamError(
      'file-not-found',
      `${name} may not be read by this user; a readable picture file was expected.`,
      'Change its permissions, or copy it to a folder of your own.',
      { cause },
    );
  }
  return new DreamError(
    'file-not-found',
    `${name} cannot be read (${code}); a picture file was expected.`,
    'Check the name, and that the disk is in order.',
    { cause },
  );
}
