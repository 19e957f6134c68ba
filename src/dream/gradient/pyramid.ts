/**
 * Laplacian pyramids of gradients (Burt and Adelson 1983), with the kernel [1 4 6 4 1] of
 * TensorFlow's first deepdream tutorial; at the borders the outermost cell is repeated.
 */
import { createImage } from '../image.ts';
import type { Image } from '../image.ts';
import { multiply, rootMeanSquare } from './normalise.ts';

/** The bands from fine to coarse: `levels` differences, and what is left. */
export function splitBands(image: Image, levels: number): Image[] {
  const bands: Image[] = [];
  let rest = image;
  for (let level = 0; level < levels && Math.min(rest.rows, rest.columns) > 2; level++) {
    const coarse = shrink(rest);
    const smooth = grow(coarse, rest.rows, rest.columns);
    for (let index = 0; index < smooth.data.length; index++) {
      smooth.data[index] = rest.data[index]! - smooth.data[index]!;
    }
    bands.push(smooth);
    rest = coarse;
  }
  return [...bands, rest];
}

/** The inverse of `splitBands`. */
export function mergeBands(bands: readonly Image[]): Image {
  return bands.slice(0, -1).reduceRight((coarse, band) => {
    const smooth = grow(coarse, band.rows, band.columns);
    for (let index = 0; index < smooth.data.length; index++) smooth.data[index]! += band.data[index]!;
    return smooth;
  }, bands.at(-1)!);
}

/**
 * Brings the bands to weights of our choice: band k is divided by its RMS and multiplied by
 * growth^k. growth 1 is TensorFlow's Laplacian normalisation; above 1 large forms win.
 */
export function balanceBands(gradient: Image, levels: number, growth: number): Image {
  const bands = splitBands(gradient, levels);
  bands.forEach(({ data }, level) => {
    multiply(data, growth ** level / Math.max(rootMeanSquare(data), 1e-10));
  });
  return mergeBands(bands);
}

/** Half the rows and columns (rounded up), smoothed. */
export function shrink(image: Image): Image {
  const { rows, columns, data } = image;
  const [lowRows, lowColumns] = [(rows + 1) >> 1, (columns + 1) >> 1];
  const narrow = new Float32Array(3 * rows * lowColumns);
  for (let row = 0; row < 3 * rows; row++) {
    const from = row * columns;
    const at = (column: number): number => data[from + Math.max(0, Math.min(column, columns - 1))]!;
    for (let column = 0; column < lowColumns; column++) {
      const centre = 2 * column;
      const inside = centre >= 2 && centre + 2 < columns;
      const index = from + centre;
      narrow[row * lowColumns + column] = inside
        ? (data[index - 2]! + data[index + 2]! + 4 * (data[index - 1]! + data[index + 1]!) + 6 * data[index]!) / 16
        : (at(centre - 2) + at(centre + 2) + 4 * (at(centre - 1) + at(centre + 1)) + 6 * at(centre)) / 16;
    }
  }
  const result = createImage(lowRows, lowColumns);
  for (let plane = 0; plane < 3; plane++) {
    const lineAt = (row: number): number =>
      (plane * rows + Math.max(0, Math.min(row, rows - 1))) * lowColumns;
    for (let row = 0; row < lowRows; row++) {
      const centre = 2 * row;
      const [a, b, c, d, e] = [-2, -1, 0, 1, 2].map((offset) => lineAt(centre + offset)) as [number, number, number, number, number];
      const to = (plane * lowRows + row) * lowColumns;
      for (let column = 0; column < lowColumns; column++) {
        result.data[to + column] =
          (narrow[a + column]! + narrow[e + column]! + 4 * (narrow[b + column]! + narrow[d + column]!) + 6 * narrow[c + column]!) / 16;
      }
    }
  }
  return result;
}

/** Back to `rows` × `columns`: zeros in between, smoothed by the same kernel, times 4. */
export function grow(image: Image, rows: number, columns: number): Image {
  const { rows: lowRows, columns: lowColumns, data } = image;
  const wide = new Float32Array(3 * lowRows * columns);
  for (let row = 0; row < 3 * lowRows; row++) {
    const from = row * lowColumns;
    const to = row * columns;
    for (let column = 0; column < columns; column++) {
      const centre = column >> 1;
      const after = Math.min(centre + 1, lowColumns - 1);
      wide[to + column] =
        column & 1
          ? (data[from + centre]! + data[from + after]!) / 2
          : (data[from + Math.max(centre - 1, 0)]! + data[from + after]! + 6 * data[from + centre]!) / 8;
    }
  }
  const result = createImage(rows, columns);
  for (let plane = 0; plane < 3; plane++) {
    for (let row = 0; row < rows; row++) {
      const centre = row >> 1;
      const line = (index: number): number => (plane * lowRows + Math.max(0, Math.min(index, lowRows - 1))) * columns;
      const [before, here, after] = [line(centre - 1), line(centre), line(centre + 1)];
      const to = (plane * rows + row) * columns;
      if (row & 1) {
        for (let column = 0; column < columns; column++) {
          result.data[to + column] = (wide[here + column]! + wide[after + column]!) / 2;
        }
      } else {
        for (let column = 0; column < columns; column++) {
          result.data[to + column] = (wide[before + column]! + wide[after + column]! + 6 * wide[here + column]!) / 8;
        }
      }
    }
  }
  return result;
}
