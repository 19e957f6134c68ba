/** Resampling of planes of floats: separable, with any kernel. */
import { createImage } from './image.ts';
import type { Image } from './image.ts';
import { stripsOf, workbench } from './kernels/workbench.ts';

interface Kernel {
  /** Cells from the centre to where the kernel ends. */
  readonly radius: number;
  weight(distance: number): number;
  /** Whether the kernel widens when shrinking, so that fine detail is averaged, not aliased. */
  readonly antialias: boolean;
  /** Whether the outermost cells' centres map to each other (scipy's zoom), not their edges. */
  readonly corners: boolean;
}

const triangle = (distance: number): number => Math.max(0, 1 - Math.abs(distance));

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

const kernels = {
  /** scipy.ndimage.zoom(order=1), as Caffe's deepdream and Keras's example use it. */
  'bilinear-corners': { radius: 1, weight: triangle, antialias: false, corners: true },
  /** TensorFlow's tf.image.resize with bilinear interpolation. */
  bilinear: { radius: 1, weight: triangle, antialias: false, corners: false },
  /** The same, widened when shrinking: Pillow's BILINEAR, OpenCV's and browsers' smoother ways. */
  triangle: { radius: 1, weight: triangle, antialias: true, corners: false },
  /** Lanczos with three lobes. */
  lanczos: {
    radius: 3,
    weight: (distance: number) =>
      Math.abs(distance) < 3 ? sinc(distance) * sinc(distance / 3) : 0,
    antialias: true,
    corners: false,
  },
} satisfies Record<string, Kernel>;

export type Resampling = keyof typeof kernels;
/** Those that a recipe can name. */
export const RESAMPLINGS = [
  'bilinear-corners',
  'bilinear',
  'lanczos',
] as const satisfies readonly Resampling[];

/** @returns a new picture, [3, rows, columns] */
export function resize(image: Image, rows: number, columns: number, resampling: Resampling): Image {
  if (rows === image.rows && columns === image.columns)
    return { ...image, data: image.data.slice() };
  const kernel: Kernel = kernels[resampling];
  const narrow = resizeColumns(image, columns, weightsOf(kernel, image.columns, columns));
  return resizeRows(narrow, rows, weightsOf(kernel, image.rows, rows));
}

/** For each output cell the first input cell that counts, and the weights from there on. */
interface Weights {
  /** A multiple of 4: the last weights may be 0, and their cells beyond the input. */
  readonly taps: number;
  readonly starts: Int32Array;
  readonly values: Float32Array;
}

function weightsOf(kernel: Kernel, from: number, to: number): Weights {
  const scale = kernel.corners ? (to > 1 ? (from - 1) / (to - 1) : 0) : from / to;
  const stretch = kernel.antialias ? Math.max(scale, 1) : 1;
  const counted = Math.min(Math.ceil(kernel.radius * stretch) * 2 + 1, from);
  const taps = Math.ceil(counted / 4) * 4;
  const starts = new Int32Array(to);
  const values = new Float32Array(to * taps);
  for (let index = 0; index < to; index++) {
    const centre = kernel.corners ? index * scale : (index + 0.5) * scale - 0.5;
    const first = Math.round(centre) - (counted >> 1);
    const start = Math.max(0, Math.min(first, from - counted));
    starts[index] = start;
    let total = 0;
    // Cells beyond the border count as the border's cell.
    for (
      let cell = Math.floor(centre - kernel.radius * stretch);
      cell <= centre + kernel.radius * stretch;
      cell++
    ) {
      const weight = kernel.weight((cell - centre) / stretch);
      const inside = Math.max(start, Math.min(cell, start + counted - 1));
      values[index * taps + inside - start]! += weight;
      total += weight;
    }
    for (let tap = 0; tap < counted; tap++) values[index * taps + tap]! /= total;
  }
  return { taps, starts, values };
}

function resizeColumns(image: Image, columns: number, { taps, starts, values }: Weights): Image {
  const result = createImage(image.rows, columns);
  for (const [from, to] of stripsOf(3 * image.rows, Math.max(image.columns, columns))) {
    const bench = workbench().clear();
    // Weights of 0 reach beyond the last row: what lay there before may be NaN, and 0 · NaN is too.
    const source = bench.zeros((to - from) * image.columns + 4);
    bench.write(source, image.data, from * image.columns, to * image.columns);
    const count = (to - from) * columns;
    const target = bench.room(count);
    bench.kernels.gather(
      ...([source, to - from, image.columns] as const),
      ...([bench.putIntegers(starts), bench.put(values), taps, columns, target] as const),
    );
    bench.take(target, count, result.data, from * columns);
  }
  return result;
}

function resizeRows(image: Image, rows: number, { taps, starts, values }: Weights): Image {
  const { columns } = image;
  const result = createImage(rows, columns);
  const strips = [...stripsOf(rows, columns)];
  for (let plane = 0; plane < 3; plane++) {
    for (const [from, to] of strips) {
      const bench = workbench().clear();
      const first = starts[from]!;
      const last = Math.min(starts[to - 1]! + taps, image.rows);
      const start = plane * image.rows;
      const source = bench.put(image.data, (start + first) * columns, (start + last) * columns);
      const weights = bench.put(values, from * taps, to * taps);
      const count = (to - from) * columns;
      const target = bench.zeros(count);
      for (let row = from; row < to; row++) {
        bench.kernels.combine(
          source + 4 * (starts[row]! - first) * columns,
          columns,
          columns,
          weights + 4 * (row - from) * taps,
          Math.min(taps, image.rows - starts[row]!),
          target + 4 * (row - from) * columns,
        );
      }
      bench.take(target, count, result.data, (plane * rows + from) * columns);
    }
  }
  return result;
}
