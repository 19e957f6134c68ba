import { createImage } from '../image.ts';
import type { Image } from '../image.ts';

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
    planeOf(result, plane).set(blurPlane(planeOf(image, plane), columns, weights));
  }
  return result;
}

/** The same of one plane, [rows, columns]. @returns a new plane */
export function blurPlane(
  plane: Float32Array,
  columns: number,
  weights: Float32Array,
): Float32Array {
  const along = new Float32Array(plane.length);
  const result = new Float32Array(plane.length);
  blurRows(along, plane, columns, weights);
  addBlurredColumns(result, along, columns, weights);
  return result;
}

/**
 * The mean of three blurs of σ/2, σ and 2σ in windows of 9×9 (gordicaleksa's pytorch-deepdream:
 * "cascade Gaussian smoothing"). @returns a new gradient
 */
export function cascadeBlur(gradient: Image, sigma: number): Image {
  const { rows, columns } = gradient;
  const sum = createImage(rows, columns);
  // Plane by plane: large pictures leave no room for whole copies.
  const along = new Float32Array(rows * columns);
  const blurred = new Float32Array(rows * columns);
  for (let plane = 0; plane < 3; plane++) {
    const target = planeOf(sum, plane);
    for (const factor of [0.5, 1, 2]) {
      const weights = gaussian(sigma * factor, 4);
      blurRows(along, planeOf(gradient, plane), columns, weights);
      blurred.fill(0);
      addBlurredColumns(blurred, along, columns, weights);
      for (let index = 0; index < blurred.length; index++) target[index]! += blurred[index]! / 3;
    }
  }
  return sum;
}

/** Adds the blur of each column for itself. */
function addBlurredColumns(
  target: Float32Array,
  source: Float32Array,
  columns: number,
  weights: Float32Array,
): void {
  const rows = source.length / columns;
  const radius = weights.length >> 1;
  for (let row = 0; row < rows; row++) {
    const line = row * columns;
    for (let tap = 0; tap < weights.length; tap++) {
      const weight = weights[tap]!;
      const from = mirror(row + tap - radius, rows) * columns;
      for (let column = 0; column < columns; column++)
        target[line + column]! += weight * source[from + column]!;
    }
  }
}

/** Each row for itself, into `target`. */
function blurRows(
  target: Float32Array,
  source: Float32Array,
  columns: number,
  weights: Float32Array,
): void {
  const radius = weights.length >> 1;
  const line = new Float32Array(columns + 2 * radius);
  target.fill(0);
  for (let from = 0; from < source.length; from += columns) {
    line.set(source.subarray(from, from + columns), radius);
    for (let cell = 1; cell <= radius; cell++) {
      line[radius - cell] = source[from + mirror(-cell, columns)]!;
      line[radius + columns - 1 + cell] = source[from + mirror(columns - 1 + cell, columns)]!;
    }
    for (let tap = 0; tap < weights.length; tap++) {
      const weight = weights[tap]!;
      for (let column = 0; column < columns; column++)
        target[from + column]! += weight * line[column + tap]!;
    }
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
