import sharp from 'sharp';
import type { Sharp } from 'sharp';
import { DreamError } from '../kit/errors.ts';
import type { Image } from './image.ts';
import type { OutputFormat } from './picture-format.ts';
import { withPngText } from './picture-text.ts';

export interface EncodePictureOptions {
  readonly format: OutputFormat;
  /** Opacity 0..255, shape [rows * columns]. JPEG, which has none, is laid over white instead. */
  readonly alpha?: Uint8Array;
  /** 1..100, for JPEG (92 if not given) and WebP (90 if not given). PNG loses nothing. */
  readonly quality?: number;
  /**
   * Keyword to text, kept in PNG only; read back by readPictureText. It may still be in the making
   * while the pixels are encoded.
   */
  readonly text?: PictureText | Promise<PictureText>;
}

type PictureText = Readonly<Record<string, string>>;

// What a picture in the format can have at most on a side.
const MAX_SIDE: Readonly<Record<OutputFormat, number>> = {
  png: 2 ** 31 - 1,
  jpeg: 65535,
  webp: 16383,
};

/**
 * Encodes a picture; values are clamped to 0..255 and rounded, halves up (NaN becomes 0). The
 * file holds the pixels and `text`, and no other metadata. Throws DreamError 'bad-option' for a
 * quality or text that cannot be, 'picture-too-large' for more rows or columns than the format
 * allows, and RangeError when the lengths of `image` or `alpha` do not fit their size.
 */
export async function encodePicture(image: Image, options: EncodePictureOptions): Promise<Buffer> {
  const { format, alpha, quality, text = {} } = options;
  checkEncoding(image, options);
  const { rows, columns } = image;
  const channels = alpha ? 4 : 3;
  const pipeline = sharp(toInterleavedBytes(image, alpha), {
    raw: { width: columns, height: rows, channels },
    // The limit on reading is not one on writing.
    limitInputPixels: false,
  });
  switch (format) {
    case 'png': {
      const [png, texts] = await Promise.all([toPng(pipeline).toBuffer(), text]);
      return withPngText(png, texts);
    }
    case 'jpeg':
      // Dream colours change from pixel to pixel: halving their resolution would show.
      return pipeline
        .flatten({ background: '#ffffff' })
        .jpeg({ quality: quality ?? 92, chromaSubsampling: '4:4:4' })
        .toBuffer();
    case 'webp':
      // WebP always halves the colour resolution; smartSubsample at least keeps edges sharp.
      return pipeline.webp({ quality: quality ?? 90, smartSubsample: true, effort: 2 }).toBuffer();
  }
}

// Measured on a noisy 1024 x 1024 dream: 94 ms and 2.1 MB; level 6 takes longer and saves nothing,
// and without adaptive filtering the file is a third larger.
function toPng(pipeline: Sharp): Sharp {
  return pipeline.png({ compressionLevel: 2, adaptiveFiltering: true });
}

function checkEncoding({ rows, columns, data }: Image, options: EncodePictureOptions): void {
  const { format, alpha, quality } = options;
  if (data.length !== 3 * rows * columns || rows < 1 || columns < 1) {
    throw new RangeError(`${data.length} values are not 3 planes of ${rows} x ${columns}`);
  }
  if (alpha && alpha.length !== rows * columns) {
    throw new RangeError(`${alpha.length} alpha values are not a plane of ${rows} x ${columns}`);
  }
  if (quality !== undefined && !(Number.isInteger(quality) && quality >= 1 && quality <= 100)) {
    throw new DreamError(
      'bad-option',
      `quality must be a whole number from 1 to 100, but is ${quality}.`,
    );
  }
  if (Math.max(rows, columns) > MAX_SIDE[format]) {
    throw new DreamError(
      'picture-too-large',
      `A ${format} picture has at most ${MAX_SIDE[format]} pixels on a side, but this one has ${columns} x ${rows}.`,
      'Write it as .png.',
    );
  }
}

/** Planes of floats to bytes of shape [rows, columns, 3 or 4]. */
function toInterleavedBytes({ rows, columns, data }: Image, alpha?: Uint8Array): Uint8Array {
  const plane = rows * columns;
  const channels = alpha ? 4 : 3;
  const bytes = new Uint8Array(plane * channels);
  for (let channel = 0; channel < 3; channel++) {
    for (let pixel = 0; pixel < plane; pixel++) {
      const value = data[channel * plane + pixel]! + 0.5;
      // Storing drops the fraction. NaN fails both comparisons and is stored as 0.
      bytes[pixel * channels + channel] = value >= 255 ? 255 : value > 0 ? value : 0;
    }
  }
  if (alpha) {
    for (let pixel = 0; pixel < plane; pixel++) {
      bytes[pixel * 4 + 3] = alpha[pixel]!;
    }
  }
  return bytes;
}
