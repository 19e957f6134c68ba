/** Small pictures, good and bad. */
import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { seededRandom } from '../../src/kit/random.ts';

/** A JPEG of soft noise: enough for a network to see something. */
export function noisyJpeg(columns: number, rows: number, seed = 1): Promise<Buffer> {
  const random = seededRandom(seed);
  const coarse = Uint8Array.from({ length: 3 * 16 * 16 }, () => Math.floor(256 * random.uniform()));
  return sharp(coarse, { raw: { width: 16, height: 16, channels: 3 } })
    .resize(columns, rows, { fit: 'fill', kernel: 'cubic' })
    .jpeg()
    .toBuffer();
}

/** A PNG whose header promises a size that its pixels do not have. */
export function pngThatClaims(columns: number, rows: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(columns, 0);
  header.writeUInt32BE(rows, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.alloc(64))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(body.length + 8);
  frame.writeUInt32BE(data.length, 0);
  body.copy(frame, 4);
  frame.writeUInt32BE(crc32(body), body.length + 4);
  return frame;
}

/** A plain TIFF of 2×2 pixels: red, green, blue, and more channels with no meaning. */
export function tiffOf(channels: number): Buffer {
  const [short, long] = [3, 4];
  const bitsAt = 8 + 2 + 10 * 12 + 4;
  const samplesAt = bitsAt + 2 * channels;
  const entries = [
    [256, short, 1, 2],
    [257, short, 1, 2],
    [258, short, channels, bitsAt],
    [259, short, 1, 1],
    [262, short, 1, 2],
    [273, long, 1, samplesAt],
    [277, short, 1, channels],
    [278, short, 1, 2],
    [279, long, 1, 4 * channels],
    // Two shorts at most fit in the entry: unspecified samples.
    [338, short, channels - 3, 0],
  ] as const;
  const bytes = Buffer.alloc(samplesAt + 4 * channels, 99);
  bytes.write('II*\0', 0, 'latin1');
  bytes.writeUInt32LE(8, 4);
  bytes.writeUInt16LE(entries.length, 8);
  entries.forEach(([tag, type, count, value], index) => {
    const at = 10 + 12 * index;
    bytes.writeUInt16LE(tag, at);
    bytes.writeUInt16LE(type, at + 2);
    bytes.writeUInt32LE(count, at + 4);
    bytes.writeUInt32LE(value, at + 8);
  });
  bytes.writeUInt32LE(0, bitsAt - 4);
  for (let channel = 0; channel < channels; channel++) {
    bytes.writeUInt16LE(8, bitsAt + 2 * channel);
  }
  return bytes;
}
