/** Where a picture already looks like something. */
import type { PictureSize } from '../../engines/engine.ts';
import type { Image } from '../image.ts';
import { placeOf } from './draw.ts';
import type { Place } from './draw.ts';
import { sample } from './sample.ts';
import type { Window } from './window.ts';

/** Sides of the windows that are tried, as shares of the picture's shorter side. */
const SIDES = [0.75, 0.55, 0.4];

/** From one window to the next, as a share of its side. */
const STRIDE = 0.25;

/** A place is no empty one: it has at least this share of the contrast of places of its size. */
const LEAST_CONTRAST = 0.6;

export interface FoundPlace {
  readonly place: Place;
  /** How much it looks like it. */
  readonly score: number;
}

/**
 * The square of the picture with the highest score, among those in which there is something to
 * see: a plain sky may be the best ship of all, but nothing could grow there out of what is there.
 *
 * @param scoreOf of a picture of that size, which shows a window.
 * @param check called before each window; it may throw.
 */
export async function findPlace(
  picture: Image,
  size: PictureSize,
  scoreOf: (seen: Image) => Promise<number>,
  check: () => void = () => undefined,
): Promise<FoundPlace> {
  let best: FoundPlace | undefined;
  for (const share of SIDES) {
    const seen = windowsOf(picture, share).map((window) => {
      check();
      const shown = sample(picture, window, size);
      return { window, shown, contrast: contrastOf(shown) };
    });
    const least = LEAST_CONTRAST * median(seen.map(({ contrast }) => contrast));
    for (const { window, shown, contrast } of seen) {
      if (contrast < least) continue;
      check();
      const score = await scoreOf(shown);
      if (!best || score > best.score) best = { place: placeOf(window, picture), score };
    }
  }
  return best!;
}

function windowsOf({ rows, columns }: PictureSize, share: number): Window[] {
  const side = share * Math.min(rows, columns);
  return middles(rows, side).flatMap((row) =>
    middles(columns, side).map((column) => ({ row, column, height: side, width: side, angle: 0 })),
  );
}

/** Evenly from border to border. */
function middles(length: number, side: number): number[] {
  const steps = Math.max(1, Math.round((length - side) / (STRIDE * side)));
  return Array.from(
    { length: steps + 1 },
    (_, index) => side / 2 + ((length - side) * index) / steps,
  );
}

/** The deviation of all values. */
function contrastOf({ data }: Image): number {
  const mean = data.reduce((sum, value) => sum + value, 0) / data.length;
  return Math.sqrt(data.reduce((sum, value) => sum + (value - mean) ** 2, 0) / data.length);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}
