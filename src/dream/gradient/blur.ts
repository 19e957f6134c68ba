import { createImage } from '../image.ts';
import type { Image } from '../image.ts';
import { stripsOf, workbench } from '../kernels/workbench.ts';
import type { Address } from '../kernels/workbench.ts';

/** A Gaussian's weights from −radius to radius; their sum is 1. */
export function gaussian(sigma: number, radius: number): Float32Array {
  const weights = Float32Array.from({ length: 2 * radius + 1 }, (_, index) =>
    Math.exp(-((index - radius) ** 2) / (2 * sigma * sigma)),
  );
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

/** A separable blur; the picture is mirrored at its borders. @returns a new picture */
export function blur(image: Image, weights: Float32Array): Image {
  const { rows, columns } = image;
  const result = createImage(rows, columns);
  for (let plane = 0; plane < 3; plane++) {
    blurInto(planeOf(result, plane), planeOf(image, plane), columns, [weights]);
  }
  return result;
}

/** The same of one plane, [rows, columns]. @returns a new plane */
export function blurPlane(
  plane: Float32Array,
  columns: number,
  weights: Float32Array,
): Float32Array {
  const result = new Float32Array(plane.length);
  blurInto(result, plane, columns, [weights]);
  return result;
}

/**
 * The mean of three blurs of σ/2, σ and 2σ in windows of 9×9 (gordicaleksa's pytorch-deepdream:
 * "cascade Gaussian smoothing"). @returns a new gradient
 */
export function cascadeBlur(gradient: Image, sigma: number): Image {
  const { rows, columns } = gradient;
  const result = createImage(rows, columns);
  const cascade = [0.5, 1, 2].map((factor) => gaussian(sigma * factor, 4));
  for (let plane = 0; plane < 3; plane++) {
    blurInto(planeOf(result, plane), planeOf(gradient, plane), columns, cascade);
  }
  return result;
}

/** The mean of a plane's blurs by weights that are equally many. */
function blurInto(
  target: Float32Array,
  source: Float32Array,
  columns: number,
  cascade: readonly Float32Array[],
): void {
  const rows = source.length / columns;
  const taps = cascade[0]!.length;
  const radius = taps >> 1;
  // No lower than what is read above and below: else most of the work would be done over and over.
  for (const [from, to] of stripsOf(rows, columns, Math.max(1, 2 * radius))) {
    const bench = workbench().clear();
    const high = to - from + 2 * radius;
    const lines = bench.room(high * (columns + 2 * radius));
    for (let row = 0; row < high; row++) {
      const start = mirror(from + row - radius, rows) * columns;
      putMirrored(lines + 4 * row * (columns + 2 * radius), source, start, columns, radius);
    }
    const sum = bench.zeros((to - from) * columns);
    for (const weights of cascade) {
      const along = bench.zeros(high * columns);
      const across = bench.put(weights);
      const down = bench.put(weights.map((weight) => weight / cascade.length));
      for (let row = 0; row < high; row++) {
        const line = lines + 4 * row * (columns + 2 * radius);
        bench.kernels.combine(line, 1, columns, across, taps, along + 4 * row * columns);
      }
      for (let row = 0; row < to - from; row++) {
        const start = 4 * row * columns;
        bench.kernels.combine(along + start, columns, columns, down, taps, sum + start);
      }
    }
    bench.take(sum, (to - from) * columns, target, from * columns);
  }
}

/** A row on the workbench, with `radius` mirrored cells on each side. */
function putMirrored(
  address: Address,
  source: Float32Array,
  start: number,
  columns: number,
  radius: number,
): void {
  const line = workbench().view(address, columns + 2 * radius);
  line.set(source.subarray(start, start + columns), radius);
  for (let cell = 1; cell <= radius; cell++) {
    line[radius - cell] = source[start + mirror(-cell, columns)]!;
    line[radius + columns - 1 + cell] = source[start + mirror(columns - 1 + cell, columns)]!;
  }
}

function planeOf({ rows, columns, data }: Image, plane: number): Float32Array {
  return data.subarray(plane * rows * columns, (plane + 1) * rows * columns);
}

function mirror(index: number, length: number): number {
  if (length === 1) return 0;
  const period = 2 * (length - 1);
  const folded = ((index % period) + period) % period;
  return folded < length ? folded : period - folded;
}
