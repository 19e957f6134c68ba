/** `.env` of the working folder: settings for whoever would not set variables. */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { DreamError } from '../kit/errors.ts';

const FILE = '.env';

/**
 * Sets what it says, if there is one; what is set already stays.
 *
 * @throws DreamError 'bad-option' where it cannot be read
 */
export function loadEnvFile(): void {
  const found = statSync(FILE, { throwIfNoEntry: false });
  if (!found) return;
  const path = resolve(FILE);
  if (found.isDirectory()) {
    const message = `'${path}' is a folder, and not a file with settings`;
    throw new DreamError(
      'bad-option',
      message,
      'Remove it, or put the file in its place: Docker makes a folder where a file to mount is missing.',
    );
  }
  // Reading a pipe would wait for somebody who writes.
  if (found.isFIFO()) {
    const message = `'${path}' is a pipe, and not a file with settings`;
    throw new DreamError('bad-option', message, 'Put the file in its place.');
  }
  try {
    process.loadEnvFile(FILE);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const words = `'${path}' cannot be read (${code ?? message})`;
    throw new DreamError('bad-option', words, 'Let this user read it.', { cause });
  }
}
