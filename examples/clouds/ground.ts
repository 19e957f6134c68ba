/** Hazy hills under the sky. */
import { seededRandom } from '../../src/kit/random.ts';
import { fractal, fromCube } from './noise.ts';
import type { Colour } from './sky.ts';

interface Ridge {
  /** Of its middle, above the horizon; a picture is 0.83 high. */
  readonly height: number;
  readonly roughness: number;
  /** How much of the noise one picture's width shows. */
  readonly stretch: number;
  readonly colour: Colour;
}

/** From far to near. */
const RIDGES: readonly Ridge[] = [
  { height: 0.006, roughness: 0.03, stretch: 0.21, colour: [0.6, 0.72, 0.82] },
  { height: -0.004, roughness: 0.04, stretch: 0.27, colour: [0.49, 0.62, 0.69] },
  { height: -0.02, roughness: 0.05, stretch: 0.33, colour: [0.39, 0.52, 0.51] },
  { height: -0.045, roughness: 0.07, stretch: 0.39, colour: [0.29, 0.41, 0.33] },
];

/** The colour of the ground in a direction, or `null` where there is sky. */
export type Ground = (right: number, up: number) => Colour | null;

export function hills(seed: number): Ground {
  const side = 64;
  const noise = fromCube(fractal(side, 4, 5, seededRandom(seed)), side);
  const topOf = ({ height, roughness, stretch }: Ridge, right: number): number =>
    height + roughness * (noise(right * stretch + 0.5, stretch * 3, 0.1) - 0.5);
  return (right, up) => {
    const ridge = RIDGES.findLast((candidate) => up <= topOf(candidate, right));
    if (!ridge) return null;
    const depth = Math.max(0, topOf(ridge, right) - up);
    // Woods and fields, drawn out by the low angle at which they are seen.
    const woods = noise(right * 2.3, up * 17, ridge.stretch) - 0.5;
    const shade = 1 - Math.min(0.16, 2.2 * depth) + 0.5 * woods * Math.min(1, 30 * depth);
    return ridge.colour.map((value) => value * shade) as Colour;
  };
}
