/** What a network sees of a picture through a window, and the way back of what it says. */
import type { PictureSize } from '../../engines/engine.ts';
import { createImage } from '../image.ts';
import type { Image } from '../image.ts';
import { workbench } from '../kernels/workbench.ts';
import type { Address } from '../kernels/workbench.ts';
import { rowsSeen, stripsSeen } from './rows-seen.ts';
import type { Window } from './window.ts';

/**
 * Each cell is the mean of evenly spread bilinear samples, as many as it has pixels. Beyond its
 * borders the picture is mirrored.
 *
 * @returns the window as a picture of its own of that size
 */
export function sample(picture: Image, window: Window, size: PictureSize): Image {
  const seen = createImage(size.rows, size.columns);
  const bench = workbench();
  for (const [from, to] of stripsSeen(picture, window, size)) {
    bench.clear();
    const rows = rowsSeen(picture, window, { size, from, to });
    const pixels = putPixels(picture, rows.first, rows.last);
    const cells = bench.zeros(4 * (to - from) * size.columns);
    bench.kernels.look(putLook(picture, window, size, rows.first), pixels, from, to, cells);
    takePixels(cells, seen, from, to);
  }
  return seen;
}

/**
 * picture += factor · Aᵀ · seen, where A is what `sample` does: from a gradient by what is seen
 * to the gradient by the picture.
 */
export function spread(seen: Image, window: Window, picture: Image, factor = 1): void {
  const bench = workbench();
  for (const [from, to] of stripsSeen(picture, window, seen)) {
    bench.clear();
    const { first, last } = rowsSeen(picture, window, { size: seen, from, to });
    const pixels = putPixels(picture, first, last);
    const cells = putPixels(seen, from, to, factor);
    bench.kernels.lookBack(putLook(picture, window, seen, first), cells, from, to, pixels);
    takePixels(pixels, picture, first, last);
  }
}

/** As the kernel's `look` wants it. */
function putLook(picture: PictureSize, window: Window, cells: PictureSize, first: number): Address {
  return workbench().putDoubles([
    ...[picture.rows, picture.columns, first, cells.rows, cells.columns],
    ...[window.row, window.column, window.height, window.width],
    ...[Math.cos(window.angle), Math.sin(window.angle)],
    Math.max(1, Math.ceil(window.height / cells.rows)),
    Math.max(1, Math.ceil(window.width / cells.columns)),
  ]);
}

/** Rows `from` … `to` of a picture, four floats a pixel. */
function putPixels(picture: Image, from: number, to: number, factor = 1): Address {
  const bench = workbench();
  const { planes, count } = planesOf(picture, from, to);
  const pixels = bench.room(4 * count);
  const [red, green, blue] = planes.map((start) => bench.put(picture.data, start, start + count));
  bench.kernels.interleave(red!, green!, blue!, count, factor, pixels);
  return pixels;
}

/** The way back. */
function takePixels(pixels: Address, picture: Image, from: number, to: number): void {
  const bench = workbench();
  const { planes, count } = planesOf(picture, from, to);
  const [red, green, blue] = planes.map(() => bench.room(count));
  bench.kernels.separate(pixels, count, red!, green!, blue!);
  [red!, green!, blue!].forEach((address, plane) => {
    bench.take(address, count, picture.data, planes[plane]!);
  });
}

/** Where the rows begin in each plane, and how many floats they are. */
function planesOf({ rows, columns }: PictureSize, from: number, to: number) {
  const planes = [0, 1, 2].map((plane) => (plane * rows + from) * columns);
  return { planes, count: (to - from) * columns };
}
