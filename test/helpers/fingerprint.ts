/** What a dream did to a picture, in a few numbers that small rounding does not change. */
import type { Planes } from '../../src/engines/engine.ts';
import { at } from './planes.ts';

export interface Fingerprint {
  /** For each of 8 × 8 places whether the change is brighter than to its left, as hexadecimal. */
  readonly bits: string;
  /** The change's mean in each of 4 × 4 blocks, red, green and blue, in levels: 48 numbers. */
  readonly colours: string;
}

export interface Unlikeness {
  /** Out of 64. */
  readonly bits: number;
  /** The largest difference of a block's colour, in levels. */
  readonly colours: number;
}

/** The fingerprint of dreamed − picture: what the two have in common tells nothing. */
export function fingerprintOf(dreamed: Planes, picture: Planes): Fingerprint {
  const change: Planes = {
    ...picture,
    data: dreamed.data.map((value, index) => value - picture.data[index]!),
  };
  const brightness = blockMeans(change, 8, 9).map(
    ([red, green, blue]) => 0.299 * red + 0.587 * green + 0.114 * blue,
  );
  const bits: number[] = [];
  for (let row = 0; row < 8; row++) {
    for (let column = 0; column < 8; column++) {
      const place = row * 9 + column;
      bits.push(brightness[place + 1]! > brightness[place]! ? 1 : 0);
    }
  }
  const digits = Array.from({ length: 16 }, (_, digit) =>
    Number.parseInt(bits.slice(4 * digit, 4 * digit + 4).join(''), 2).toString(16),
  );
  return {
    bits: digits.join(''),
    colours: blockMeans(change, 4, 4)
      .flat()
      .map((level) => level.toFixed(2))
      .join(' '),
  };
}

export function unlikeness(one: Fingerprint, other: Fingerprint): Unlikeness {
  const differing = BigInt(`0x${one.bits}`) ^ BigInt(`0x${other.bits}`);
  const [levels, others] = [one, other].map(({ colours }) => colours.split(' ').map(Number));
  const differences = levels!.map((level, index) => Math.abs(level - others![index]!));
  return {
    bits: differing.toString(2).replaceAll('0', '').length,
    colours: Math.max(...differences),
  };
}

/** The mean red, green and blue of rows × columns blocks. */
function blockMeans(picture: Planes, rows: number, columns: number): [number, number, number][] {
  const edge = (index: number, count: number, length: number): number =>
    Math.floor((index * length) / count);
  const means: [number, number, number][] = [];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const [top, bottom] = [row, row + 1].map((index) => edge(index, rows, picture.rows));
      const [left, right] = [column, column + 1].map((index) =>
        edge(index, columns, picture.columns),
      );
      means.push(
        [0, 1, 2].map((plane) => {
          let sum = 0;
          for (let y = top!; y < bottom!; y++) {
            for (let x = left!; x < right!; x++) sum += at(picture, plane, y, x);
          }
          return sum / ((bottom! - top!) * (right! - left!));
        }) as [number, number, number],
      );
    }
  }
  return means;
}
