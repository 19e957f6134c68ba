import type { Metadata } from 'sharp';
import { DreamError } from '../kit/errors.ts';
import { createImage } from './image.ts';
import type { Image } from './image.ts';
import { READABLE_FORMATS, recognisePicture, spelledFormat } from './picture-format.ts';
import type { PictureFormat } from './picture-format.ts';
import { decodePicture, readPictureHeader } from './picture-decode.ts';
import type { Pixels } from './picture-decode.ts';
import { loadPictureBytes } from './picture-source.ts';

/** The largest picture, rows times columns, that is decoded unless told otherwise. */
export const DEFAULT_MAX_PIXELS = 64_000_000;

export interface Picture {
  /** sRGB, upright, values 0..255. */
  readonly image: Image;
  /** Opacity 0..255, shape [rows * columns], row-major; absent when every pixel is opaque. */
  readonly alpha?: Uint8Array;
  /** The format the source was found to have. */
  readonly format: PictureFormat;
  /** Size of the upright source before `maxSide` shrank it. */
  readonly originalRows: number;
  readonly originalColumns: number;
  /** What the person may want to know, a sentence each; for example that only one frame was used. */
  readonly note?: string[];
}

export interface ReadPictureOptions {
  /** Most pixels (rows times columns of the source) to decode; DEFAULT_MAX_PIXELS if not given. */
  readonly maxPixels?: number;
  /** Shrink so that the longer side has at most this many pixels; never enlarges. */
  readonly maxSide?: number;
}

/**
 * Reads a JPEG, PNG, WebP, AVIF, GIF or TIFF picture from a file or from memory: upright by its
 * EXIF orientation, converted to sRGB by its colour profile, its first frame if there are more.
 *
 * Every limit is checked on the header, before a pixel is decoded. Throws DreamError
 * 'file-not-found', 'bad-picture' (also for a picture that breaks off), 'picture-too-large', or
 * 'bad-option' for a limit that is not a whole number of at least 1.
 */
export async function readPicture(
  source: string | Uint8Array,
  options: ReadPictureOptions = {},
): Promise<Picture> {
  const { maxPixels = DEFAULT_MAX_PIXELS, maxSide } = options;
  checkWholeNumber('maxPixels', maxPixels);
  if (maxSide !== undefined) {
    checkWholeNumber('maxSide', maxSide);
  }
  const { name, bytes } = await loadPictureBytes(source);
  const recognised = recognisePicture(bytes);
  if ('other' in recognised) {
    throw new DreamError(
      'bad-picture',
      `${name} is ${recognised.other}; a ${READABLE_FORMATS} picture was expected.`,
      'Save it as JPEG or PNG and try again.',
    );
  }
  const { format } = recognised;
  const header = await readPictureHeader(name, bytes, format);
  checkHeader(name, format, header, maxPixels);
  const decoded = await decodePicture({ name, bytes, format, header }, { maxPixels, maxSide });
  const note = [...frameNote(header, format), ...decoded.note];
  return {
    ...toPlanes(decoded.pixels),
    format,
    originalRows: header.autoOrient.height,
    originalColumns: header.autoOrient.width,
    ...(note.length > 0 ? { note } : {}),
  };
}

function checkWholeNumber(option: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new DreamError(
      'bad-option',
      `${option} must be a whole number of at least 1, but is ${value}.`,
    );
  }
}

function checkHeader(name: string, format: PictureFormat, header: Metadata, maxPixels: number) {
  const pixels = header.width * header.height;
  if (pixels > maxPixels) {
    throw new DreamError(
      'picture-too-large',
      `${name} has ${header.width} x ${header.height} = ${pixels} pixels; at most ${maxPixels} are read.`,
      `Make the picture smaller, or raise the limit with --max-pixels ${pixels}.`,
    );
  }
  // The bytes chose the format; the decoder must not have seen another one in them.
  const decoderFormat = format === 'avif' ? 'heif' : format;
  const agrees =
    header.format === decoderFormat && (format !== 'avif' || header.compression === 'av1');
  if (!agrees) {
    throw new DreamError(
      'bad-picture',
      `${name} begins like ${spelledFormat(format)} picture but is decoded as ${header.format}; a ${READABLE_FORMATS} picture was expected.`,
      'Save it as JPEG or PNG and try again.',
    );
  }
  const most = header.space === 'cmyk' ? 5 : 4;
  if (header.channels > most) {
    throw new DreamError(
      'bad-picture',
      `${name} has ${header.channels} channels; grey, red, green and blue, or CMYK were expected, with transparency or without.`,
      'Save it as JPEG or PNG and try again.',
    );
  }
  // Signed, 32 bit and floating point samples (scientific TIFF) have no agreed black and white.
  if (header.depth !== 'uchar' && header.depth !== 'ushort') {
    throw new DreamError(
      'bad-picture',
      `${name} has samples of type ${header.depth}; unsigned samples of 8 or 16 bits were expected.`,
      'Convert it to 8 or 16 bits per channel.',
    );
  }
}

function frameNote(header: Metadata, format: PictureFormat): string[] {
  const frames = header.pages ?? 1;
  const unit = format === 'tiff' ? 'pages' : 'frames';
  return frames > 1 ? [`The file holds ${frames} ${unit}; only one was used.`] : [];
}

/** Interleaved bytes to planes of floats; the alpha channel apart, and dropped if all opaque. */
function toPlanes({ data, rows, columns, channels }: Pixels): { image: Image; alpha?: Uint8Array } {
  const image = createImage(rows, columns);
  const plane = rows * columns;
  for (let channel = 0; channel < 3; channel++) {
    for (let pixel = 0; pixel < plane; pixel++) {
      image.data[channel * plane + pixel] = data[pixel * channels + channel]!;
    }
  }
  if (channels === 3) {
    return { image };
  }
  const alpha = new Uint8Array(plane);
  let opaque = true;
  for (let pixel = 0; pixel < plane; pixel++) {
    alpha[pixel] = data[pixel * 4 + 3]!;
    opaque &&= alpha[pixel] === 255;
  }
  return opaque ? { image } : { image, alpha };
}
