/** Pictures that the bot keeps, read again. */
import { readFile } from 'node:fs/promises';
import { readPicture } from '../dream/picture.ts';
import type { Picture, ReadPictureOptions } from '../dream/picture.ts';
import { DreamError } from '../kit/errors.ts';

/** @throws DreamError 'damaged-file' where the disk has not kept it whole, or not at all */
export async function readStored(path: string, options: ReadPictureOptions = {}): Promise<Picture> {
  return unlessDamaged(path, async () => readPicture(await readFile(path), options));
}

/** @param read may fail in any way: what is wrong with a picture of our own is not its person's. */
export async function unlessDamaged<Read>(path: string, read: () => Promise<Read>): Promise<Read> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof DreamError && error.code !== 'bad-picture') throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new DreamError('damaged-file', `"${path}" cannot be read: ${reason}`, undefined, {
      cause: error,
    });
  }
}
