/** Staying near the picture that a dream began with. */
import type { Image } from '../image.ts';

/** Levels of difference at which a pull of weight 1 is as strong as the mean of a step. */
const LEVELS = 32;

/** direction −= weight · (image − original) / 32: the gradient of a squared distance. */
export function pullTowards(
  direction: Image,
  { image, original }: { image: Image; original: Image },
  weight: number,
): void {
  const factor = weight / LEVELS;
  for (let index = 0; index < direction.data.length; index++) {
    direction.data[index]! -= factor * (image.data[index]! - original.data[index]!);
  }
}

/** Brings `image` back to within `radius` levels (root mean square) of the original. */
export function keepWithin(image: Image, original: Image, radius: number): void {
  const { data } = image;
  let sum = 0;
  for (let index = 0; index < data.length; index++) {
    sum += (data[index]! - original.data[index]!) ** 2;
  }
  const distance = Math.sqrt(sum / data.length);
  if (distance <= radius) return;
  const share = radius / distance;
  for (let index = 0; index < data.length; index++) {
    data[index] = original.data[index]! + share * (data[index]! - original.data[index]!);
  }
}
