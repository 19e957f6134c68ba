/**
 * Laplacian pyramids of gradients (Burt and Adelson 1983), with the kernel [1 4 6 4 1] of
 * TensorFlow's first deepdream tutorial; at the borders the outermost cell is repeated.
 *
 * Both directions work line by line in the memory of the bands themselves: a picture of 4096²
 * would not allow for copies.
 */
import { createImage } from '../image.ts';
import type { Image } from '../image.ts';
import { multiply, rootMeanSquare } from './normalise.ts';

/**
 * Brings the bands to weights of our choice, in place: band k is divided by its RMS and multiplied
 * by growth^k. growth 1 is TensorFlow's Laplacian normalisation; above 1 large forms win.
 */
export function balanceBands(gradient: Image, levels: number, growth: number): void {
  const bands = splitBands(gradient, levels);
  const weights = bands.map(
    ({ data }, level) => growth ** level / Math.max(rootMeanSquare(data), 1e-10),
  );
  mergeBands(bands, weights);
}

/**
 * The bands from fine to coarse: `levels` differences, and what is left. The first band takes the
 * memory of `image`.
 */
export function splitBands(image: Image, levels: number): Image[] {
  const bands = [image];
  for (let level = 0; level < levels; level++) {
    const band = bands.at(-1)!;
    if (Math.min(band.rows, band.columns) <= 2) break;
    const coarse = shrink(band);
    addGrown(band, coarse, 1, -1);
    bands.push(coarse);
  }
  return bands;
}

/** Σ weight · band, in the memory of the first band. With weights of 1 `splitBands` undone. */
export function mergeBands(bands: readonly Image[], weights: readonly number[]): Image {
  const last = bands.length - 1;
  if (last === 0) multiply(bands[0]!.data, weights[0]!);
  for (let level = last - 1; level >= 0; level--) {
    addGrown(
      bands[level]!,
      bands[level + 1]!,
      weights[level]!,
      level + 1 === last ? weights[last]! : 1,
    );
  }
  return bands[0]!;
}

/** Half the rows and columns (rounded up), smoothed. */
export function shrink({ rows, columns, data }: Image): Image {
  const result = createImage((rows + 1) >> 1, (columns + 1) >> 1);
  // Two cells of margin on each side, for the windows at the borders.
  const line = new Float32Array(columns + 4);
  for (let plane = 0; plane < 3; plane++) {
    const lineAt = (row: number): number =>
      (plane * rows + Math.max(0, Math.min(row, rows - 1))) * columns;
    for (let row = 0; row < result.rows; row++) {
      const [a, b, c] = [lineAt(2 * row - 2), lineAt(2 * row - 1), lineAt(2 * row)];
      const [d, e] = [lineAt(2 * row + 1), lineAt(2 * row + 2)];
      for (let column = 0; column < columns; column++) {
        line[column + 2] =
          data[a + column]! +
          data[e + column]! +
          4 * (data[b + column]! + data[d + column]!) +
          6 * data[c + column]!;
      }
      line[0] = line[1] = line[2]!;
      line[columns + 2] = line[columns + 3] = line[columns + 1]!;
      const to = (plane * result.rows + row) * result.columns;
      for (let column = 0, from = 0; column < result.columns; column++, from += 2) {
        result.data[to + column] =
          (line[from]! +
            line[from + 4]! +
            4 * (line[from + 1]! + line[from + 3]!) +
            6 * line[from + 2]!) /
          256;
      }
    }
  }
  return result;
}

/**
 * target ← keep · target + factor · grown, where `grown` is `coarse` with zeros in between,
 * smoothed by the same kernel and multiplied by 4.
 */
export function addGrown(target: Image, coarse: Image, keep: number, factor: number): void {
  const { rows, columns, data } = target;
  const low = coarse.data;
  // One cell of margin on each side.
  const line = new Float32Array(coarse.columns + 2);
  for (let plane = 0; plane < 3; plane++) {
    const lineAt = (row: number): number =>
      (plane * coarse.rows + Math.max(0, Math.min(row, coarse.rows - 1))) * coarse.columns;
    for (let row = 0; row < rows; row++) {
      const centre = row >> 1;
      const [here, after] = [lineAt(centre), lineAt(centre + 1)];
      const before = row & 1 ? here : lineAt(centre - 1);
      // An even row takes 1 6 1 (/ 8) of three, an odd one the mean of two.
      const [outer, middle] = row & 1 ? [factor / 2, 0] : [factor / 8, (6 * factor) / 8];
      for (let column = 0; column < coarse.columns; column++) {
        line[column + 1] =
          outer * (low[before + column]! + low[after + column]!) + middle * low[here + column]!;
      }
      line[0] = line[1]!;
      line[coarse.columns + 1] = line[coarse.columns]!;
      addLine(data, (plane * rows + row) * columns, columns, line, keep);
    }
  }
}

/** One row: even cells take 1 6 1 (/ 8) of the line, odd ones the mean of two. */
function addLine(
  data: Float32Array,
  start: number,
  columns: number,
  line: Float32Array,
  keep: number,
): void {
  const pairs = columns >> 1;
  let index = start;
  for (let cell = 1; cell <= pairs; cell++) {
    const middle = line[cell]!;
    const next = line[cell + 1]!;
    data[index] = keep * data[index]! + 0.125 * (line[cell - 1]! + next) + 0.75 * middle;
    data[index + 1] = keep * data[index + 1]! + 0.5 * (middle + next);
    index += 2;
  }
  if (columns & 1) {
    const cell = pairs + 1;
    data[index] =
      keep * data[index]! + 0.125 * (line[cell - 1]! + line[cell + 1]!) + 0.75 * line[cell]!;
  }
}
