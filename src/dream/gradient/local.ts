import { createImage } from '../image.ts';
import type { Image } from '../image.ts';
import { blur, gaussian } from './blur.ts';

/** Cells of the coarse grid on which the local energy is measured. */
const CELL = 8;

/**
 * Divides a gradient by its own local RMS, so that every region dreams and not the strongest
 * alone: g / √(E + (floor · RMS)²), E the squared gradient averaged over a Gaussian of `sigma`
 * pixels. In place.
 */
export function divideByLocalEnergy(gradient: Image, sigma: number, floor: number): void {
  const { rows, columns, data } = gradient;
  const cells = rows * columns;
  const coarse = energyOnGrid(gradient);
  const blurred = blur(coarse, gaussian(sigma / CELL, Math.max(1, Math.ceil((2.5 * sigma) / CELL))));
  const grid = blurred.data.subarray(0, coarse.rows * coarse.columns);
  const mean = grid.reduce((sum, value) => sum + value, 0) / grid.length;
  const least = floor * floor * mean + 1e-30;
  const inverse = grid.map((value) => 1 / Math.sqrt(value + least));
  for (let row = 0; row < rows; row++) {
    const y = Math.max(0, Math.min((row + 0.5) / CELL - 0.5, coarse.rows - 1));
    const top = Math.min(Math.floor(y), Math.max(0, coarse.rows - 2));
    const bottom = Math.min(top + 1, coarse.rows - 1);
    const down = y - top;
    for (let column = 0; column < columns; column++) {
      const x = Math.max(0, Math.min((column + 0.5) / CELL - 0.5, coarse.columns - 1));
      const left = x | 0;
      const right = left + 1 < coarse.columns ? left + 1 : left;
      const across = x - left;
      const above = inverse[top * coarse.columns + left]! * (1 - across) + inverse[top * coarse.columns + right]! * across;
      const below = inverse[bottom * coarse.columns + left]! * (1 - across) + inverse[bottom * coarse.columns + right]! * across;
      const factor = above * (1 - down) + below * down;
      const index = row * columns + column;
      data[index]! *= factor;
      data[index + cells]! *= factor;
      data[index + 2 * cells]! *= factor;
    }
  }
}

/** The mean squared gradient of each CELL × CELL block, in the first plane. */
function energyOnGrid({ rows, columns, data }: Image): Image {
  const coarse = createImage(Math.ceil(rows / CELL), Math.ceil(columns / CELL));
  const counts = new Float32Array(coarse.rows * coarse.columns);
  for (let plane = 0; plane < 3; plane++) {
    for (let row = 0; row < rows; row++) {
      const from = (plane * rows + row) * columns;
      const to = Math.floor(row / CELL) * coarse.columns;
      for (let column = 0; column < columns; column++) {
        const value = data[from + column]!;
        coarse.data[to + ((column / CELL) | 0)]! += value * value;
      }
      if (plane === 0) for (let column = 0; column < columns; column++) counts[to + ((column / CELL) | 0)]! += 1;
    }
  }
  for (let index = 0; index < counts.length; index++) coarse.data[index]! /= counts[index]!;
  return coarse;
}
