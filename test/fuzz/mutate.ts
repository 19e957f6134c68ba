/** Damage to a file, by a seed. */
import { unzipSync, zipSync } from 'fflate';
import { isZip } from '../../src/importers/containers/zip.ts';
import { seededRandom } from '../../src/kit/random.ts';
import type { Random } from '../../src/kit/random.ts';

type Mutation = (bytes: Buffer, random: Random) => Buffer;

const flip: Mutation = (bytes, random) => {
  for (let left = random.integer(1, 8); left > 0; left--) {
    bytes[placeIn(bytes, random)] = random.integer(0, 255);
  }
  return bytes;
};

const truncate: Mutation = (bytes, random) => bytes.subarray(0, placeIn(bytes, random));

/** A piece of it over another. */
const splice: Mutation = (bytes, random) => {
  const from = placeIn(bytes, random);
  const piece = Buffer.from(bytes.subarray(from, from + random.integer(1, 64)));
  piece.copy(bytes, placeIn(bytes, random));
  return bytes;
};

/** A piece of it once more, or anything. */
const insert: Mutation = (bytes, random) => {
  const [at, from] = [placeIn(bytes, random), placeIn(bytes, random)];
  const count = random.integer(1, 64);
  const piece =
    random.uniform() < 0.5
      ? bytes.subarray(from, from + count)
      : Buffer.from(Array.from({ length: count }, () => random.integer(0, 255)));
  return Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at)]);
};

const remove: Mutation = (bytes, random) => {
  const at = placeIn(bytes, random);
  return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + random.integer(1, 64))]);
};

const LARGE = [0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff];

/** A number of one, two or four bytes becomes one that is hard to take. */
const enlarge: Mutation = (bytes, random) => {
  const value = LARGE[random.integer(0, LARGE.length - 1)]!;
  const size = value > 0xffff ? 4 : value > 0xff ? 2 : 1;
  const at = random.integer(0, Math.max(0, bytes.length - size));
  if (at + size <= bytes.length) bytes.writeUIntLE(value, at, size);
  return bytes;
};

const DIGITS = ['-1', '0', '1e9', '999999999', '4294967296', '1e308', 'null', '"x"', '[]'];

/** A number written in digits becomes another thing. */
const rewrite: Mutation = (bytes, random) => {
  const start = placeIn(bytes, random);
  const written = /\d+/g;
  const text = bytes.toString('latin1');
  written.lastIndex = start;
  const found = written.exec(text);
  if (!found) return flip(bytes, random);
  const other = DIGITS[random.integer(0, DIGITS.length - 1)]!;
  const rest = text.slice(found.index + found[0].length);
  return Buffer.from(text.slice(0, found.index) + other + rest, 'latin1');
};

/** A number written in digits becomes the largest that is as long. */
const nines: Mutation = (bytes, random) => {
  let at = placeIn(bytes, random);
  while (at < bytes.length && !isDigit(bytes[at]!)) at++;
  while (at < bytes.length && isDigit(bytes[at]!)) bytes[at++] = 0x39;
  return bytes;
};

/** After these a file is as long as before: they get past the first look at its lengths. */
const keeping = [flip, splice, enlarge, nines];
const mutations = [...keeping, truncate, insert, remove, rewrite];

/** One to three damages to one of the files. */
export function mutated(
  files: Readonly<Record<string, Uint8Array>>,
  seed: number,
): Record<string, Uint8Array> {
  const random = seededRandom(seed);
  const names = Object.keys(files);
  const name = names[random.integer(0, names.length - 1)]!;
  const whole = files[name]!;
  // What is inside an archive would never be reached: its checksums would give it away.
  if (isZip(whole) && random.uniform() < 0.7) {
    return { ...files, [name]: zipSync(mutated(unzipSync(whole), seed + 1)) };
  }
  const kinds = random.uniform() < 0.6 ? keeping : mutations;
  let bytes: Buffer = Buffer.from(whole);
  for (let left = random.integer(1, 3); left > 0 && bytes.length > 0; left--) {
    bytes = kinds[random.integer(0, kinds.length - 1)]!(bytes, random);
  }
  return { ...files, [name]: bytes };
}

function isDigit(letter: number): boolean {
  return letter >= 0x30 && letter <= 0x39;
}

function placeIn(bytes: Buffer, random: Random): number {
  return random.integer(0, Math.max(0, bytes.length - 1));
}
