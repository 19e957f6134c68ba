/** What a step heeds beside the network's gradient: where it may go, and how far. */
import type { PictureSize } from '../engines/engine.ts';
import type { Image } from './image.ts';
import { keepWithin, pullTowards } from './priors/closeness.ts';
import { applyMask, meanShare, resizeMask, scaleWithin } from './priors/mask.ts';
import type { Mask } from './priors/mask.ts';
import { subtractTotalVariation } from './priors/total-variation.ts';
import type { Recipe } from './recipe.ts';
import { radiusOf } from './strength.ts';

/** At an octave's size. */
export interface Guidance {
  readonly totalVariation: number;
  readonly keep: number;
  /** Levels, root mean square over the picture, that the dream may leave the original by. */
  readonly radius: number;
  /** The picture before the dream; needed for `keep` and `radius`. */
  readonly original: Image | null;
  readonly mask: Mask | null;
}

/**
 * By the recipe and a mask of any size; undefined where neither asks for anything.
 *
 * @param originalAt the picture before the dream, at a size; called where it is needed.
 */
export function guidanceFor(
  size: PictureSize,
  recipe: Recipe,
  mask: Mask | undefined,
  originalAt: (size: PictureSize) => Image,
): Guidance | undefined {
  const { totalVariation = 0, keep = 0 } = recipe;
  const radius = radiusOf(recipe.strength);
  const bound = keep > 0 || radius < Infinity;
  if (!mask && !bound && totalVariation === 0) return undefined;
  const fitted = mask ? resizeMask(mask, size) : null;
  return {
    totalVariation,
    keep,
    // A small part may change as much as a whole picture could.
    radius: fitted ? radius * Math.sqrt(meanShare(fitted)) : radius,
    original: bound ? originalAt(size) : null,
    mask: fitted,
  };
}

/** From a normalised gradient to the direction of a step, in place. */
export function guide(direction: Image, image: Image, guidance: Guidance): void {
  const { totalVariation, keep, original, mask } = guidance;
  // First, for the priors have weights beside a gradient of size 1.
  if (mask) scaleWithin(direction, mask);
  if (totalVariation > 0) subtractTotalVariation(direction, image, totalVariation);
  if (keep > 0) pullTowards(direction, { image, original: original! }, keep);
  if (mask) applyMask(direction, mask);
}

/** After a step. */
export function hold(image: Image, { original, radius }: Guidance): void {
  if (radius < Infinity) keepWithin(image, original!, radius);
}
