/** What a network sees of a picture through a window, and the way back of what it says. */
import type { PictureSize } from '../../engines/engine.ts';
import { createImage } from '../image.ts';
import type { Image } from '../image.ts';
import { Taps } from './taps.ts';
import type { Window } from './window.ts';

/** @returns the window as a picture of its own of that size */
export function sample(picture: Image, window: Window, size: PictureSize): Image {
  const taps = new Taps(picture, window, size);
  const { pixels, weights, perCell } = taps;
  const seen = createImage(size.rows, size.columns);
  const [from, to] = [picture.rows * picture.columns, size.rows * size.columns];
  const { data } = picture;
  for (let row = 0; row < size.rows; row++) {
    taps.row(row);
    for (let column = 0; column < size.columns; column++) {
      let [red, green, blue] = [0, 0, 0];
      const end = (column + 1) * perCell;
      for (let tap = column * perCell; tap < end; tap++) {
        const pixel = pixels[tap]!;
        const weight = weights[tap]!;
        red += weight * data[pixel]!;
        green += weight * data[pixel + from]!;
        blue += weight * data[pixel + 2 * from]!;
      }
      const cell = row * size.columns + column;
      seen.data[cell] = red;
      seen.data[cell + to] = green;
      seen.data[cell + 2 * to] = blue;
    }
  }
  return seen;
}

/**
 * picture += factor · Aᵀ · seen, where A is what `sample` does: from a gradient by what is seen
 * to the gradient by the picture.
 */
export function spread(seen: Image, window: Window, picture: Image, factor = 1): void {
  const taps = new Taps(picture, window, seen);
  const { pixels, weights, perCell } = taps;
  const [from, to] = [seen.rows * seen.columns, picture.rows * picture.columns];
  const { data } = picture;
  for (let row = 0; row < seen.rows; row++) {
    taps.row(row);
    for (let column = 0; column < seen.columns; column++) {
      const cell = row * seen.columns + column;
      const red = factor * seen.data[cell]!;
      const green = factor * seen.data[cell + from]!;
      const blue = factor * seen.data[cell + 2 * from]!;
      const end = (column + 1) * perCell;
      for (let tap = column * perCell; tap < end; tap++) {
        const pixel = pixels[tap]!;
        const weight = weights[tap]!;
        data[pixel]! += weight * red;
        data[pixel + to]! += weight * green;
        data[pixel + 2 * to]! += weight * blue;
      }
    }
  }
}
