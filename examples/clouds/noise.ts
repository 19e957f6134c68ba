/** Noise that repeats seamlessly, precomputed into cubes and read by interpolation. */
import type { Random } from '../../src/kit/random.ts';

/** A function of a point; repeats every 1 along each axis. */
export type Noise = (x: number, y: number, z: number) => number;

/** Interpolates values, [side, side, side], linearly. */
export function fromCube(values: Float32Array, side: number): Noise {
  const mask = side - 1;
  return (x, y, z) => {
    const [px, py, pz] = [x * side, y * side, z * side];
    const [fx, fy, fz] = [Math.floor(px), Math.floor(py), Math.floor(pz)];
    const [tx, ty, tz] = [px - fx, py - fy, pz - fz];
    const [x0, y0, z0] = [fx & mask, (fy & mask) * side, (fz & mask) * side * side];
    const [x1, y1, z1] = [
      (fx + 1) & mask,
      ((fy + 1) & mask) * side,
      ((fz + 1) & mask) * side * side,
    ];
    const near = mix2(
      values[x0 + y0 + z0]!,
      values[x1 + y0 + z0]!,
      values[x0 + y1 + z0]!,
      values[x1 + y1 + z0]!,
      tx,
      ty,
    );
    const far = mix2(
      values[x0 + y0 + z1]!,
      values[x1 + y0 + z1]!,
      values[x0 + y1 + z1]!,
      values[x1 + y1 + z1]!,
      tx,
      ty,
    );
    return near + (far - near) * tz;
  };
}

function mix2(a: number, b: number, c: number, d: number, tx: number, ty: number): number {
  const top = a + (b - a) * tx;
  return top + (c + (d - c) * tx - top) * ty;
}

/**
 * Billows, 0..1: 1 at the middle of a cell, 0 between cells (Worley's cellular noise, upside
 * down), in octaves of twice the frequency and half the strength.
 */
export function billows(
  side: number,
  cells: number,
  octaves: number,
  random: Random,
): Float32Array {
  const values = new Float32Array(side ** 3);
  let total = 0;
  for (let octave = 0; octave < octaves; octave++) {
    const strength = 0.5 ** octave;
    addCells(values, side, cells * 2 ** octave, strength, random);
    total += strength;
  }
  return values.map((value) => value / total);
}

function addCells(
  values: Float32Array,
  side: number,
  cells: number,
  strength: number,
  random: Random,
): void {
  const points = Float32Array.from({ length: 3 * cells ** 3 }, () => random.uniform());
  for (let z = 0, index = 0; z < side; z++) {
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side; x++, index++) {
        const squared = nearest(
          points,
          cells,
          (x / side) * cells,
          (y / side) * cells,
          (z / side) * cells,
        );
        values[index]! += strength * Math.max(0, 1 - Math.sqrt(squared));
      }
    }
  }
}

/** The squared distance to the nearest point, in cells. */
function nearest(points: Float32Array, cells: number, x: number, y: number, z: number): number {
  const [cx, cy, cz] = [Math.floor(x), Math.floor(y), Math.floor(z)];
  let best = Infinity;
  for (let dz = -1; dz <= 1; dz++) {
    for (let dy = -1; dy <= 1; dy++) {
      for (let dx = -1; dx <= 1; dx++) {
        const wrapped =
          (((cz + dz + cells) % cells) * cells + ((cy + dy + cells) % cells)) * cells +
          ((cx + dx + cells) % cells);
        const ox = cx + dx + points[3 * wrapped]! - x;
        const oy = cy + dy + points[3 * wrapped + 1]! - y;
        const oz = cz + dz + points[3 * wrapped + 2]! - z;
        best = Math.min(best, ox * ox + oy * oy + oz * oz);
      }
    }
  }
  return best;
}

/** Smooth value noise, 0..1, in octaves. */
export function fractal(
  side: number,
  cells: number,
  octaves: number,
  random: Random,
): Float32Array {
  const values = new Float32Array(side ** 3);
  let total = 0;
  for (let octave = 0; octave < octaves; octave++) {
    const count = cells * 2 ** octave;
    const lattice = fromCube(
      Float32Array.from({ length: count ** 3 }, () => random.uniform()),
      count,
    );
    const strength = 0.5 ** octave;
    const eased = (position: number): number => {
      const scaled = position * count;
      const cell = Math.floor(scaled);
      const t = scaled - cell;
      return (cell + t * t * (3 - 2 * t)) / count;
    };
    for (let z = 0, index = 0; z < side; z++) {
      for (let y = 0; y < side; y++) {
        for (let x = 0; x < side; x++, index++) {
          values[index]! += strength * lattice(eased(x / side), eased(y / side), eased(z / side));
        }
      }
    }
    total += strength;
  }
  return values.map((value) => value / total);
}
