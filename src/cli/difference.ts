/** The picture of a difference, beside the result. */
import { extname } from 'node:path';
import { checkWritable, encodePicture, writeFileAtomically } from '../dream/picture.ts';
import type { Image } from '../dream/image.ts';
import { differencePicture } from '../dream/perturb/compare.ts';
import { checkNotRead } from './output.ts';

/**
 * out/me.png → out/me-difference.png
 * @param read paths of the pictures that the dream is made of.
 * @throws DreamError 'bad-option' or 'cannot-write'
 */
export async function differencePath(output: string, read: readonly string[]): Promise<string> {
  const path = `${output.slice(0, -extname(output).length)}-difference.png`;
  await checkNotRead(path, read);
  await checkWritable(path);
  return path;
}

export async function writeDifference(path: string, before: Image, after: Image): Promise<void> {
  const { image } = differencePicture(before, after);
  await writeFileAtomically(path, await encodePicture(image, { format: 'png' }));
}
