import { describe, expect, it } from 'vitest';
import type { Image } from '../../src/dream/image.ts';
import { workbench } from '../../src/dream/kernels/workbench.ts';
import { RESAMPLINGS, resize } from '../../src/dream/resize.ts';
import type { Resampling } from '../../src/dream/resize.ts';
import fc from '../helpers/fast-check.ts';
import { at, drawn, largestDifference, seededNoise } from '../helpers/planes.ts';

const side = fc.integer({ min: 1, max: 30 });
const shapes = fc.record({ rows: side, columns: side, toRows: side, toColumns: side });
const KERNELS: readonly Resampling[] = [...RESAMPLINGS, 'triangle'];
const resamplings = fc.constantFrom(...KERNELS);

/** A picture of one row, the same in all planes. */
function line(...values: number[]): Image {
  return drawn(1, values.length, (_, column) => values[column]!);
}

function lineResized(values: number[], count: number, resampling: Resampling): number[] {
  return [...resize(line(...values), 1, count, resampling).data.subarray(0, count)];
}

const closeTo = (values: number[]): number[] =>
  values.map((value) => expect.closeTo(value, 4) as number);

/** What an output cell is made of: a sum over all input cells, border cells repeated for ever. */
function naiveWeights(from: number, to: number, index: number, resampling: Resampling): number[] {
  const corners = resampling === 'bilinear-corners';
  const scale = from / to;
  const widens = resampling === 'lanczos' || resampling === 'triangle';
  const stretch = widens ? Math.max(scale, 1) : 1;
  const cornerScale = to > 1 ? (from - 1) / (to - 1) : 0;
  const centre = corners ? index * cornerScale : (index + 0.5) * scale - 0.5;
  const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));
  const kernel = (x: number): number => {
    if (resampling === 'lanczos') return Math.abs(x) < 3 ? sinc(x) * sinc(x / 3) : 0;
    return Math.max(0, 1 - Math.abs(x));
  };
  const weights = new Array<number>(from).fill(0);
  let total = 0;
  for (let cell = -4 * from - 200; cell < 5 * from + 200; cell++) {
    const weight = kernel((cell - centre) / stretch);
    weights[Math.max(0, Math.min(cell, from - 1))]! += weight;
    total += weight;
  }
  return weights.map((weight) => weight / total);
}

function naiveResize(image: Image, rows: number, columns: number, resampling: Resampling): Image {
  const vertical = Array.from({ length: rows }, (_, row) =>
    naiveWeights(image.rows, rows, row, resampling),
  );
  const horizontal = Array.from({ length: columns }, (_, column) =>
    naiveWeights(image.columns, columns, column, resampling),
  );
  return drawn(rows, columns, (row, column, plane) => {
    let sum = 0;
    vertical[row]!.forEach((down, from) => {
      if (down === 0) return;
      horizontal[column]!.forEach((across, left) => {
        if (across !== 0) sum += down * across * at(image, plane, from, left);
      });
    });
    return sum;
  });
}

describe('resizing', () => {
  it('gives what a sum over all cells gives, for every kernel, up and down', () => {
    fc.assert(
      fc.property(shapes, resamplings, ({ rows, columns, toRows, toColumns }, resampling) => {
        const image = seededNoise(rows, columns, rows * 31 + columns);
        const found = resize(image, toRows, toColumns, resampling);
        const expected =
          rows === toRows && columns === toColumns
            ? image
            : naiveResize(image, toRows, toColumns, resampling);
        expect(largestDifference(found, expected)).toBeLessThan(1e-5);
      }),
      {
        numRuns: 150,
        // More than one strip of rows is made of.
        examples: KERNELS.map((kernel) => [
          { rows: 190, columns: 270, toRows: 151, toColumns: 330 },
          kernel,
        ]),
      },
    );
  });

  it('to the same size is a copy', () => {
    KERNELS.forEach((resampling) => {
      const image = seededNoise(5, 7, 1);
      const same = resize(image, 5, 7, resampling);
      expect(same.data).toEqual(image.data);
      same.data[0] = 1000;
      expect(image.data[0]).not.toBe(1000);
    });
  });

  it('keeps a flat picture flat', () => {
    fc.assert(
      fc.property(shapes, resamplings, ({ rows, columns, toRows, toColumns }, resampling) => {
        const flat = drawn(rows, columns, (_, __, plane) => 40 + 50 * plane);
        const expected = drawn(toRows, toColumns, (_, __, plane) => 40 + 50 * plane);
        const found = resize(flat, toRows, toColumns, resampling);
        expect(largestDifference(found, expected)).toBeLessThan(1e-3);
      }),
    );
  });

  it('is the same whatever the workbench was used for before, also for values that are none', () => {
    fc.assert(
      fc.property(shapes, resamplings, ({ rows, columns, toRows, toColumns }, resampling) => {
        const bench = workbench().clear();
        const count = 2 ** 16;
        bench.view(bench.room(count), count).fill(NaN);
        const found = resize(seededNoise(rows, columns, 1), toRows, toColumns, resampling);
        expect(found.data.every(Number.isFinite)).toBe(true);
      }),
    );
  });

  it('leaves the picture that it is given as it is', () => {
    const image = seededNoise(6, 5, 2);
    KERNELS.forEach((resampling) => resize(image, 9, 3, resampling));
    expect(image.data).toEqual(seededNoise(6, 5, 2).data);
  });
});

describe('bilinear, corner to corner', () => {
  it("keeps the outermost cells and spaces the others evenly (scipy's zoom of order 1)", () => {
    // scipy.ndimage.zoom([0, 10], 2.5, order=1) and so on.
    expect(lineResized([0, 10], 5, 'bilinear-corners')).toEqual(closeTo([0, 2.5, 5, 7.5, 10]));
    expect(lineResized([0, 10, 40], 5, 'bilinear-corners')).toEqual(closeTo([0, 5, 10, 25, 40]));
    expect(lineResized([1, 2, 3, 4, 5], 3, 'bilinear-corners')).toEqual(closeTo([1, 3, 5]));
    expect(lineResized([1, 2, 4, 8], 2, 'bilinear-corners')).toEqual(closeTo([1, 8]));
  });

  it('makes a ramp of a ramp, from end to end', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 30 }), fc.integer({ min: 2, max: 30 }), (from, to) => {
        const ramp = Array.from({ length: from }, (_, cell) => (100 * cell) / (from - 1));
        const expected = Array.from({ length: to }, (_, cell) => (100 * cell) / (to - 1));
        expect(lineResized(ramp, to, 'bilinear-corners')).toEqual(
          expected.map((value) => expect.closeTo(value, 3) as number),
        );
      }),
    );
  });
});

describe('bilinear, edge to edge', () => {
  it("puts cells' middles in proportion, as tf.image.resize does", () => {
    expect(lineResized([0, 10], 4, 'bilinear')).toEqual(closeTo([0, 2.5, 7.5, 10]));
    expect(lineResized([1, 2, 3, 4], 2, 'bilinear')).toEqual(closeTo([1.5, 3.5]));
    // Fine detail is not averaged when shrinking: the cells in between do not count.
    expect(lineResized([0, 9, 0, 0, 9, 0], 2, 'bilinear')).toEqual(closeTo([9, 9]));
  });

  it('makes a ramp of a ramp, but for the borders', () => {
    const ramp = Array.from({ length: 12 }, (_, cell) => cell);
    lineResized(ramp, 30, 'bilinear').forEach((value, cell) => {
      const place = (cell + 0.5) * 0.4 - 0.5;
      expect(value).toBeCloseTo(Math.max(0, Math.min(place, 11)), 4);
    });
  });
});

describe('Lanczos', () => {
  it('averages fine detail when it shrinks', () => {
    const stripes = Array.from({ length: 64 }, (_, cell) => (cell % 2 === 0 ? 0 : 100));
    const shrunk = lineResized(stripes, 16, 'lanczos').slice(3, -3);
    shrunk.forEach((value) => {
      expect(Math.abs(value - 50)).toBeLessThan(2);
    });
    // The control: without it every cell falls where a stripe is.
    const aliased = lineResized(stripes, 16, 'bilinear-corners');
    expect(Math.max(...aliased) - Math.min(...aliased)).toBeGreaterThan(60);
  });

  it('is sharper than bilinear on the way up: a wave keeps more of its height', () => {
    const wave = Array.from({ length: 40 }, (_, cell) => 100 * Math.sin((2 * Math.PI * cell) / 5));
    const height = (resampling: Resampling): number =>
      Math.max(...lineResized(wave, 160, resampling).slice(20, -20));
    expect(height('lanczos')).toBeGreaterThan(95);
    expect(height('lanczos')).toBeLessThan(105);
    expect(height('bilinear')).toBeLessThan(height('lanczos'));
  });

  it('keeps a ramp straight within a hundredth of a step, away from the borders', () => {
    const ramp = Array.from({ length: 20 }, (_, cell) => cell);
    const cells = lineResized(ramp, 50, 'lanczos');
    for (let cell = 10; cell < 40; cell++) {
      expect(Math.abs(cells[cell]! - ((cell + 0.5) * 0.4 - 0.5))).toBeLessThan(0.02);
    }
  });
});
