import type { Image } from '../image.ts';
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
  for (let plane = 0; plane < 3; plane++) {
    for (let row = 0; row < rows; row++) {
      const from = (plane * rows + row) * columns;
      const to = Math.floor(row / BLOCK) * blocks.columns;
      for (let block = 0; block < blocks.columns; block++) {
        const end = from + Math.min((block + 1) * BLOCK, columns);
        let sum = 0;
        for (let index = from + block * BLOCK; index < end; index++)
          sum += data[index]! * data[index]!;
        blocks.data[to + block]! += sum;
      }
    }
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
  const cells = rows * columns;
  const places = Array.from({ length: columns }, (_, column) => placeOf(column, factors.columns));
  const lefts = Int32Array.from(places, ({ before }) => before);
  const shares = Float32Array.from(places, ({ share }) => share);
  // One block more on the right, so that every block has a neighbour.
  const line = new Float32Array(factors.columns + 1);
  for (let row = 0; row < rows; row++) {
    const { before, share } = placeOf(row, factors.rows);
    const above = before * factors.columns;
    const below = Math.min(before + 1, factors.rows - 1) * factors.columns;
    for (let block = 0; block < factors.columns; block++) {
      const top = factors.data[above + block]!;
      line[block] = top + share * (factors.data[below + block]! - top);
    }
    line[factors.columns] = line[factors.columns - 1]!;
    let index = row * columns;
    for (let column = 0; column < columns; column++, index++) {
      const left = line[lefts[column]!]!;
      const factor = left + shares[column]! * (line[lefts[column]! + 1]! - left);
      data[index]! *= factor;
      data[index + cells]! *= factor;
      data[index + 2 * cells]! *= factor;
    }
  }
}

/** The block whose middle lies before a pixel, and how far the pixel is on the way to the next. */
function placeOf(pixel: number, blocks: number): { before: number; share: number } {
  const place = Math.max(0, Math.min((pixel + 0.5) / BLOCK - 0.5, blocks - 1));
  const before = Math.floor(place);
  return { before, share: place - before };
}
