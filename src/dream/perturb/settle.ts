/** From a change in fractions of levels to the least in whole ones that still succeeds. */
import type { Image } from '../image.ts';
import { squaredDistance } from './attack.ts';
import { dithered, rounded } from './round.ts';

/** Multiples of the change: where rounding undoes it, more is tried. */
const MOST = 4;
const BISECTIONS = 12;

/** Whether a picture of whole levels succeeds. */
export type Judge = (image: Image) => Promise<boolean>;

interface Settled {
  readonly image: Image;
  readonly distance: number;
}

/** @returns null where rounding undoes every multiple of the change */
export async function settle(
  picture: Image,
  change: Float32Array,
  succeeds: Judge,
): Promise<Image | null> {
  const found = [
    await leastRounded(picture, change, { round: rounded, succeeds }),
    await leastRounded(picture, change, { round: dithered, succeeds }),
  ].filter((settled) => settled !== null);
  const [best] = found.sort((a, b) => a.distance - b.distance);
  return best?.image ?? null;
}

/** The smallest multiple of the change that succeeds, by halving; null where none does. */
async function leastRounded(
  picture: Image,
  change: Float32Array,
  { round, succeeds }: { round: (image: Image) => Image; succeeds: Judge },
): Promise<Settled | null> {
  const tried = async (share: number): Promise<Settled | null> => {
    const data = picture.data.map((value, index) => value + share * change[index]!);
    const image = round({ ...picture, data });
    if (!(await succeeds(image))) return null;
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
