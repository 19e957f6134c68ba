/** Which windows a network looks through at a step. */
import type { PictureSize } from '../../engines/engine.ts';
import type { Random } from '../../kit/random.ts';
import { wholeWindow } from './window.ts';
import type { Window } from './window.ts';

export interface WindowOptions {
  /** Windows at each step: the first shows all of the picture, or of the place. */
  readonly count: number;
  /** 0 … 1: the smallest windows, as a share of the picture's shorter side. */
  readonly smallest: number;
  /** Degrees that a window is turned by at most, each way. */
  readonly rotation: number;
}

export interface DrawOptions extends WindowOptions {
  /** What the first window nearly shows. @default all that there is to look at */
  readonly first?: Window;
}

/** How far the first window strays: shares of its sides, each way. */
const STRAY = 0.08;
const ZOOM = 0.12;

/**
 * Random windows: one of all that there is, nearly, and squares of any size at any place in it.
 *
 * @param whole the part of the picture to look at
 * @param least the side of the network's own pictures: smaller windows would show nothing more
 */
export function drawWindows(
  whole: Window,
  least: number,
  { count, smallest, rotation, first = whole }: DrawOptions,
  random: Random,
): Window[] {
  const between = (low: number, high: number): number => low + (high - low) * random.uniform();
  const turned = (): number => (between(-rotation, rotation) * Math.PI) / 180;
  const nearlyFirst = (): Window => {
    const scale = 1 + between(-ZOOM, ZOOM);
    return {
      row: first.row + first.height * between(-STRAY, STRAY),
      column: first.column + first.width * between(-STRAY, STRAY),
      height: first.height * scale,
      width: first.width * scale,
      angle: turned(),
    };
  };
  const longest = Math.min(whole.height, whole.width);
  const shortest = Math.min(longest, Math.max(least, smallest * longest));
  const part = (): Window => {
    const side = Math.exp(between(Math.log(shortest), Math.log(longest)));
    const room = (length: number): number => Math.max(0, length - side) / 2;
    return {
      row: whole.row + between(-1, 1) * room(whole.height),
      column: whole.column + between(-1, 1) * room(whole.width),
      height: side,
      width: side,
      angle: turned(),
    };
  };
  return Array.from({ length: count }, (_, index) => (index === 0 ? nearlyFirst() : part()));
}

/** A part of a picture in shares of its sides. */
export interface Place {
  /** Of the middle. */
  readonly row: number;
  readonly column: number;
  readonly height: number;
  readonly width: number;
}

export function placeWindow(size: PictureSize, place: Place | undefined): Window {
  if (!place) return wholeWindow(size);
  return {
    row: place.row * size.rows,
    column: place.column * size.columns,
    height: place.height * size.rows,
    width: place.width * size.columns,
    angle: 0,
  };
}

/** Where a window lies that is not turned. */
export function placeOf(
  { row, column, height, width }: Window,
  { rows, columns }: PictureSize,
): Place {
  return {
    row: row / rows,
    column: column / columns,
    height: height / rows,
    width: width / columns,
  };
}
