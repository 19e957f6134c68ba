/** From a change in fractions of levels to the least in whole ones that still succeeds. */
import type { Ascent, PictureSize } from '../../engines/engine.ts';
import { DreamError } from '../../kit/errors.ts';
import type { Image } from '../image.ts';
import { scoreThrough } from '../windows/ascent.ts';
import { wholeWindow } from '../windows/window.ts';
import { squaredDistance } from './attack.ts';
import { dithered, rounded } from './round.ts';

/** The margin that a picture of whole levels must reach. */
export const ROUNDED_BOUND = 0.1;

/** Multiples of the change: where rounding undoes it, more is tried. */
const MOST = 4;
const BISECTIONS = 12;

export interface Settling {
  readonly picture: Image;
  readonly ascent: Ascent;
  /** The pictures that the network takes. */
  readonly size: PictureSize;
}

interface Settled {
  readonly image: Image;
  readonly distance: number;
}

/** @throws DreamError 'bad-option' where rounding undoes every multiple of the change */
export async function settle(options: Settling, change: Float32Array): Promise<Image> {
  const found = [
    await leastRounded(options, change, rounded),
    await leastRounded(options, change, dithered),
  ].filter((settled) => settled !== null);
  const [best] = found.sort((a, b) => a.distance - b.distance);
  if (best) return best.image;
  throw new DreamError(
    'bad-option',
    'the smallest change that was found is lost in a picture of 8 bits',
    'Try another --attack.',
  );
}

/** The smallest multiple of the change that succeeds, by halving; null where none does. */
async function leastRounded(
  { picture, ascent, size }: Settling,
  change: Float32Array,
  round: (image: Image) => Image,
): Promise<Settled | null> {
  const windows = [wholeWindow(picture)];
  const tried = async (share: number): Promise<Settled | null> => {
    const data = picture.data.map((value, index) => value + share * change[index]!);
    const image = round({ ...picture, data });
    const { score } = await scoreThrough(ascent, image, { windows, size });
    if (score < ROUNDED_BOUND) return null;
    return { image, distance: squaredDistance(image.data, picture.data) };
  };
  let [low, high] = [0, 1];
  let best = await tried(high);
  while (!best && high < MOST) {
    [low, high] = [high, 2 * high];
    best = await tried(high);
  }
  for (let step = 0; best && step < BISECTIONS; step++) {
    const middle = (low + high) / 2;
    const settled = await tried(middle);
    if (settled) [high, best] = [middle, settled];
    else low = middle;
  }
  return best;
}
