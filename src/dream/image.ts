import type { Planes } from '../engines/engine.ts';
import { workbench } from './kernels/workbench.ts';

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

/** image += factor · other, kept within a picture's values where `clipped`. */
export function add(
  { data }: Image,
  other: Image,
  { factor, clipped = false }: { factor: number; clipped?: boolean },
): void {
  const [low, high] = clipped ? [0, 255] : [-Infinity, Infinity];
  const bench = workbench();
  let from = 0;
  bench.change(data, (values, count) => {
    const others = bench.put(other.data, from, from + count);
    bench.kernels.addWithin(values, others, count, factor, low, high);
    from += count;
  });
}

/** Keeps a picture within the values that a picture can have. */
export function clip({ data }: Image): void {
  const bench = workbench();
  bench.change(data, (values, count) => {
    bench.kernels.clip(values, count, 0, 255);
  });
}
