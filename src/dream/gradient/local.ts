import type { Image } from '../image.ts';
import { stripsOf, workbench } from '../kernels/workbench.ts';
import type { Address } from '../kernels/workbench.ts';
import { blurPlane, gaussian } from './blur.ts';

/** Side of the blocks by which the local energy is measured. */
const BLOCK = 8;

/**
 * Divides a gradient by its own local RMS, so that every region dreams and not the strongest
 * alone: g / √(E + (floor · RMS)²), E the squared gradient averaged over a Gaussian of `sigma`
 * pixels. In place.
 */
export function divideByLocalEnergy(gradient: Image, sigma: number, floor: number): void {
  const blocks = energyOfBlocks(gradient);
  const radius = Math.max(1, Math.ceil((2.5 * sigma) / BLOCK));
  const { rows, columns, data } = blocks;
  const energies = blurPlane(data, columns, gaussian(sigma / BLOCK, radius));
  const mean = energies.reduce((sum, value) => sum + value, 0) / energies.length;
  const least = floor * floor * mean + 1e-30;
  multiplySmoothly(gradient, {
    rows,
    columns,
    data: energies.map((energy) => 1 / Math.sqrt(energy + least)),
  });
}

/** One value for each block, [rows, columns] of them. */
interface Blocks {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float32Array;
}

/** The mean squared gradient of each block. */
function energyOfBlocks({ rows, columns, data }: Image): Blocks {
  const [down, across] = [Math.ceil(rows / BLOCK), Math.ceil(columns / BLOCK)];
  const blocks = { rows: down, columns: across, data: new Float32Array(down * across) };
  for (const [from, to] of stripsOf(rows, columns, BLOCK)) {
    const bench = workbench().clear();
    const first = (from / BLOCK) * across;
    const last = Math.ceil(to / BLOCK) * across;
    const energies = bench.put(blocks.data, first, last);
    const strip = bench.room((to - from) * columns);
    for (let plane = 0; plane < 3; plane++) {
      const start = plane * rows;
      bench.write(strip, data, (start + from) * columns, (start + to) * columns);
      for (let row = 0; row < to - from; row += BLOCK) {
        bench.kernels.addEnergies(
          strip + 4 * row * columns,
          Math.min(BLOCK, to - from - row),
          columns,
          energies + 4 * (row / BLOCK) * across,
        );
      }
    }
    bench.take(energies, last - first, blocks.data, first);
  }
  for (let row = 0; row < blocks.rows; row++) {
    const high = Math.min(BLOCK, rows - row * BLOCK);
    for (let block = 0; block < blocks.columns; block++) {
      const wide = Math.min(BLOCK, columns - block * BLOCK);
      blocks.data[row * blocks.columns + block]! /= high * wide;
    }
  }
  return blocks;
}

/** image ← image · factors, the factors interpolated between blocks. */
function multiplySmoothly({ rows, columns, data }: Image, factors: Blocks): void {
  for (const [from, to] of stripsOf(rows, 2 * columns)) {
    const bench = workbench().clear();
    const smooth = interpolated(factors, columns, from, to);
    const count = (to - from) * columns;
    const strip = bench.room(count);
    for (let plane = 0; plane < 3; plane++) {
      const start = (plane * rows + from) * columns;
      bench.write(strip, data, start, start + count);
      for (let row = 0; row < to - from; row++) {
        const place = smooth + 4 * row * widened(columns);
        bench.kernels.multiply(strip + 4 * row * columns, place, columns);
      }
      bench.take(strip, count, data, start);
    }
  }
}

/** The factors of rows `from` … `to`, on the workbench; each row is widened. */
function interpolated(factors: Blocks, columns: number, from: number, to: number): Address {
  const bench = workbench();
  const blocks = bench.put(factors.data);
  const line = bench.room(factors.columns + 1);
  const smooth = bench.room((to - from) * widened(columns));
  for (let row = from; row < to; row++) {
    const { before, share } = placeOf(row, factors.rows);
    const above = blocks + 4 * before * factors.columns;
    const below = blocks + 4 * Math.min(before + 1, factors.rows - 1) * factors.columns;
    const target = smooth + 4 * (row - from) * widened(columns);
    bench.kernels.interpolate(above, below, share, factors.columns, line, columns, target);
  }
  return smooth;
}

/** Floats that a row of factors takes. */
function widened(columns: number): number {
  return Math.ceil(columns / 4) * 4;
}

/** The block whose middle lies before a pixel, and how far the pixel is on the way to the next. */
function placeOf(pixel: number, blocks: number): { before: number; share: number } {
  const place = Math.max(0, Math.min((pixel + 0.5) / BLOCK - 0.5, blocks - 1));
  const before = Math.floor(place);
  return { before, share: place - before };
}
