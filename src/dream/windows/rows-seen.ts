/** Which rows of a picture a part of a window shows. */
import type { PictureSize } from '../../engines/engine.ts';
import type { Window } from './window.ts';

/** Pixels that are worth having at hand at once: 32 MB of them. */
const MOST_PIXELS = 2 ** 21;

/** Rows `from` … `to` of a window of that size. */
export interface Strip {
  readonly size: PictureSize;
  readonly from: number;
  readonly to: number;
}

/** The least and the largest row, `last` not included, that the strip's samples read. */
export function rowsSeen(
  { rows }: PictureSize,
  { row, height, width, angle }: Window,
  { size, from, to }: Strip,
): { first: number; last: number } {
  const middle = row - 0.5 + (((from + to) / size.rows - 1) / 2) * height * Math.cos(angle);
  const reach =
    (Math.abs(width * Math.sin(angle)) +
      ((to - from) / size.rows) * Math.abs(height * Math.cos(angle))) /
    2;
  // A row more on each side: sums in another order may round to the other side of a border.
  const above = Math.floor(middle - reach) - 1;
  const below = Math.floor(middle + reach) + 3;
  const inside = (place: number): number => Math.max(0, Math.min(place, rows));
  // What lies beyond a border is seen mirrored.
  return {
    first: inside(above < 0 ? 0 : Math.min(above, 2 * rows - below)),
    last: inside(below > rows ? rows : Math.max(below, -above)),
  };
}

/** A window's rows in strips that see no more than is worth having at hand, or of one row. */
export function stripsSeen(
  picture: PictureSize,
  window: Window,
  size: PictureSize,
): (readonly [from: number, to: number])[] {
  const split = (from: number, to: number): (readonly [from: number, to: number])[] => {
    const { first, last } = rowsSeen(picture, window, { size, from, to });
    if (to - from <= 1 || (last - first) * picture.columns <= MOST_PIXELS) return [[from, to]];
    const half = (from + to) >> 1;
    return [...split(from, half), ...split(half, to)];
  };
  return split(0, size.rows);
}
