/** To whole numbers, as a picture's file holds them, without losing changes of less than half. */
import type { Image } from '../image.ts';

/** What goes to the next pixel, and to those below on the left, straight and on the right. */
const [NEXT, LEFT, BELOW, RIGHT] = [7 / 16, 3 / 16, 5 / 16, 1 / 16];

/** Every value for itself. */
export function rounded(image: Image): Image {
  return { ...image, data: image.data.map((value) => level(value)) };
}

/** Floyd and Steinberg 1976: what rounding takes from a pixel is given to its neighbours. */
export function dithered({ rows, columns, data }: Image): Image {
  const result = data.slice();
  for (let line = 0; line < 3 * rows; line++) {
    const last = (line + 1) % rows === 0;
    for (let column = 0; column < columns; column++) {
      const at = line * columns + column;
      const value = level(result[at]!);
      const rest = result[at]! - value;
      result[at] = value;
      if (column + 1 < columns) result[at + 1]! += NEXT * rest;
      if (last) continue;
      if (column > 0) result[at + columns - 1]! += LEFT * rest;
      result[at + columns]! += BELOW * rest;
      if (column + 1 < columns) result[at + columns + 1]! += RIGHT * rest;
    }
  }
  return { rows, columns, data: result };
}

function level(value: number): number {
  return Math.max(0, Math.min(255, Math.floor(value + 0.5)));
}
