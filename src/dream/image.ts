import type { Planes } from '../engines/engine.ts';

/**
 * A picture as the ascent works on it: sRGB values 0..255 as floats, one plane after another.
 *
 * `data` has shape [3, rows, columns] (red plane, green plane, blue plane; row-major).
 */
export type Image = Planes;

export function createImage(rows: number, columns: number): Image {
  return { rows, columns, data: new Float32Array(3 * rows * columns) };
}

export function copyImage(image: Image): Image {
  return { ...image, data: image.data.slice() };
}
