/**
 * Laplacian pyramids of gradients (Burt and Adelson 1983), with the kernel [1 4 6 4 1] of
 * TensorFlow's first deepdream tutorial; at the borders the outermost cell is repeated.
 *
 * Both directions work line by line in the memory of the bands themselves: a picture of 4096²
 * would not allow for copies.
 */
import { createImage } from '../image.ts';
import type { Image } from '../image.ts';
import { stripsOf, workbench } from '../kernels/workbench.ts';
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
  const strips = [...stripsOf(result.rows, 2 * columns)];
  for (let plane = 0; plane < 3; plane++) {
    for (const [from, to] of strips) {
      const bench = workbench().clear();
      // Two rows more on each side, for the windows at the borders.
      const first = Math.max(2 * from - 2, 0);
      const last = Math.min(2 * to + 1, rows);
      const start = plane * rows;
      const source = bench.put(data, (start + first) * columns, (start + last) * columns);
      const line = bench.room(columns + 4);
      const count = (to - from) * result.columns;
      const target = bench.room(count);
      bench.kernels.halve(source, first, rows, columns, from, to, line, target);
      bench.take(target, count, result.data, (plane * result.rows + from) * result.columns);
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
  const strips = [...stripsOf(rows, columns)];
  for (let plane = 0; plane < 3; plane++) {
    for (const [from, to] of strips) {
      const bench = workbench().clear();
      const first = Math.max((from >> 1) - 1, 0);
      const last = Math.min(((to - 1) >> 1) + 2, coarse.rows);
      const low = plane * coarse.rows;
      const small = bench.put(
        coarse.data,
        (low + first) * coarse.columns,
        (low + last) * coarse.columns,
      );
      const start = (plane * rows + from) * columns;
      const count = (to - from) * columns;
      const large = bench.put(data, start, start + count);
      const line = bench.room(coarse.columns + 2);
      bench.kernels.addGrown(
        ...([small, first, coarse.rows, coarse.columns] as const),
        ...([from, to, columns, line, large, keep, factor] as const),
      );
      bench.take(large, count, data, start);
    }
  }
}
