/** One slider from a change that nobody sees to a dream without bounds. */

/**
 * Levels of 0..255, root mean square, that a dream may change a picture by: 46 dB … 21 dB,
 * where most dreams of a class end by themselves.
 */
const FAINTEST = 1.25;
const STRONGEST = 24;

/**
 * How far a dream of a strength in (0, 1) may leave its picture: equal steps of the strength are
 * equal factors. At 1, or without a strength, there is no bound.
 */
export function radiusOf(strength: number | undefined): number {
  if (strength === undefined || strength >= 1) return Infinity;
  return FAINTEST * (STRONGEST / FAINTEST) ** strength;
}
