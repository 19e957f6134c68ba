import type { Ascent, PictureSize } from '../../engines/engine.ts';
import { seededRandom } from '../../kit/random.ts';
import { createImage } from '../image.ts';
import { drawWindows, placeWindow } from './draw.ts';
import type { Place, WindowOptions } from './draw.ts';
import { sample, spread } from './sample.ts';
import type { Window } from './window.ts';

export interface WindowedOptions extends WindowOptions {
  /** The pictures that the network takes. */
  readonly size: PictureSize;
  readonly seed: number;
  /** The part of the picture to look at. @default all of it */
  readonly place?: Place | undefined;
  /** What the first window nearly shows. @default that part */
  readonly first?: Place | undefined;
}

/**
 * A picture of any size, climbed by a network that takes one size only or was trained on it: at
 * each call the network looks through other random windows. The score is the mean of theirs, each
 * weighing as much as its area: a pixel counts the same in a large window as in a small one.
 */
export function windowedAscent(base: Ascent, options: WindowedOptions): Ascent {
  const { size, seed, place, first: shown = place, ...looks } = options;
  const random = seededRandom(seed);
  return {
    calibrate: (picture) => base.calibrate(sample(picture, placeWindow(picture, shown), size)),
    at: async (picture) => {
      const least = Math.min(size.rows, size.columns);
      const first = placeWindow(picture, shown);
      const windows = drawWindows(placeWindow(picture, place), least, { ...looks, first }, random);
      return scoreThrough(base, picture, { windows, size });
    },
    dispose: () => base.dispose(),
  };
}

/** The score and gradient through given windows. */
export async function scoreThrough(
  base: Ascent,
  picture: Parameters<Ascent['at']>[0],
  { windows, size }: { windows: readonly Window[]; size: PictureSize },
): ReturnType<Ascent['at']> {
  const areas = windows.map(({ height, width }) => height * width);
  const total = areas.reduce((sum, area) => sum + area, 0);
  const gradient = createImage(picture.rows, picture.columns);
  let score = 0;
  for (const [index, window] of windows.entries()) {
    const share = areas[index]! / total;
    const seen = await base.at(sample(picture, window, size));
    score += share * seen.score;
    spread({ ...size, data: seen.gradient }, window, gradient, share);
  }
  return { score, gradient: gradient.data };
}
