import sharp from 'sharp';
import type { Metadata } from 'sharp';
import { DreamError } from '../kit/errors.ts';
import { spelledFormat } from './picture-format.ts';
import type { PictureFormat } from './picture-format.ts';

/** A picture file whose header has been read and found acceptable. */
export interface PictureSource {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly format: PictureFormat;
  readonly header: Metadata;
}

export interface DecodeOptions {
  readonly maxPixels: number;
  readonly maxSide: number | undefined;
}

/** Decoded sRGB bytes, shape [rows, columns, channels]; the fourth channel is opacity. */
export interface Pixels {
  readonly data: Uint8Array;
  readonly rows: number;
  readonly columns: number;
  readonly channels: 3 | 4;
}

/** Size, depth and colour space, without decoding. Throws DreamError 'bad-picture'. */
export async function readPictureHeader(
  name: string,
  bytes: Uint8Array,
  format: PictureFormat,
): Promise<Metadata> {
  try {
    // sharp's own limit would refuse without saying how large the picture is.
    return await sharp(bytes, { limitInputPixels: false }).metadata();
  } catch (error) {
    throw cannotDecode(name, format, error);
  }
}

/**
 * Decodes strictly, and a second time less strictly when all that was wrong is something that
 * cameras and phones are known to write and that damages no pixel. Throws DreamError 'bad-picture'.
 */
export async function decodePicture(
  source: PictureSource,
  options: DecodeOptions,
): Promise<{ pixels: Pixels; note: string[] }> {
  try {
    return { pixels: await decode(source, options, 'warning'), note: [] };
  } catch (error) {
    if (!isHarmless(error)) {
      throw cannotDecode(source.name, source.format, error);
    }
  }
  try {
    const pixels = await decode(source, options, 'error');
    return { pixels, note: ['The file has a small defect that was passed over.'] };
  } catch (error) {
    throw cannotDecode(source.name, source.format, error);
  }
}

async function decode(
  { bytes, header }: PictureSource,
  { maxPixels, maxSide }: DecodeOptions,
  failOn: 'warning' | 'error',
): Promise<Pixels> {
  const pipeline = sharp(bytes, { failOn, limitInputPixels: maxPixels, autoOrient: true });
  if (maxSide !== undefined && Math.max(header.width, header.height) > maxSide) {
    pipeline.resize({
      width: maxSide,
      height: maxSide,
      fit: 'inside',
      kernel: 'lanczos3',
      // Quality over speed: leave at least a factor of two to the lanczos kernel.
      fastShrinkOnLoad: false,
    });
  }
  if (header.space === 'rgb16' && header.hasProfile) {
    // sharp 0.35 takes 16 bit pictures through Display P3 and leaves them there unless an
    // output profile is asked for.
    pipeline.withIccProfile('srgb');
  }
  const { data, info } = await pipeline
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  if (info.channels !== 3 && info.channels !== 4) {
    throw new Error(`${info.channels} channels cannot be made into red, green and blue`);
  }
  return { data, rows: info.height, columns: info.width, channels: info.channels };
}

/** Whether every complaint of the JPEG decoder is one about padding, or about unused parameters. */
function isHarmless(error: unknown): boolean {
  const lines = messageOf(error).split('\n');
  return lines.every((line) =>
    /extraneous bytes before marker|Invalid SOS parameters for sequential JPEG/.test(line),
  );
}

function cannotDecode(name: string, format: PictureFormat, cause: unknown): DreamError {
  const reason = messageOf(cause)
    .replace(/^Input buffer has corrupt header:\s*/, '')
    .split('\n')
    .find((line) => line.trim() !== '' && !line.startsWith('source: bad seek'));
  return new DreamError(
    'bad-picture',
    `${name} begins like ${spelledFormat(format)} picture, but it is damaged or incomplete and cannot be decoded${reason === undefined ? '' : ` (${reason.trim()})`}.`,
    'Download or copy it again, or open it in an image editor and save it anew.',
    { cause },
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
