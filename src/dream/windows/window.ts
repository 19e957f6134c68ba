/** A part of a picture as a network is shown it: a rectangle, turned, of any size. */
import type { PictureSize } from '../../engines/engine.ts';

/** Lengths in pixels of the picture; the top left corner of its first pixel is (0, 0). */
export interface Window {
  /** Of the middle. */
  readonly row: number;
  readonly column: number;
  readonly height: number;
  readonly width: number;
  /** Radians, clockwise. */
  readonly angle: number;
}

/** All of a picture; a network of another shape sees it stretched. */
export function wholeWindow({ rows, columns }: PictureSize): Window {
  return { row: rows / 2, column: columns / 2, height: rows, width: columns, angle: 0 };
}
