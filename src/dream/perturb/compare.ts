/** How a picture differs from another of the same size. */
import type { Image } from '../image.ts';

/** Decibels over values of 0..255; Infinity for the same. */
export function psnr(one: Image, other: Image): number {
  let sum = 0;
  for (let index = 0; index < one.data.length; index++) {
    sum += (one.data[index]! - other.data[index]!) ** 2;
  }
  return 10 * Math.log10(255 ** 2 / (sum / one.data.length));
}

/** Where the amplified difference of nearly all values lies, around mid-grey. */
const REACH = 112;
const NEARLY_ALL = 0.995;

export interface Difference {
  readonly image: Image;
  readonly amplification: number;
}

/** after − before, amplified so that it shows, on mid-grey. */
export function differencePicture(before: Image, after: Image): Difference {
  const change = after.data.map((value, index) => value - before.data[index]!);
  const sizes = change.map(Math.abs).sort();
  const large = sizes[Math.floor(NEARLY_ALL * (sizes.length - 1))]!;
  const amplification = REACH / (large || sizes.at(-1)! || REACH);
  const data = change.map((value) => Math.max(0, Math.min(255, 127.5 + amplification * value)));
  return { image: { ...after, data }, amplification };
}
