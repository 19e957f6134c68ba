/** A field of cumulus clouds: where there is how much cloud, in kilometres, y upwards. */
import { seededRandom } from '../../src/kit/random.ts';
import { billows, fractal, fromCube } from './noise.ts';

export const BASE = 1.1;
export const TOP = 3.1;

export interface CloudField {
  /** How much cloud may be above a point of the ground, 0..1; 0 is clear sky. */
  cover(x: number, z: number): number;
  /** 0 (clear) … 1 (thick). `fine` adds the small billows at the edges. */
  density(x: number, y: number, z: number, cover: number, fine: boolean): number;
}

export function cloudField(seed: number): CloudField {
  const random = seededRandom(seed);
  const broad = fromCube(fractal(64, 4, 3, random), 64);
  const shape = fromCube(billows(64, 4, 3, random), 64);
  const detail = fromCube(billows(64, 4, 3, random), 64);
  return {
    cover(x, z) {
      // Domain warping: noise moves the place at which noise is read.
      const warp = broad(x / 11 + 0.3, 0.7, z / 11) - 0.5;
      const value = broad(x / 9.5 + 0.3 * warp, 0.2, z / 9.5 - 0.3 * warp);
      return smoothstep(0.475, 0.7, value);
    },
    density(x, y, z, cover, fine) {
      const height = (y - BASE) / (TOP - BASE);
      if (height <= 0 || height >= 1 || cover <= 0) return 0;
      // Flat at the base, round at the top; the thicker the cover, the higher it towers.
      const profile =
        smoothstep(0, 0.07, height) *
        (1 - smoothstep(0.15 + 0.3 * cover, 0.3 + 0.75 * cover, height));
      const room = cover * profile;
      if (room <= 0) return 0;
      const body = (shape(x / 3.3, y / 3.3, z / 3.3) - (1 - room)) / room;
      if (body <= 0) return 0;
      if (!fine) return Math.min(1, body);
      const small = detail(x / 0.75, y / 0.75, z / 0.75);
      const smallest = detail(x / 0.21, y / 0.21, z / 0.21);
      const frayed = 0.8 * (1 - 0.6 * small - 0.4 * smallest) * (1 - Math.min(1, body));
      return Math.max(0, Math.min(1, (body - frayed) / (1 - frayed)));
    },
  };
}

export function smoothstep(low: number, high: number, value: number): number {
  const t = Math.max(0, Math.min((value - low) / (high - low), 1));
  return t * t * (3 - 2 * t);
}
