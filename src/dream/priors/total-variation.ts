import type { Image } from '../image.ts';

/** In levels: differences well under it count as none. */
const SOFT = 1;

/**
 * direction −= weight · d TV / d image, with TV = Σ √(down² + right² + 1), over every plane, of
 * the differences to the pixel below and to the one on the right: specks are smoothed, edges stay.
 */
export function subtractTotalVariation(direction: Image, image: Image, weight: number): void {
  const { rows, columns, data } = image;
  const target = direction.data;
  for (let line = 0; line < 3 * rows; line++) {
    const last = (line + 1) % rows === 0;
    for (let column = 0; column < columns; column++) {
      const at = line * columns + column;
      const value = data[at]!;
      const down = last ? 0 : data[at + columns]! - value;
      const right = column + 1 < columns ? data[at + 1]! - value : 0;
      const factor = weight / Math.sqrt(down * down + right * right + SOFT);
      target[at]! += factor * (down + right);
      if (!last) target[at + columns]! -= factor * down;
      if (column + 1 < columns) target[at + 1]! -= factor * right;
    }
  }
}
