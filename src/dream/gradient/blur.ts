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
  const radius = weights.length >> 1;
  const along = createImage(rows, columns);
  const line = new Float32Array(columns + 2 * radius);
  for (let row = 0; row < 3 * rows; row++) {
    const from = row * columns;
    line.set(image.data.subarray(from, from + columns), radius);
    for (let cell = 1; cell <= radius; cell++) {
      line[radius - cell] = image.data[from + mirror(-cell, columns)]!;
      line[radius + columns - 1 + cell] = image.data[from + mirror(columns - 1 + cell, columns)]!;
    }
    for (let tap = 0; tap < weights.length; tap++) {
      const weight = weights[tap]!;
      for (let column = 0; column < columns; column++)
        along.data[from + column]! += weight * line[column + tap]!;
    }
  }
  const result = createImage(rows, columns);
  for (let plane = 0; plane < 3; plane++) {
    for (let row = 0; row < rows; row++) {
      const to = (plane * rows + row) * columns;
      for (let tap = 0; tap < weights.length; tap++) {
        const weight = weights[tap]!;
        const from = (plane * rows + mirror(row + tap - radius, rows)) * columns;
        for (let column = 0; column < columns; column++)
          result.data[to + column]! += weight * along.data[from + column]!;
      }
    }
  }
  return result;
}

/**
 * The mean of three blurs of σ/2, σ and 2σ in windows of 9×9 (gordicaleksa's pytorch-deepdream:
 * "cascade Gaussian smoothing"). @returns a new gradient
 */
export function cascadeBlur(gradient: Image, sigma: number): Image {
  const sum = createImage(gradient.rows, gradient.columns);
  for (const factor of [0.5, 1, 2]) {
    const blurred = blur(gradient, gaussian(sigma * factor, 4));
    for (let index = 0; index < sum.data.length; index++)
      sum.data[index]! += blurred.data[index]! / 3;
  }
  return sum;
}

function mirror(index: number, length: number): number {
  if (length === 1) return 0;
  const period = 2 * (length - 1);
  const folded = ((index % period) + period) % period;
  return folded < length ? folded : period - folded;
}
