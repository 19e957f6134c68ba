/** A part of a picture as a network is shown it: a rectangle, turned, of any size. */
import type { PictureSize } from '../../engines/engine.ts';
import { allOf } from '../crop.ts';
import type { Part } from '../crop.ts';

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
export function wholeWindow(picture: PictureSize): Window {
  return partWindow(allOf(picture));
}

export function partWindow({ row, column, rows, columns }: Part): Window {
  return {
    row: row + rows / 2,
    column: column + columns / 2,
    ...{ height: rows, width: columns, angle: 0 },
  };
}
