import { crc32 } from 'node:zlib';
import { DreamError } from '../kit/errors.ts';

/** The most text, keywords and values together in bytes, that is written to or read from a PNG. */
const MAX_TEXT_BYTES = 1_000_000;

const SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
// Everything that decides a pixel. pHYs, which sharp writes with a made-up resolution, is not here.
const PIXEL_CHUNKS = new Set(['IHDR', 'PLTE', 'tRNS', 'IDAT', 'IEND']);

interface Chunk {
  readonly type: string;
  readonly data: Buffer;
  /** Length, type, data and checksum as they stand in the file. */
  readonly whole: Buffer;
}

/** The chunks of a PNG, up to the first whose length does not fit in the file. */
function* chunksOf(bytes: Uint8Array): Generator<Chunk> {
  const png = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!png.subarray(0, SIGNATURE.length).equals(SIGNATURE)) {
    return;
  }
  let start = SIGNATURE.length;
  while (start + 12 <= png.length) {
    const end = start + 12 + png.readUInt32BE(start);
    if (end > png.length) {
      return;
    }
    const type = png.toString('latin1', start + 4, start + 8);
    yield { type, data: png.subarray(start + 8, end - 4), whole: png.subarray(start, end) };
    start = end;
  }
}

/**
 * `png` with every chunk dropped that decides no pixel, and with `text` (keyword to value) put
 * before the pixels. A keyword has 1 to 79 printable Latin-1 characters and no space at either
 * end or twice in a row, as PNG asks. Throws DreamError 'bad-option' for any other keyword, for a
 * zero character in a value and for more than MAX_TEXT_BYTES in all.
 */
export function withPngText(png: Uint8Array, text: Readonly<Record<string, string>>): Buffer {
  const pieces: Buffer[] = [SIGNATURE];
  for (const { type, whole } of chunksOf(png)) {
    if (PIXEL_CHUNKS.has(type)) {
      pieces.push(whole);
    }
    if (type === 'IHDR') {
      pieces.push(...textChunks(text));
    }
  }
  return Buffer.concat(pieces);
}

function textChunks(text: Readonly<Record<string, string>>): Buffer[] {
  let total = 0;
  return Object.entries(text).map(([keyword, value]) => {
    checkKeyword(keyword);
    if (value.includes('\0')) {
      throw new DreamError(
        'bad-option',
        `The text "${keyword}" for the picture contains a zero character, which PNG cannot hold.`,
      );
    }
    total += textSize(keyword, value);
    if (total > MAX_TEXT_BYTES) {
      throw new DreamError(
        'bad-option',
        `The text for the picture is longer than ${MAX_TEXT_BYTES} bytes, which is the most that is written.`,
      );
    }
    return textChunk(keyword, value);
  });
}

function checkKeyword(keyword: string): void {
  const isLatin1 = /^[\x21-\x7e\xa1-\xff]+( [\x21-\x7e\xa1-\xff]+)*$/.test(keyword);
  if (!isLatin1 || keyword.length > 79) {
    throw new DreamError(
      'bad-option',
      `A keyword for text in a PNG has 1 to 79 Latin-1 characters without needless spaces, but ${JSON.stringify(keyword)} was given.`,
    );
  }
}

function textSize(keyword: string, value: string): number {
  return keyword.length + Buffer.byteLength(value, 'utf8');
}

/** tEXt, which every program shows, while the text is ASCII; iTXt, which is UTF-8, otherwise. */
function textChunk(keyword: string, value: string): Buffer {
  const name = Buffer.from(keyword, 'latin1');
  if (/^[\x20-\x7e\n]*$/.test(value)) {
    return chunk('tEXt', [name, Buffer.from([0]), Buffer.from(value, 'latin1')]);
  }
  // Keyword, 0, not compressed, method 0, no language (0), no translated keyword (0), text.
  return chunk('iTXt', [name, Buffer.from([0, 0, 0, 0, 0]), Buffer.from(value, 'utf8')]);
}

function chunk(type: string, data: Buffer[]): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), ...data]);
  const whole = Buffer.alloc(body.length + 8);
  whole.writeUInt32BE(body.length - 4, 0);
  body.copy(whole, 4);
  whole.writeUInt32BE(crc32(body), body.length + 4);
  return whole;
}

/**
 * The text in a PNG, keyword to value, from its tEXt and uncompressed iTXt chunks; the first of
 * equal keywords counts. Empty for anything that is not a PNG. Damaged and compressed chunks are
 * skipped, as is what exceeds MAX_TEXT_BYTES in all. Never throws.
 */
export function readPictureText(bytes: Uint8Array): Record<string, string> {
  const found = new Map<string, string>();
  let total = 0;
  for (const candidate of chunksOf(bytes)) {
    const entry = parseText(candidate);
    if (entry === undefined || found.has(entry.keyword)) {
      continue;
    }
    const size = textSize(entry.keyword, entry.value);
    if (total + size <= MAX_TEXT_BYTES) {
      total += size;
      found.set(entry.keyword, entry.value);
    }
  }
  // Unlike assignment, this makes an ordinary property even of the keyword "__proto__".
  return Object.fromEntries(found);
}

function parseText({ type, data, whole }: Chunk): { keyword: string; value: string } | undefined {
  // Before the checksum is worked out: too long, whatever it holds.
  const tooLong = data.length > 2 * MAX_TEXT_BYTES;
  if ((type !== 'tEXt' && type !== 'iTXt') || tooLong) {
    return undefined;
  }
  const keywordEnd = data.indexOf(0);
  if (keywordEnd < 1 || keywordEnd > 79 || !hasGoodChecksum(whole)) {
    return undefined;
  }
  const keyword = data.toString('latin1', 0, keywordEnd);
  if (type === 'tEXt') {
    return { keyword, value: data.toString('latin1', keywordEnd + 1) };
  }
  const compressed = data[keywordEnd + 1] !== 0;
  const languageEnd = data.indexOf(0, keywordEnd + 3);
  const translatedEnd = languageEnd < 0 ? -1 : data.indexOf(0, languageEnd + 1);
  if (compressed || translatedEnd < 0) {
    return undefined;
  }
  return { keyword, value: data.toString('utf8', translatedEnd + 1) };
}

function hasGoodChecksum(whole: Buffer): boolean {
  const end = whole.length - 4;
  return crc32(whole.subarray(4, end)) === whole.readUInt32BE(end);
}
