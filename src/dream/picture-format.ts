import { extname } from 'node:path';
import { DreamError } from '../kit/errors.ts';

/** The formats that are read; every one is recognised by its content, never by its name. */
export type PictureFormat = 'jpeg' | 'png' | 'webp' | 'avif' | 'gif' | 'tiff';

/** The formats that are written. */
export type OutputFormat = 'png' | 'jpeg' | 'webp';

/** As it stands in a sentence, with its article. */
export function spelledFormat(format: PictureFormat): string {
  return `${format === 'avif' ? 'an' : 'a'} ${format.toUpperCase()}`;
}

export const READABLE_FORMATS = 'JPEG, PNG, WebP, AVIF, GIF or TIFF';

/** What the first bytes of a file say it is: a readable format, or the name of something else. */
export type Recognised = { format: PictureFormat } | { other: string };

const READABLE: readonly (readonly [prefix: string, format: PictureFormat])[] = [
  ['\xff\xd8\xff', 'jpeg'],
  ['\x89PNG\r\n\x1a\n', 'png'],
  ['GIF87a', 'gif'],
  ['GIF89a', 'gif'],
  ['II*\0', 'tiff'],
  ['MM\0*', 'tiff'],
  ['II+\0', 'tiff'],
  ['MM\0+', 'tiff'],
];

// Only to say in a message what was found instead of a picture.
const OTHERS: readonly (readonly [prefix: string, name: string])[] = [
  ['%PDF', 'a PDF document'],
  ['\xff\x0a', 'a JPEG XL picture'],
  ['\0\0\0\x0cJXL ', 'a JPEG XL picture'],
  ['\0\0\0\x0cjP  ', 'a JPEG 2000 picture'],
  ['BM', 'a BMP picture'],
  ['\0\0\x01\0', 'an icon file'],
  ['8BPS', 'a Photoshop document'],
  ['PK\x03\x04', 'a ZIP archive'],
  ['\x1f\x8b', 'a gzip file'],
  ['\x1aE\xdf\xa3', 'a Matroska or WebM video'],
];

/** Bytes: licences and declarations of entities come first. */
const MOST_BEFORE_SVG = 65536;

/** Recognises a file by its first bytes. Never throws. */
export function recognisePicture(bytes: Uint8Array): Recognised {
  const head = latin1(bytes, 1024);
  const readable = READABLE.find(([prefix]) => head.startsWith(prefix));
  if (readable) {
    return { format: readable[1] };
  }
  if (head.startsWith('RIFF') && head.slice(8, 12) === 'WEBP') {
    return { format: 'webp' };
  }
  if (head.slice(4, 8) === 'ftyp') {
    return recogniseMediaFile(bytes, head);
  }
  if (/^\W*<(!doctype html|html)/i.test(head)) {
    return { other: 'an HTML page' };
  }
  if (/^\W*</.test(head) && /<svg[\s>]/i.test(latin1(bytes, MOST_BEFORE_SVG))) {
    return { other: 'an SVG drawing' };
  }
  const other = OTHERS.find(([prefix]) => head.startsWith(prefix));
  return { other: other ? other[1] : 'of no known picture format' };
}

function latin1(bytes: Uint8Array, most: number): string {
  return Buffer.from(bytes.subarray(0, most)).toString('latin1');
}

/** AVIF, HEIC and MP4 share one container; the brands listed in its first box tell them apart. */
function recogniseMediaFile(bytes: Uint8Array, head: string): Recognised {
  const boxLength = Buffer.from(bytes.subarray(0, 4)).readUInt32BE(0);
  // Major brand at 8, its version at 12, compatible brands from 16.
  const brands: string[] =
    `${head.slice(8, 12)}${head.slice(16, boxLength)}`.match(/[^]{4}/g) ?? [];
  if (brands.includes('avif') || brands.includes('avis')) {
    return { format: 'avif' };
  }
  const isHeic = brands.some((brand) => /^(he[ivx][cms x]|mif1|msf1)$/.test(brand));
  return { other: isHeic ? 'a HEIC picture' : 'a video or other media file' };
}

/**
 * The format in which to write `path`, by its extension: .png, .jpg, .jpeg or .webp, upper or
 * lower case. Throws DreamError 'bad-option' for any other.
 */
export function formatForPath(path: string): OutputFormat {
  const extension = extname(path).toLowerCase();
  switch (extension) {
    case '.png':
      return 'png';
    case '.jpg':
    case '.jpeg':
      return 'jpeg';
    case '.webp':
      return 'webp';
    default:
      throw new DreamError(
        'bad-option',
        `Pictures are written as .png, .jpg or .webp, but "${path}" ends in ${extension === '' ? 'no extension' : `"${extension}"`}.`,
        'Give the output file a name that ends in .png, .jpg or .webp.',
      );
  }
}
