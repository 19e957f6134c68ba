/** Resampling of planes of floats: separable, with any kernel. */
import { createImage } from './image.ts';
import type { Image } from './image.ts';

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
  readonly taps: number;
  readonly starts: Int32Array;
  readonly values: Float32Array;
}

function weightsOf(kernel: Kernel, from: number, to: number): Weights {
  const scale = kernel.corners ? (to > 1 ? (from - 1) / (to - 1) : 0) : from / to;
  const stretch = kernel.antialias ? Math.max(scale, 1) : 1;
  const taps = Math.min(Math.ceil(kernel.radius * stretch) * 2 + 1, from);
  const starts = new Int32Array(to);
  const values = new Float32Array(to * taps);
  for (let index = 0; index < to; index++) {
    const centre = kernel.corners ? index * scale : (index + 0.5) * scale - 0.5;
    const first = Math.round(centre) - (taps >> 1);
    const start = Math.max(0, Math.min(first, from - taps));
    starts[index] = start;
    let total = 0;
    // Cells beyond the border count as the border's cell.
    for (
      let cell = Math.floor(centre - kernel.radius * stretch);
      cell <= centre + kernel.radius * stretch;
      cell++
    ) {
      const weight = kernel.weight((cell - centre) / stretch);
      const inside = Math.max(start, Math.min(cell, start + taps - 1));
      values[index * taps + inside - start]! += weight;
      total += weight;
    }
    for (let tap = 0; tap < taps; tap++) values[index * taps + tap]! /= total;
  }
  return { taps, starts, values };
}

function resizeColumns(image: Image, columns: number, { taps, starts, values }: Weights): Image {
  const { rows, columns: before, data } = image;
  const result = createImage(rows, columns);
  const target = result.data;
  // Three rows at a time, one of each plane, share the weights.
  const plane = rows * before;
  const newPlane = rows * columns;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      let [red, green, blue] = [0, 0, 0];
      let from = row * before + starts[column]!;
      const end = (column + 1) * taps;
      for (let tap = column * taps; tap < end; tap++, from++) {
        const weight = values[tap]!;
        red += data[from]! * weight;
        green += data[from + plane]! * weight;
        blue += data[from + 2 * plane]! * weight;
      }
      const to = row * columns + column;
      target[to] = red;
      target[to + newPlane] = green;
      target[to + 2 * newPlane] = blue;
    }
  }
  return result;
}

function resizeRows(image: Image, rows: number, { taps, starts, values }: Weights): Image {
  const { columns, data } = image;
  const result = createImage(rows, columns);
  for (let plane = 0; plane < 3; plane++) {
    for (let row = 0; row < rows; row++) {
      const to = (plane * rows + row) * columns;
      const line = result.data.subarray(to, to + columns);
      let from = (plane * image.rows + starts[row]!) * columns;
      for (let tap = 0; tap < taps; tap++, from += columns) {
        const weight = values[row * taps + tap]!;
        if (weight !== 0) addScaledLine(line, data, from, weight);
      }
    }
  }
  return result;
}

function addScaledLine(
  line: Float32Array,
  source: Float32Array,
  from: number,
  weight: number,
): void {
  for (let column = 0; column < line.length; column++) {
    line[column]! += weight * source[from + column]!;
  }
}
