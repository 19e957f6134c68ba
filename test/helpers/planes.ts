/** Seeded pictures that networks see something in. */
import type { Planes } from '../../src/engines/engine.ts';
import { seededRandom } from '../../src/kit/random.ts';

/** Soft waves with a little noise on them, 0..255. */
export function seededPicture(rows: number, columns: number, seed: number): Planes {
  const random = seededRandom(seed);
  const waves = seededWaves(rows, columns, seed + 1);
  const data = waves.map((wave) =>
    Math.max(0, Math.min(255, 127.5 + 55 * wave + 12 * random.normal())),
  );
  return { rows, columns, data };
}

/** A smooth field over three planes, with a mean near 0 and a spread near 1. */
export function seededWaves(rows: number, columns: number, seed: number): Float32Array {
  const random = seededRandom(seed);
  const count = 12;
  const data = new Float32Array(3 * rows * columns);
  for (let plane = 0; plane < 3; plane++) {
    for (let wave = 0; wave < count; wave++) {
      const [down, right] = [0.3 * random.normal(), 0.3 * random.normal()];
      const phase = 2 * Math.PI * random.uniform();
      for (let row = 0; row < rows; row++) {
        for (let column = 0; column < columns; column++) {
          data[(plane * rows + row) * columns + column]! +=
            Math.sin(down * row + right * column + phase) * Math.sqrt(2 / count);
        }
      }
    }
  }
  return data;
}

/** Normally distributed, every value apart: what gradients are like at their worst. */
export function seededNoise(rows: number, columns: number, seed: number): Planes {
  const random = seededRandom(seed);
  const data = Float32Array.from({ length: 3 * rows * columns }, () => random.normal());
  return { rows, columns, data };
}

export function copyOf(picture: Planes): Planes {
  return { ...picture, data: picture.data.slice() };
}

/** A picture from a formula: the value of each plane, row and column. */
export function drawn(
  rows: number,
  columns: number,
  valueAt: (row: number, column: number, plane: number) => number,
): Planes {
  const data = new Float32Array(3 * rows * columns);
  for (let plane = 0, index = 0; plane < 3; plane++) {
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++, index++) {
        data[index] = valueAt(row, column, plane);
      }
    }
  }
  return { rows, columns, data };
}

/** The value at a place. */
export function at(picture: Planes, plane: number, row: number, column: number): number {
  return picture.data[(plane * picture.rows + row) * picture.columns + column]!;
}

/** max |a − b| */
export function largestDifference(a: Planes, b: Planes): number {
  if (a.rows !== b.rows || a.columns !== b.columns) throw new Error('the sizes differ');
  return a.data.reduce((most, value, index) => Math.max(most, Math.abs(value - b.data[index]!)), 0);
}
