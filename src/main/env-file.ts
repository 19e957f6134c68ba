/** `.env` of the working folder: settings for whoever would not set variables. */
import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { DreamError } from '../kit/errors.ts';

const FILE = '.env';

/**
 * Sets what it says, if there is one; what is set already stays.
 *
 * @throws DreamError 'bad-option' where it cannot be read
 */
export function loadEnvFile(): void {
  if (!existsSync(FILE)) return;
  try {
    process.loadEnvFile(FILE);
  } catch (error) {
    throw unreadable(error as NodeJS.ErrnoException);
  }
}

function unreadable(cause: NodeJS.ErrnoException): DreamError {
  const path = resolve(FILE);
  const [message, hint] = statSync(FILE).isDirectory()
    ? [
        `'${path}' is a folder, and not a file with settings`,
        'Remove it, or put the file in its place: Docker makes a folder where a file to mount is missing.',
      ]
    : [`'${path}' cannot be read (${cause.code ?? cause.message})`, 'Let this user read it.'];
  return new DreamError('bad-option', message, hint, { cause });
}
