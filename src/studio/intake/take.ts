/** Pictures on their way in: checked, made as large as they are dreamed, and turned into PNG. */
import sharp from 'sharp';
import { encodePicture, readPicture, writeFileAtomically } from '../../dream/picture.ts';
import type { Picture } from '../../dream/picture.ts';
import { DreamError } from '../../kit/errors.ts';
import { factsOf } from '../picture-facts.ts';
import type { PictureFacts } from '../picture-facts.ts';
import { readStored, unlessDamaged } from '../stored-picture.ts';
import type { IntakeTask } from './task.ts';

/** @throws DreamError 'bad-picture', 'picture-too-large', 'damaged-file' or 'cannot-write' */
export async function takePicture(task: IntakeTask): Promise<PictureFacts> {
  const picture = await pictureOf(task);
  const { image, alpha } = picture;
  const png = await encodePicture(image, { format: 'png', ...(alpha ? { alpha } : {}) });
  await writeFileAtomically(task.into, png);
  return factsOf(picture);
}

async function pictureOf({ source, size, maxPixels }: IntakeTask): Promise<Picture> {
  const limits = { maxSide: size, maxPixels };
  if ('bytes' in source) return strangersPicture(source.bytes, limits);
  const { path, zoom } = source;
  if (zoom === 1) return readStored(path, limits);
  return readPicture(await unlessDamaged(path, () => zoomed(path, zoom)), limits);
}

async function strangersPicture(
  bytes: Uint8Array,
  limits: { maxSide: number; maxPixels: number },
): Promise<Picture> {
  try {
    return await readPicture(bytes, limits);
  } catch (error) {
    if (!(error instanceof DreamError) || error.code !== 'picture-too-large') throw error;
    throw new DreamError(error.code, error.message, 'Make the picture smaller.', { cause: error });
  }
}

/** The middle of a picture, enlarged to the size of the whole, as PNG. */
async function zoomed(path: string, zoom: number): Promise<Uint8Array> {
  const { width, height } = await sharp(path).metadata();
  const [innerWidth, innerHeight] = [width, height].map((side) =>
    Math.max(1, Math.round(side / zoom)),
  ) as [number, number];
  return sharp(path)
    .extract({
      left: Math.floor((width - innerWidth) / 2),
      top: Math.floor((height - innerHeight) / 2),
      width: innerWidth,
      height: innerHeight,
    })
    .resize(width, height, { fit: 'fill', kernel: 'lanczos3' })
    .png({ compressionLevel: 2 })
    .toBuffer();
}
