import * as fileSystem from 'node:fs/promises';
import { chmod, mkdtemp, readFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import fc from 'fast-check';
import sharp from 'sharp';
import type { Sharp } from 'sharp';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createImage } from '../../src/dream/image.ts';
import type { Image } from '../../src/dream/image.ts';
import {
  checkWritable,
  DEFAULT_MAX_PIXELS,
  encodePicture,
  formatForPath,
  readPicture,
  readPictureText,
  writeFileAtomically,
} from '../../src/dream/picture.ts';
import { withPngText } from '../../src/dream/picture-text.ts';
import { DreamError } from '../../src/kit/errors.ts';
import type { DreamErrorCode } from '../../src/kit/errors.ts';
import { tiffOf } from '../helpers/pictures.ts';

// A copy of the module whose functions vi.spyOn can replace, to inject failures of the disk.
vi.mock('node:fs/promises', async (importOriginal) => ({
  ...(await importOriginal<typeof fileSystem>()),
}));

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dream-picture-'));
});

afterEach(async () => {
  vi.restoreAllMocks();
  closeSocket?.();
  closeSocket = undefined;
  await rm(folder, { recursive: true, force: true });
});

let closeSocket: (() => void) | undefined;

/** Something that is no ordinary file; unlike /dev/null nobody misses it when a test goes wrong. */
async function makeSocket(): Promise<string> {
  const path = join(folder, 'socket');
  const server = createServer();
  closeSocket = () => void server.close();
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return path;
}

// ---- helpers -------------------------------------------------------------------------------

type Colour = readonly [red: number, green: number, blue: number];

/** A picture of blocks, `block` pixels square, one colour each; every format keeps their middles. */
function blocks(colours: readonly (readonly Colour[])[], block: number): Sharp {
  const rows = colours.length * block;
  const columns = colours[0]!.length * block;
  const bytes = Buffer.alloc(rows * columns * 3);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const colour = colours[Math.floor(row / block)]![Math.floor(column / block)]!;
      bytes.set(colour, (row * columns + column) * 3);
    }
  }
  return sharp(bytes, { raw: { width: columns, height: rows, channels: 3 } });
}

function flat(width: number, height: number, colour: Colour): Sharp {
  const [r, g, b] = colour;
  return sharp({ create: { width, height, channels: 3, background: { r, g, b } } });
}

function pixel(image: Image, row: number, column: number): number[] {
  const plane = image.rows * image.columns;
  const at = row * image.columns + column;
  return [image.data[at]!, image.data[plane + at]!, image.data[2 * plane + at]!];
}

function expectNear(actual: readonly number[], expected: readonly number[], tolerance: number) {
  const distance = Math.max(...expected.map((value, i) => Math.abs(value - actual[i]!)));
  expect(
    distance,
    `[${actual.join()}] is not within ${tolerance} of [${expected.join()}]`,
  ).toBeLessThanOrEqual(tolerance);
}

/** Fails unless `action` rejects with a DreamError fit for a person; gives it back. */
async function failure(action: Promise<unknown>, code: DreamErrorCode): Promise<DreamError> {
  const error: unknown = await action.then(
    () => new Error('nothing was thrown'),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(DreamError);
  const dreamError = error as DreamError;
  expect(dreamError.code).toBe(code);
  expect(dreamError.message).not.toMatch(/\n|\bat .*:\d+:\d+/);
  return dreamError;
}

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, checksum]);
}

function png(
  header: { width: number; height: number; depth: number; colourType: number },
  idat: Uint8Array,
): Buffer {
  const ihdr = Buffer.alloc(13);
  ihdr.writeUInt32BE(header.width, 0);
  ihdr.writeUInt32BE(header.height, 4);
  ihdr[8] = header.depth;
  ihdr[9] = header.colourType;
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', ihdr),
    chunk('IDAT', idat),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** Puts chunks straight after the header of a PNG. */
function withChunks(bytes: Buffer, ...chunks: Buffer[]): Buffer {
  return Buffer.concat([bytes.subarray(0, 33), ...chunks, bytes.subarray(33)]);
}

function chunkTypes(bytes: Buffer): string[] {
  const types: string[] = [];
  for (let at = 8; at < bytes.length; at += 12 + bytes.readUInt32BE(at)) {
    types.push(bytes.toString('latin1', at + 4, at + 8));
  }
  return types;
}

/** A grey little-endian TIFF of one strip; the pixels come last, so that cutting it cuts them. */
function greyTiff(options: {
  size: number;
  bits: number;
  sampleFormat: 1 | 2 | 3;
  data: Uint8Array;
}): Buffer {
  const { size, bits, sampleFormat, data } = options;
  const count = 10;
  const start = 8 + 2 + 12 * count + 4;
  const tags = [
    [256, size],
    [257, size],
    [258, bits],
    [259, 1], // no compression
    [262, 1], // black is zero
    [273, start],
    [277, 1],
    [278, size],
    [279, data.length],
    [339, sampleFormat],
  ] as const;
  const head = Buffer.alloc(start);
  head.write('II*\0', 'latin1');
  head.writeUInt32LE(8, 4);
  head.writeUInt16LE(count, 8);
  for (const [index, [tag, value]] of tags.entries()) {
    const at = 10 + 12 * index;
    head.writeUInt16LE(tag, at);
    head.writeUInt16LE(4, at + 2);
    head.writeUInt32LE(1, at + 4);
    head.writeUInt32LE(value, at + 8);
  }
  return Buffer.concat([head, data]);
}

/** A picture with soft detail everywhere, which cannot be cut short unnoticed. */
function detailed(width = 320, height = 240): Sharp {
  const bytes = Buffer.alloc(width * height * 3);
  for (let index = 0; index < bytes.length; index++) {
    bytes[index] = 128 + 100 * Math.sin(index * 0.013) * Math.cos(index * 0.00071);
  }
  return sharp(bytes, { raw: { width, height, channels: 3 } });
}

const RED: Colour = [220, 30, 40];
const GREEN: Colour = [20, 190, 60];
const BLUE: Colour = [30, 40, 210];
const YELLOW: Colour = [230, 220, 20];
const WHITE: Colour = [255, 255, 255];
const BLACK: Colour = [0, 0, 0];
const SIX = [
  [RED, GREEN, BLUE],
  [YELLOW, WHITE, BLACK],
];

// ---- reading: formats ------------------------------------------------------------------------

describe('readPicture reads every format', () => {
  const encoders = {
    jpeg: (picture: Sharp) => picture.jpeg({ quality: 95, chromaSubsampling: '4:4:4' }),
    png: (picture: Sharp) => picture.png(),
    webp: (picture: Sharp) => picture.webp({ lossless: true }),
    avif: (picture: Sharp) => picture.avif({ quality: 90, chromaSubsampling: '4:4:4', effort: 1 }),
    gif: (picture: Sharp) => picture.gif({ dither: 0 }),
    tiff: (picture: Sharp) => picture.tiff({ compression: 'lzw' }),
  };
  // Lossy formats ring at the edges of blocks; their middles are near.
  const tolerance = { jpeg: 6, png: 0, webp: 0, avif: 8, gif: 4, tiff: 0 };

  for (const format of Object.keys(encoders) as (keyof typeof encoders)[]) {
    test(`${format}, from memory and from a file with a misleading name`, async () => {
      const bytes = await encoders[format](blocks(SIX, 16)).toBuffer();
      const path = join(folder, 'picture.bin');
      await writeFile(path, bytes);
      for (const source of [bytes, new Uint8Array(bytes), path]) {
        const picture = await readPicture(source);
        expect(picture.format).toBe(format);
        expect([picture.image.rows, picture.image.columns]).toEqual([32, 48]);
        expect(picture.image.data.length).toBe(3 * 32 * 48);
        expect([picture.originalRows, picture.originalColumns]).toEqual([32, 48]);
        expect(picture).not.toHaveProperty('alpha');
        expect(picture).not.toHaveProperty('note');
        for (const [row, line] of SIX.entries()) {
          for (const [column, colour] of line.entries()) {
            const middle = pixel(picture.image, row * 16 + 8, column * 16 + 8);
            expectNear(middle, colour, tolerance[format]);
          }
        }
      }
    });
  }

  test('grey becomes three equal planes', async () => {
    const bytes = await blocks(SIX, 8).toColourspace('b-w').png().toBuffer();
    expect((await sharp(bytes).metadata()).channels).toBe(1);
    const { image } = await readPicture(bytes);
    expect(pixel(image, 12, 12)).toEqual([255, 255, 255]);
    expect(pixel(image, 12, 20)).toEqual([0, 0, 0]);
    const [red, green, blue] = pixel(image, 4, 4);
    expect(red).toBeGreaterThan(50);
    expect([green, blue]).toEqual([red, red]);
  });

  test('a palette keeps its colours', async () => {
    const bytes = await blocks(SIX, 8).png({ palette: true, dither: 0 }).toBuffer();
    expect((await sharp(bytes).metadata()).isPalette).toBe(true);
    const { image } = await readPicture(bytes);
    expectNear(pixel(image, 4, 4), RED, 4);
    expectNear(pixel(image, 12, 4), YELLOW, 4);
  });

  test('1 bit PNG and TIFF', async () => {
    // Two rows of eight pixels, each row led by its filter byte: 10101010 and 11110000.
    const rows = deflateSync(Buffer.from([0, 0b10101010, 0, 0b11110000]));
    const onePng = png({ width: 8, height: 2, depth: 1, colourType: 0 }, rows);
    const { image } = await readPicture(onePng);
    const expected = [255, 0, 255, 0, 255, 0, 255, 0, 255, 255, 255, 255, 0, 0, 0, 0];
    expect([...image.data.subarray(0, 16)]).toEqual(expected);
    expect([...image.data.subarray(32)]).toEqual(expected);

    const tiff = await sharp(onePng).toColourspace('b-w').tiff({ bitdepth: 1 }).toBuffer();
    expect((await sharp(tiff).metadata()).bitsPerSample).toBe(1);
    expect([...(await readPicture(tiff)).image.data.subarray(0, 16)]).toEqual(expected);
  });

  test('16 bit grey TIFF spans the whole range', async () => {
    const data = Buffer.alloc(16 * 16 * 2);
    for (let index = 0; index < 256; index++) {
      data.writeUInt16LE(index * 257, index * 2);
    }
    const tiff = greyTiff({ size: 16, bits: 16, sampleFormat: 1, data });
    const { image } = await readPicture(tiff);
    expect([...image.data.subarray(0, 256)]).toEqual(Array.from({ length: 256 }, (_, i) => i));
  });

  test('16 bit colour PNG with alpha', async () => {
    const samples = Uint16Array.from(
      { length: 64 * 4 },
      (_, i) => [65535, 30000, 0, 32896][i % 4]!,
    );
    const bytes = await sharp(samples, { raw: { width: 8, height: 8, channels: 4 } })
      .toColourspace('rgb16')
      .png()
      .toBuffer();
    expect((await sharp(bytes).metadata()).bitsPerSample).toBe(16);
    const { image, alpha } = await readPicture(bytes);
    expectNear(pixel(image, 3, 3), [255, 30000 / 257, 0], 1);
    expectNear([alpha![0]!], [128], 1);
  });

  test('CMYK JPEG, with a profile and without', async () => {
    const cmyk = blocks(SIX, 16).toColourspace('cmyk').jpeg({ quality: 100 });
    const plain = await cmyk.clone().toBuffer();
    const tagged = await cmyk.clone().withIccProfile('cmyk').toBuffer();
    for (const bytes of [plain, tagged]) {
      expect((await sharp(bytes).metadata()).space).toBe('cmyk');
      const { image } = await readPicture(bytes);
      // Ink cannot show every screen colour, but red stays red, white white and black black.
      expectNear(pixel(image, 8, 8), RED, 40);
      expectNear(pixel(image, 24, 24), WHITE, 8);
      expectNear(pixel(image, 24, 40), BLACK, 45);
    }
    expect((await sharp(tagged).metadata()).hasProfile).toBe(true);
  });

  test('1 x 1', async () => {
    const { image } = await readPicture(await flat(1, 1, RED).png().toBuffer());
    expect([image.rows, image.columns]).toEqual([1, 1]);
    expect([...image.data]).toEqual([...RED]);
  });

  test('only the first frame of an animated GIF and WebP, and says so', async () => {
    // Two frames, one above the other.
    const frames = await blocks([[RED], [BLUE]], 16)
      .raw()
      .toBuffer();
    const raw = { width: 16, height: 32, channels: 3, pageHeight: 16 } as const;
    for (const format of ['gif', 'webp'] as const) {
      const bytes = await sharp(frames, { raw }).toFormat(format).toBuffer();
      expect((await sharp(bytes).metadata()).pages).toBe(2);
      // Two frames of 256 pixels: the limit counts the one that is decoded.
      const picture = await readPicture(bytes, { maxPixels: 256 });
      expect([picture.image.rows, picture.image.columns]).toEqual([16, 16]);
      expectNear(pixel(picture.image, 8, 8), RED, 8);
      expect(picture.note).toEqual(['The file holds 2 frames; only one was used.']);
      await failure(readPicture(bytes, { maxPixels: 255 }), 'picture-too-large');
    }
  });
});

// ---- reading: orientation, colour, alpha, size -------------------------------------------------

describe('readPicture makes upright sRGB', () => {
  // For a stored picture of 2 x 3 blocks: which stored block is shown at (row, column).
  const shownFrom: Record<number, (row: number, column: number) => readonly [number, number]> = {
    1: (row, column) => [row, column],
    2: (row, column) => [row, 2 - column],
    3: (row, column) => [1 - row, 2 - column],
    4: (row, column) => [1 - row, column],
    5: (row, column) => [column, row],
    6: (row, column) => [1 - column, row],
    7: (row, column) => [1 - column, 2 - row],
    8: (row, column) => [column, 2 - row],
  };

  for (const orientation of [1, 2, 3, 4, 5, 6, 7, 8]) {
    test(`EXIF orientation ${orientation}, full size and shrunk`, async () => {
      const tagged = blocks(SIX, 16).withMetadata({ orientation });
      const jpeg = await tagged
        .clone()
        .jpeg({ quality: 95, chromaSubsampling: '4:4:4' })
        .toBuffer();
      const sources = [jpeg, await tagged.clone().png().toBuffer()];
      const turned = orientation >= 5;
      for (const bytes of sources) {
        expect((await sharp(bytes).metadata()).orientation).toBe(orientation);
        for (const block of [16, 8]) {
          const picture = await readPicture(bytes, { maxSide: block * 3 });
          const { image } = picture;
          const size = turned ? [3, 2] : [2, 3];
          expect([image.rows, image.columns]).toEqual(size.map((side) => side * block));
          expect([picture.originalRows, picture.originalColumns]).toEqual(
            size.map((side) => side * 16),
          );
          for (let row = 0; row < size[0]!; row++) {
            for (let column = 0; column < size[1]!; column++) {
              const [storedRow, storedColumn] = shownFrom[orientation]!(row, column);
              const middle = pixel(image, (row + 0.5) * block, (column + 0.5) * block);
              expectNear(middle, SIX[storedRow]![storedColumn]!, 10);
            }
          }
        }
      }
    });
  }

  test('a Display P3 picture comes back with its sRGB values', async () => {
    const colour: Colour = [200, 100, 60];
    const bytes = await flat(8, 8, colour).withIccProfile('p3').png().toBuffer();
    // What is stored differs, so that ignoring the profile would be noticed.
    const stored = await sharp(bytes, { ignoreIcc: true }).raw().toBuffer();
    expect(Math.abs(stored[0]! - colour[0])).toBeGreaterThan(5);
    expectNear(pixel((await readPicture(bytes)).image, 4, 4), colour, 2);
  });

  test('a 16 bit Display P3 picture too', async () => {
    const stored = Uint16Array.from({ length: 64 * 3 }, (_, i) => [188, 105, 69][i % 3]! * 257);
    const untagged = await sharp(stored, { raw: { width: 8, height: 8, channels: 3 } })
      .toColourspace('rgb16')
      .png()
      .toBuffer();
    const reference = await flat(8, 8, [200, 100, 60]).withIccProfile('p3').png().toBuffer();
    const profile = (await sharp(reference).metadata()).icc!;
    const iccp = Buffer.concat([Buffer.from('p3\0\0', 'latin1'), deflateSync(profile)]);
    const bytes = withChunks(untagged, chunk('iCCP', iccp));
    expect(await sharp(bytes).metadata()).toMatchObject({ space: 'rgb16', hasProfile: true });
    const eightBit = await sharp(reference, { ignoreIcc: true }).raw().toBuffer();
    expectNear([...eightBit.subarray(0, 3)], [188, 105, 69], 2);
    expectNear(pixel((await readPicture(bytes)).image, 4, 4), [200, 100, 60], 4);
  });

  test('alpha is kept apart, colours untouched', async () => {
    const bytes = Buffer.from([10, 20, 30, 0, 40, 50, 60, 128, 70, 80, 90, 255, 1, 2, 3, 254]);
    const source = sharp(bytes, { raw: { width: 2, height: 2, channels: 4 } });
    const encoded = [source.clone().png(), source.clone().tiff({ compression: 'lzw' })];
    for (const stored of encoded) {
      const { image, alpha } = await readPicture(await stored.toBuffer());
      expect(alpha).toEqual(new Uint8Array([0, 128, 255, 254]));
      expect([...image.data]).toEqual([10, 40, 70, 1, 20, 50, 80, 2, 30, 60, 90, 3]);
    }
  });

  test('grey with alpha', async () => {
    const bytes = Buffer.from([10, 0, 40, 128, 70, 255, 1, 254]);
    const source = sharp(bytes, { raw: { width: 2, height: 2, channels: 2 } });
    const { image, alpha } = await readPicture(await source.png().toBuffer());
    expect(alpha).toEqual(new Uint8Array([0, 128, 255, 254]));
    expect([...image.data]).toEqual([10, 40, 70, 1, 10, 40, 70, 1, 10, 40, 70, 1]);
  });

  test('an alpha channel that is opaque everywhere is dropped', async () => {
    const bytes = await flat(4, 4, RED).ensureAlpha(1).png().toBuffer();
    expect((await sharp(bytes).metadata()).hasAlpha).toBe(true);
    expect(await readPicture(bytes)).not.toHaveProperty('alpha');
  });

  test('alpha shrinks with the picture and does not darken it', async () => {
    // Left half opaque red, right half wholly transparent black.
    const bytes = Buffer.alloc(32 * 16 * 4);
    for (let index = 0; index < 32 * 16; index++) {
      if (index % 32 < 16) {
        bytes.set([...RED, 255], index * 4);
      }
    }
    const source = sharp(bytes, { raw: { width: 32, height: 16, channels: 4 } });
    const picture = await readPicture(await source.png().toBuffer(), { maxSide: 8 });
    expect([picture.image.rows, picture.image.columns]).toEqual([4, 8]);
    expect(picture.alpha!.length).toBe(32);
    expectNear([picture.alpha![0]!, picture.alpha![7]!], [255, 0], 1);
    expectNear(pixel(picture.image, 2, 3), RED, 3);
  });

  test('maxSide shrinks the longer side, keeps the shape and never enlarges', async () => {
    const bytes = await flat(300, 100, GREEN).png().toBuffer();
    const sizes = async (maxSide: number) => {
      const { image, originalRows, originalColumns } = await readPicture(bytes, { maxSide });
      expect([originalRows, originalColumns]).toEqual([100, 300]);
      return [image.rows, image.columns];
    };
    expect(await sizes(150)).toEqual([50, 150]);
    expect(await sizes(300)).toEqual([100, 300]);
    expect(await sizes(5000)).toEqual([100, 300]);
    expect(await sizes(1)).toEqual([1, 1]);
    const line = await flat(2000, 1, GREEN).png().toBuffer();
    const { image } = await readPicture(line, { maxSide: 100 });
    expect([image.rows, image.columns]).toEqual([1, 100]);
  });

  test('shrinking averages instead of picking pixels', async () => {
    // A fine checkerboard: picked pixels would be black or white.
    const checks = Array.from({ length: 64 }, (_, row) =>
      Array.from({ length: 64 }, (_, column) => ((row + column) % 2 === 0 ? WHITE : BLACK)),
    );
    const { image } = await readPicture(await blocks(checks, 1).png().toBuffer(), { maxSide: 16 });
    expectNear(pixel(image, 8, 8), [128, 128, 128], 8);
  });
});

// ---- reading: refusals -----------------------------------------------------------------------

describe('readPicture refuses', () => {
  test('a picture whose header promises 400 megapixels, without the memory for them', async () => {
    const bomb = png({ width: 20000, height: 20000, depth: 8, colourType: 2 }, deflateSync('x'));
    const path = join(folder, 'bomb.png');
    await writeFile(path, bomb);
    await failure(readPicture(path), 'picture-too-large'); // sharp has started up
    const before = process.memoryUsage().rss;
    const error = await failure(readPicture(path), 'picture-too-large');
    // Decoded, it would take 1200 MB.
    expect(process.memoryUsage().rss - before).toBeLessThan(100e6);
    expect(error.message).toContain(path);
    expect(error.message).toContain('20000 x 20000 = 400000000 pixels');
    expect(error.message).toContain(String(DEFAULT_MAX_PIXELS));
    expect(error.hint).toContain('--max-pixels 400000000');
  });

  test('a real picture of a few kilobytes that is too large, unless the limit is raised', async () => {
    const side = 8200;
    const row = Buffer.alloc(1 + side / 8, 0xff).fill(0, 0, 1);
    const pixels = deflateSync(Buffer.concat(Array.from({ length: side }, () => row)));
    const bytes = png({ width: side, height: side, depth: 1, colourType: 0 }, pixels);
    expect(bytes.length).toBeLessThan(50_000);
    await failure(readPicture(bytes), 'picture-too-large');
    const { image } = await readPicture(bytes, { maxPixels: side * side, maxSide: 8 });
    expect([...image.data]).toEqual(Array.from({ length: 3 * 64 }, () => 255));
  });

  test('one pixel more than maxPixels, in every format', async () => {
    for (const format of ['jpeg', 'png', 'webp', 'avif', 'gif', 'tiff'] as const) {
      const bytes = await flat(20, 10, RED).toFormat(format).toBuffer();
      await failure(readPicture(bytes, { maxPixels: 199 }), 'picture-too-large');
      expect((await readPicture(bytes, { maxPixels: 200 })).image.rows).toBe(10);
    }
  });

  test('a GIF whose frame is larger than its canvas says it is', async () => {
    const bytes = await flat(100, 100, RED).gif().toBuffer();
    bytes.writeUInt16LE(4, 6);
    bytes.writeUInt16LE(4, 8);
    await failure(readPicture(bytes, { maxPixels: 1000 }), 'picture-too-large');
  });

  test('an AVIF whose picture is larger than its container says it is', async () => {
    const bytes = await flat(256, 256, RED).avif({ effort: 0 }).toBuffer();
    const sizeBox = bytes.indexOf('ispe');
    expect(bytes.readUInt32BE(sizeBox + 8)).toBe(256);
    bytes.writeUInt32BE(16, sizeBox + 8);
    bytes.writeUInt32BE(16, sizeBox + 12);
    await failure(readPicture(bytes), 'bad-picture');
  });

  test('a limit that is no whole number of at least 1', async () => {
    const bytes = await flat(4, 4, RED).png().toBuffer();
    for (const bad of [0, -1, 1.5, NaN, Infinity]) {
      expect(
        (await failure(readPicture(bytes, { maxPixels: bad }), 'bad-option')).message,
      ).toContain(String(bad));
      await failure(readPicture(bytes, { maxSide: bad }), 'bad-option');
    }
  });

  test('0 bytes', async () => {
    const path = join(folder, 'empty.jpg');
    await writeFile(path, '');
    expect((await failure(readPicture(path), 'bad-picture')).message).toContain(
      `"${path}" is empty`,
    );
    await failure(readPicture(new Uint8Array()), 'bad-picture');
  });

  test('a folder, a device and a missing file', async () => {
    expect((await failure(readPicture(folder), 'bad-picture')).message).toContain('is a folder');
    const socket = await makeSocket();
    expect((await failure(readPicture(socket), 'bad-picture')).message).toContain('a device');
    const missing = join(folder, 'missing.png');
    const error = await failure(readPicture(missing), 'file-not-found');
    expect(error.message).toContain(`"${missing}" does not exist`);
    expect(error.hint).toBeDefined();
    await writeFile(join(folder, 'file'), 'x');
    await failure(readPicture(join(folder, 'file', 'below.png')), 'file-not-found');
    await failure(readPicture('zero\0character.png'), 'file-not-found');
  });

  test('a file over 100 MB, without reading it', async () => {
    const path = join(folder, 'huge.png');
    const handle = await fileSystem.open(path, 'w');
    await handle.truncate(100_000_001); // a hole: takes no space
    await handle.close();
    const read = vi.spyOn(fileSystem, 'readFile');
    const error = await failure(readPicture(path), 'picture-too-large');
    expect(read).not.toHaveBeenCalled();
    expect(error.message).toContain('100.0 MB');
    await failure(readPicture(new Uint8Array(100_000_001)), 'picture-too-large');
  });

  test('a file without permission', async (context) => {
    const path = join(folder, 'secret.png');
    await writeFile(path, await flat(4, 4, RED).png().toBuffer());
    await chmod(path, 0);
    await chmod(folder, 0o755);
    const error = await asOrdinaryUser(context, () => failure(readPicture(path), 'file-not-found'));
    expect(error.message).toContain('may not be read');
  });

  test('channels that have no agreed colours', async () => {
    const path = join(folder, 'scan.tif');
    await writeFile(path, tiffOf(5));
    const error = await failure(readPicture(path), 'bad-picture');
    expect(error.message).toContain(`"${path}" has 5 channels; grey, red, green and blue, or CMYK`);
  });

  test('everything that is no picture, by its content and with its name', async () => {
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect/></svg>';
    const avif = await flat(8, 8, RED).avif().toBuffer();
    const heic = Buffer.from(avif.toString('latin1').replaceAll('avif', 'heic'), 'latin1');
    const cases: [name: string, contents: string | Buffer, found: string][] = [
      ['drawing.svg', svg, 'an SVG drawing'],
      ['drawing.png', `<?xml version="1.0"?>\n<!-- x -->${svg}`, 'an SVG drawing'],
      [
        'licensed.svg',
        `<?xml version="1.0"?>\n<!-- ${'word '.repeat(999)} -->${svg}`,
        'an SVG drawing',
      ],
      ['page.svg', `<html><body>${svg}</body></html>`, 'an HTML page'],
      ['paper.jpg', '%PDF-1.7\n', 'a PDF document'],
      ['photo.heic', heic, 'a HEIC picture'],
      ['page.png', '<!DOCTYPE html><html></html>', 'an HTML page'],
      ['picture.bmp', 'BM\0\0\0\0', 'a BMP picture'],
      ['clip.mp4', '\0\0\0\x18ftypisom\0\0\0\0isomiso2', 'a video'],
      ['archive.png', 'PK\x03\x04....', 'a ZIP archive'],
      ['netpbm.ppm', 'P6 1 1 255 abc', 'of no known picture format'],
      ['notes.txt', 'not a picture', 'of no known picture format'],
    ];
    for (const [name, contents, found] of cases) {
      const path = join(folder, name);
      await writeFile(path, contents, 'latin1');
      const error = await failure(readPicture(path), 'bad-picture');
      expect(error.message).toContain(`"${path}" is ${found}`);
      expect(error.message).toContain('JPEG, PNG, WebP, AVIF, GIF or TIFF');
      expect(error.hint).toBeDefined();
    }
  });

  test('a drawing behind the first bytes of a picture', async () => {
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect/></svg>';
    for (const magic of [
      '\xff\xd8\xff',
      '\x89PNG\r\n\x1a\n',
      'GIF89a',
      'II*\0',
      'RIFF\0\0\0\0WEBP',
    ]) {
      const bytes = Buffer.from(`${magic}${svg}`, 'latin1');
      await failure(readPicture(bytes), 'bad-picture');
    }
  });

  test('floating point and signed samples', async () => {
    const float = greyTiff({ size: 4, bits: 32, sampleFormat: 3, data: new Uint8Array(64) });
    expect((await failure(readPicture(float), 'bad-picture')).message).toContain('type float');
    const signed = greyTiff({ size: 4, bits: 8, sampleFormat: 2, data: new Uint8Array(16) });
    expect((await failure(readPicture(signed), 'bad-picture')).message).toContain('type char');
  });

  test('a truncated picture of every format, wherever it breaks off', async () => {
    const source = detailed();
    const data = await source.clone().extractChannel(0).resize(128, 128).raw().toBuffer();
    const pictures: Record<string, Buffer> = {
      jpeg: await source.clone().jpeg().toBuffer(),
      progressive: await source.clone().jpeg({ progressive: true }).toBuffer(),
      png: await source.clone().png().toBuffer(),
      interlaced: await source.clone().png({ progressive: true }).toBuffer(),
      webp: await source.clone().webp().toBuffer(),
      avif: await source.clone().avif({ effort: 0 }).toBuffer(),
      gif: await source.clone().gif().toBuffer(),
      tiff: greyTiff({ size: 128, bits: 8, sampleFormat: 1, data }),
    };
    for (const [name, bytes] of Object.entries(pictures)) {
      await readPicture(bytes);
      for (const part of [0.02, 0.3, 0.6, 0.95]) {
        const cut = bytes.subarray(0, Math.floor(bytes.length * part));
        const path = join(folder, `${name}-${part}`);
        await writeFile(path, cut);
        const error = await failure(readPicture(path), 'bad-picture');
        const article = name === 'avif' ? 'an AVIF' : 'a ';
        expect(error.message).toContain(`"${path}" begins like ${article}`);
        expect(error.message).toContain('damaged or incomplete');
      }
      if (name !== 'gif') {
        await failure(
          readPicture(bytes.subarray(0, bytes.length >> 1), { maxSide: 40 }),
          'bad-picture',
        );
      }
    }
  });

  test('a JPEG or PNG with damage in the middle', async () => {
    const jpeg = await detailed().jpeg().toBuffer();
    const middle = jpeg.length >> 1;
    const gap = Buffer.concat([jpeg.subarray(0, middle), jpeg.subarray(middle + 1500)]);
    await failure(readPicture(gap), 'bad-picture');
    const damaged = await detailed().png().toBuffer();
    damaged[damaged.length >> 1]! ^= 0xff;
    await failure(readPicture(damaged), 'bad-picture');
  });

  test('but not a JPEG with the harmless defects that cameras and phones write', async () => {
    const jpeg = await detailed().jpeg().toBuffer();
    const healthy = await readPicture(jpeg);
    const firstSegmentEnd = 4 + jpeg.readUInt16BE(4);
    const padded = Buffer.concat([
      jpeg.subarray(0, firstSegmentEnd),
      Buffer.alloc(10),
      jpeg.subarray(firstSegmentEnd),
    ]);
    const scan = jpeg.indexOf(Buffer.from([0xff, 0xda]));
    const odd = Buffer.from(jpeg);
    odd[scan + 2 + jpeg.readUInt16BE(scan + 2) - 2] = 0; // the end of the spectral selection
    for (const bytes of [padded, odd]) {
      const picture = await readPicture(bytes);
      expect(picture.note).toEqual(['The file has a small defect that was passed over.']);
      // Compared as bytes: 230400 floats one by one take seconds.
      expect(
        Buffer.from(picture.image.data.buffer).equals(Buffer.from(healthy.image.data.buffer)),
      ).toBe(true);
    }
  });

  test('random bytes with a DreamError and nothing else', async () => {
    const magics = [
      '',
      '\xff\xd8\xff',
      '\x89PNG\r\n\x1a\n',
      'GIF89a',
      'II*\0',
      'MM\0*',
      'RIFF\x40\0\0\0WEBPVP8 ',
      '\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf',
      '<svg ',
    ];
    const property = fc.asyncProperty(
      fc.constantFrom(...magics),
      fc.uint8Array({ maxLength: 300 }),
      async (magic, tail) => {
        const bytes = Buffer.concat([Buffer.from(magic, 'latin1'), tail]);
        await failure(readPicture(bytes), 'bad-picture');
      },
    );
    await fc.assert(property, { numRuns: 300 });
  });

  test('damaged pictures with a DreamError, or reads them', async () => {
    const source = blocks(SIX, 8);
    const originals = await Promise.all(
      (['jpeg', 'png', 'webp', 'avif', 'gif', 'tiff'] as const).map((format) =>
        source.clone().toFormat(format).toBuffer(),
      ),
    );
    const outcomes = new Set<string>();
    const damage = fc.record({ at: fc.nat(), value: fc.integer({ min: 0, max: 255 }) });
    const property = fc.asyncProperty(
      fc.constantFrom(...originals),
      fc.array(damage, { minLength: 1, maxLength: 4 }),
      async (original, damages) => {
        const bytes = Buffer.from(original);
        for (const { at, value } of damages) {
          bytes[at % bytes.length] = value;
        }
        try {
          const { image } = await readPicture(bytes, { maxPixels: 100_000 });
          expect(image.data.length).toBe(3 * image.rows * image.columns);
          outcomes.add('read');
        } catch (error) {
          expect(error).toBeInstanceOf(DreamError);
          outcomes.add((error as DreamError).code);
        }
      },
    );
    await fc.assert(property, { numRuns: 300 });
    expect(outcomes).toContain('read');
    expect(outcomes).toContain('bad-picture');
  });
});

// ---- writing ---------------------------------------------------------------------------------

function imageOf(rows: number, columns: number, value: (index: number) => number): Image {
  const image = createImage(rows, columns);
  image.data.set(image.data.map((_, index) => value(index)));
  return image;
}

describe('encodePicture', () => {
  test('PNG comes back exactly, with and without alpha', async () => {
    const image = imageOf(5, 7, (index) => (index * 37) % 256);
    const alpha = Uint8Array.from({ length: 35 }, (_, index) => index * 7);
    const plain = await readPicture(await encodePicture(image, { format: 'png' }));
    expect(plain.image).toEqual(image);
    expect(plain).not.toHaveProperty('alpha');
    const layered = await readPicture(await encodePicture(image, { format: 'png', alpha }));
    expect(layered.image).toEqual(image);
    expect(layered.alpha).toEqual(alpha);
  });

  test('floats are clamped and rounded, halves up', async () => {
    const values = [-1e9, -0.6, 0.4, 0.5, 1.5, 2.5, 127.49, 254.5, 254.49, 255.5, 1e9, NaN];
    const image = imageOf(2, 2, (index) => values[index]!);
    const { data } = (await readPicture(await encodePicture(image, { format: 'png' }))).image;
    expect([...data]).toEqual([0, 0, 0, 1, 2, 3, 127, 255, 254, 255, 255, 0]);
  });

  test('JPEG and WebP come back near, better with more quality', async () => {
    const image = (await readPicture(await detailed(64, 48).png().toBuffer())).image;
    for (const format of ['jpeg', 'webp'] as const) {
      const bytes = await encodePicture(image, { format });
      const picture = await readPicture(bytes);
      expect(picture.format).toBe(format);
      expectNear([...picture.image.data], [...image.data], 40);
      const rough = await encodePicture(image, { format, quality: 10 });
      expect(rough.length).toBeLessThan(bytes.length);
    }
  });

  test('JPEG keeps the full colour resolution', async () => {
    const checks = [
      [RED, BLUE],
      [BLUE, RED],
    ];
    const { image } = await readPicture(
      await blocks([...checks, ...checks], 1)
        .png()
        .toBuffer(),
    );
    const bytes = await encodePicture(image, { format: 'jpeg' });
    expect((await sharp(bytes).metadata()).chromaSubsampling).toBe('4:4:4');
    expectNear(pixel((await readPicture(bytes)).image, 0, 0), RED, 30);
  });

  test('JPEG lays transparent parts over white, WebP keeps them', async () => {
    const image = imageOf(16, 16, () => 0);
    const alpha = new Uint8Array(256).fill(255, 128);
    const jpeg = await readPicture(await encodePicture(image, { format: 'jpeg', alpha }));
    expectNear(pixel(jpeg.image, 3, 8), WHITE, 3);
    expectNear(pixel(jpeg.image, 12, 8), BLACK, 3);
    expect(jpeg).not.toHaveProperty('alpha');
    const webp = await readPicture(await encodePicture(image, { format: 'webp', alpha }));
    expect(webp.alpha).toEqual(alpha);
  });

  test('nothing of the metadata of the source comes out', async () => {
    const tagged = await detailed(64, 48)
      .withExif({ IFD0: { Artist: 'SECRET-ARTIST' }, IFD3: { GPSLatitude: '1/1 2/1 3/1' } })
      .withXmp('<x:xmpmeta xmlns:x="adobe:ns:meta/">SECRET-XMP</x:xmpmeta>')
      .withIccProfile('p3')
      .jpeg()
      .toBuffer();
    const before = await sharp(tagged).metadata();
    expect([before.exif, before.xmp, before.icc].every((part) => part !== undefined)).toBe(true);
    const { image } = await readPicture(tagged);
    for (const format of ['png', 'jpeg', 'webp'] as const) {
      const bytes = await encodePicture(image, { format });
      const after = await sharp(bytes).metadata();
      expect([after.exif, after.xmp, after.icc, after.iptc]).toEqual(Array(4).fill(undefined));
      expect(bytes.includes('SECRET')).toBe(false);
    }
    const types = new Set(chunkTypes(await encodePicture(image, { format: 'png' })));
    expect([...types]).toEqual(['IHDR', 'IDAT', 'IEND']);
  });

  test('a picture larger than the format allows', async () => {
    const wide = createImage(1, 16384);
    const error = await failure(encodePicture(wide, { format: 'webp' }), 'picture-too-large');
    expect(error.message).toContain('16383');
    expect(error.hint).toContain('.png');
    const bytes = await encodePicture(wide, { format: 'png' });
    expect((await sharp(bytes).metadata()).width).toBe(16384);
  });

  test('bad arguments', async () => {
    const image = createImage(2, 2);
    for (const quality of [0, 101, 50.5, NaN]) {
      await failure(encodePicture(image, { format: 'jpeg', quality }), 'bad-option');
    }
    const short = { ...image, data: new Float32Array(11) };
    await expect(encodePicture(short, { format: 'png' })).rejects.toThrow(RangeError);
    const alpha = new Uint8Array(3);
    await expect(encodePicture(image, { format: 'png', alpha })).rejects.toThrow(RangeError);
  });
});

describe('text in a PNG', () => {
  const image = createImage(2, 2);

  test('comes back, whatever the language, and the picture stays readable', async () => {
    const text = {
      Software: 'dream-bot',
      'dream recipe': '{"layer":"mixed4c","octaves":4}\nsecond line',
      Comment: 'Träume — 夢 🌀\r\n',
      Größe: 'Latin-1 keyword',
      Empty: '',
      __proto__x: 'ordinary',
      ['__proto__']: 'own property',
    };
    const bytes = await encodePicture(
      imageOf(2, 2, (i) => i),
      { format: 'png', text },
    );
    const found = readPictureText(bytes);
    expect(Object.entries(found)).toEqual(Object.entries(text));
    expect(Object.getPrototypeOf(found)).toBe(Object.prototype);
    expect([...(await readPicture(bytes)).image.data]).toEqual(
      Array.from({ length: 12 }, (_, i) => i),
    );
    // Before the pixels, plain text as tEXt, and another program reads the same.
    const types = chunkTypes(bytes);
    expect(types.slice(0, 3)).toEqual(['IHDR', 'tEXt', 'tEXt']);
    expect(types.indexOf('iTXt')).toBeLessThan(types.indexOf('IDAT'));
    const comments = (await sharp(bytes).metadata()).comments ?? [];
    expect(comments).toContainEqual({ keyword: 'Software', text: 'dream-bot' });
    expect(comments).toContainEqual({ keyword: 'Comment', text: text.Comment });
  });

  test('any text comes back', async () => {
    const bytes = await encodePicture(image, { format: 'png' });
    const property = fc.property(
      fc.stringMatching(/^[\x21-\x7e\xa1-\xff]([ ]?[\x21-\x7e\xa1-\xff]){0,30}$/),
      fc.string({ unit: 'binary' }).map((value) => value.replaceAll('\0', '')),
      (keyword, value) => {
        const text = Object.fromEntries([[keyword, value]]);
        expect(Object.entries(readPictureText(withPngText(bytes, text)))).toEqual([
          [keyword, value],
        ]);
      },
    );
    fc.assert(property, { numRuns: 500 });
    expect(readPictureText(bytes)).toEqual({});
  });

  test('is left out of JPEG and WebP', async () => {
    for (const format of ['jpeg', 'webp'] as const) {
      const bytes = await encodePicture(image, { format, text: { Software: 'dream-bot' } });
      expect(bytes.includes('dream-bot')).toBe(false);
      expect(readPictureText(bytes)).toEqual({});
    }
  });

  test('with a keyword or length that PNG does not allow is refused', async () => {
    const bad = ['', ' x', 'x ', 'a  b', 'a\0b', 'a\nb', '夢', 'k'.repeat(80)];
    for (const keyword of bad) {
      const text = { [keyword]: 'value' };
      await failure(encodePicture(image, { format: 'png', text }), 'bad-option');
    }
    const zero = { Comment: 'a\0b' };
    await failure(encodePicture(image, { format: 'png', text: zero }), 'bad-option');
    const half = 'x'.repeat(500_000);
    const long = { one: half, two: half };
    await failure(encodePicture(image, { format: 'png', text: long }), 'bad-option');
  });

  test('of others is skipped when compressed, damaged or endless', async () => {
    const plain = await encodePicture(image, { format: 'png', text: { Mine: 'first' } });
    const damaged = chunk('tEXt', Buffer.from('Damaged\0text'));
    damaged[damaged.length - 1]! ^= 1;
    const bytes = withChunks(
      plain,
      chunk('zTXt', Buffer.concat([Buffer.from('Packed\0\0'), deflateSync('secret')])),
      chunk('iTXt', Buffer.concat([Buffer.from('Packed too\0\x01\0\0\0'), deflateSync('secret')])),
      chunk('iTXt', Buffer.from('No end\0\0\0en')),
      chunk('tEXt', Buffer.from('no keyword end')),
      chunk('tEXt', Buffer.from('\0no keyword')),
      chunk('tEXt', Buffer.from(`${'k'.repeat(80)}\0long keyword`)),
      damaged,
      chunk('tEXt', Buffer.from(`Endless\0${'x'.repeat(3_000_000)}`)),
      chunk('iTXt', Buffer.from('Translated\0\0\0en\0Name\0kept')),
      chunk('tEXt', Buffer.from('Translated\0second of the same keyword')),
    );
    expect(readPictureText(bytes)).toEqual({ Translated: 'kept', Mine: 'first' });
    expect((await readPicture(bytes)).image.rows).toBe(2);
  });

  test('is limited to 1 MB in all', async () => {
    const plain = await encodePicture(image, { format: 'png' });
    const parts = Array.from({ length: 30 }, (_, index) =>
      chunk('tEXt', Buffer.from(`part ${index}\0${'x'.repeat(100_000)}`)),
    );
    const found = Object.values(readPictureText(withChunks(plain, ...parts)));
    expect(found.length).toBe(9);
  });

  test('never throws, on random chunks and on cut files', async () => {
    const text = { Software: 'dream-bot', Comment: '夢' };
    const bytes = await encodePicture(image, { format: 'png', text });
    for (let length = 0; length < bytes.length; length++) {
      expect(Object.keys(text)).toEqual(
        expect.arrayContaining(Object.keys(readPictureText(bytes.subarray(0, length)))),
      );
    }
    const property = fc.property(
      fc.constantFrom('tEXt', 'iTXt', 'zTXt', 'IDAT'),
      fc.uint8Array({ maxLength: 40 }),
      fc.uint8Array({ maxLength: 40 }),
      (type, data, tail) => {
        const found = readPictureText(
          Buffer.concat([bytes.subarray(0, 33), chunk(type, data), tail]),
        );
        expect(Object.values(found).every((value) => typeof value === 'string')).toBe(true);
      },
    );
    fc.assert(property, { numRuns: 500 });
  });
});

test('formatForPath goes by the extension', () => {
  expect(formatForPath('/a/b.png')).toBe('png');
  expect(formatForPath('b.JPG')).toBe('jpeg');
  expect(formatForPath('b.c.jpeg')).toBe('jpeg');
  expect(formatForPath('b.WebP')).toBe('webp');
  for (const path of ['b.gif', 'b', '', '.png', 'png', 'b.png.txt', 'folder.png/b']) {
    expect(() => formatForPath(path)).toThrow(
      expect.objectContaining({
        name: 'DreamError',
        code: 'bad-option',
        message: expect.stringMatching(/\.png, \.jpg or \.webp/) as string,
      }),
    );
  }
});

// ---- files -----------------------------------------------------------------------------------

/** Runs `action` without the powers of root, which no permission stops; skips where it cannot. */
async function asOrdinaryUser<T>(
  context: { skip: (note: string) => void },
  action: () => Promise<T>,
): Promise<T> {
  if (process.getuid?.() !== 0) {
    return action();
  }
  if (typeof process.seteuid !== 'function') {
    console.log('skipped: runs as root, and this process cannot become another user');
    context.skip('runs as root, and this process cannot become another user');
  }
  process.seteuid!(65534);
  try {
    return await action();
  } finally {
    process.seteuid!(0);
  }
}

const contents = Buffer.from('new contents');

describe('writeFileAtomically', () => {
  test('writes a new file with ordinary permissions and leaves nothing else', async () => {
    const path = join(folder, 'new.png');
    await writeFileAtomically(path, contents);
    expect(await readFile(path)).toEqual(contents);
    expect(await readdir(folder)).toEqual(['new.png']);
    const ordinary = join(folder, 'ordinary');
    await writeFile(ordinary, '');
    expect((await stat(path)).mode).toBe((await stat(ordinary)).mode);
  });

  test('replaces a file, keeping its permissions, and follows a link', async () => {
    const path = join(folder, 'old.png');
    const link = join(folder, 'link.png');
    await writeFile(path, 'old contents');
    await chmod(path, 0o640);
    await symlink(path, link);
    await writeFileAtomically(link, contents);
    expect(await readFile(path)).toEqual(contents);
    expect((await stat(path)).mode & 0o777).toBe(0o640);
    expect((await fileSystem.lstat(link)).isSymbolicLink()).toBe(true);
    expect((await readdir(folder)).sort()).toEqual(['link.png', 'old.png']);
  });

  test('takes the longest name there is', async () => {
    const path = join(folder, `${'n'.repeat(251)}.png`);
    await writeFileAtomically(path, contents);
    expect(await readFile(path)).toEqual(contents);
    const error = await failure(
      writeFileAtomically(join(folder, 'n'.repeat(300)), contents),
      'cannot-write',
    );
    expect(error.message).toContain('too long');
  });

  test('a failure at any step leaves the old file and no temporary file', async () => {
    const path = join(folder, 'old.png');
    await writeFile(path, 'old contents');
    const full = Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
    const { open } = fileSystem;
    const failingHandle = (method: 'writeFile' | 'sync') =>
      vi.spyOn(fileSystem, 'open').mockImplementation(async (...args) => {
        const handle = await open(...args);
        vi.spyOn(handle, method).mockRejectedValue(full);
        return handle;
      });
    const injections = [
      () => failingHandle('writeFile'),
      () => failingHandle('sync'),
      () => vi.spyOn(fileSystem, 'rename').mockRejectedValue(full),
    ];
    for (const inject of injections) {
      const spy = inject();
      const error = await failure(writeFileAtomically(path, contents), 'cannot-write');
      expect(spy).toHaveBeenCalled();
      expect(error.message).toContain('the disk is full');
      expect(error.hint).toContain('Remove files');
      expect(error.cause).toBe(full);
      vi.restoreAllMocks();
      expect(await readdir(folder)).toEqual(['old.png']);
      expect(await readFile(path, 'utf8')).toBe('old contents');
    }
  });

  test('is on the disk before it takes its place', async () => {
    const steps: string[] = [];
    const { open, rename } = fileSystem;
    vi.spyOn(fileSystem, 'open').mockImplementation(async (...args) => {
      const handle = await open(...args);
      const sync = handle.sync.bind(handle);
      vi.spyOn(handle, 'sync').mockImplementation(() => {
        steps.push('sync');
        return sync();
      });
      return handle;
    });
    vi.spyOn(fileSystem, 'rename').mockImplementation((...args) => {
      steps.push('rename');
      return rename(...args);
    });
    await writeFileAtomically(join(folder, 'new.png'), contents);
    expect(steps).toEqual(['sync', 'rename', 'sync']);
  });
});

describe('writeFileAtomically and checkWritable refuse the same', () => {
  const writers = {
    writeFileAtomically: (path: string) => writeFileAtomically(path, contents),
    checkWritable,
  };

  for (const [name, write] of Object.entries(writers)) {
    test(`${name}: folders, missing folders, devices and paths below a file`, async () => {
      await writeFile(join(folder, 'file'), 'x');
      const socket = await makeSocket();
      const cases: [path: string, reason: string][] = [
        [folder, 'it is a folder'],
        [`${folder}/`, 'it names a folder'],
        [join(folder, 'new') + '/', 'it names a folder'],
        ['', 'it names a folder'],
        [join(folder, 'missing', 'x.png'), 'missing" does not exist'],
        [join(folder, 'file', 'x.png'), 'file" is not a folder'],
        [socket, 'it is a device or pipe'],
        ['/dev/null/x.png', '"/dev/null" is not a folder'],
        ['/proc/x.png', '"/proc" does not exist or takes no files'],
        ['zero\0character.png', 'the system refused'],
      ];
      for (const [path, reason] of cases) {
        const error = await failure(write(path), 'cannot-write');
        expect(error.message).toContain(`"${path}" cannot be written`);
        expect(error.message).toContain(reason);
        expect(error.hint).toBeDefined();
      }
      expect((await stat(socket)).isSocket()).toBe(true);
      expect(await readdir(folder)).toEqual(['file', 'socket']);
    });

    test(`${name}: no permission for the folder or for the file`, async (context) => {
      const path = join(folder, 'protected.png');
      await writeFile(path, 'old contents');
      await chmod(path, 0o444);
      await chmod(folder, 0o777); // so that only the file stands in the way
      const refused = await asOrdinaryUser(context, () => failure(write(path), 'cannot-write'));
      expect(refused.message).toContain('may not write');
      await chmod(folder, 0o555);
      const unlisted = join(folder, 'new.png');
      const error = await asOrdinaryUser(context, () => failure(write(unlisted), 'cannot-write'));
      expect(error.message).toContain(`in the folder "${folder}"`);
      await chmod(folder, 0o755);
      expect(await readdir(folder)).toEqual(['protected.png']);
      expect(await readFile(path, 'utf8')).toBe('old contents');
    });
  }

  test('checkWritable leaves no file behind and an old one as it was', async () => {
    await checkWritable(join(folder, 'new.png'));
    expect(await readdir(folder)).toEqual([]);
    const path = join(folder, 'old.png');
    await writeFile(path, 'old contents');
    await checkWritable(path);
    expect(await readdir(folder)).toEqual(['old.png']);
    expect(await readFile(path, 'utf8')).toBe('old contents');
  });
});
