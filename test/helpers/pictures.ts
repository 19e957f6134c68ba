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
