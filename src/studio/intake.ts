/** Pictures on their way in: checked, made as large as they are dreamed, and turned into PNG. */
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { encodePicture, readPicture } from '../dream/picture.ts';
import { DreamError } from '../kit/errors.ts';
import { factsOf } from './picture-facts.ts';
import type { PictureFacts } from './picture-facts.ts';

/** The clouds that come with the program. */
export const CLOUDS = fileURLToPath(new URL('../../examples/clouds.png', import.meta.url));

export const MOST_ZOOM = 16;

export interface TakenPicture {
  readonly png: Uint8Array;
  readonly facts: PictureFacts;
}

/**
 * @param source bytes from anyone, or a file of our own.
 * @param size longest side; a larger picture is shrunk.
 * @throws DreamError 'bad-picture' or 'picture-too-large'
 */
export async function takePicture(
  source: string | Uint8Array,
  size: number,
  maxPixels: number,
): Promise<TakenPicture> {
  try {
    const picture = await readPicture(source, { maxSide: size, maxPixels });
    const { image, alpha } = picture;
    const png = await encodePicture(image, { format: 'png', ...(alpha ? { alpha } : {}) });
    return { png, facts: factsOf(picture) };
  } catch (error) {
    if (!(error instanceof DreamError) || error.code !== 'picture-too-large') throw error;
    throw new DreamError(error.code, error.message, 'Make the picture smaller.', { cause: error });
  }
}

/** The middle of a picture, enlarged to the size of the whole. */
export async function zoomed(png: Uint8Array, zoom: number): Promise<Uint8Array> {
  if (zoom === 1) return png;
  const { width, height } = await sharp(png).metadata();
  const [innerWidth, innerHeight] = [width, height].map((side) =>
    Math.max(1, Math.round(side / zoom)),
  ) as [number, number];
  return sharp(png)
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

/** @throws DreamError 'bad-option' */
export function checkZoom(zoom: number): void {
  if (zoom >= 1 && zoom <= MOST_ZOOM) return;
  throw new DreamError('bad-option', `zoom: expected a number from 1 to ${MOST_ZOOM}, got ${zoom}`);
}
