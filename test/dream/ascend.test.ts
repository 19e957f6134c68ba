/** One step: what is rolled, what is added where, and what is clipped. */
import { describe, expect, it } from 'vitest';
import { ascend } from '../../src/dream/ascend.ts';
import { clip } from '../../src/dream/image.ts';
import type { Image } from '../../src/dream/image.ts';
import { presets } from '../../src/dream/presets.ts';
import type { Recipe } from '../../src/dream/recipe.ts';
import { roll } from '../../src/dream/roll.ts';
import { seededRandom } from '../../src/kit/random.ts';
import { fakeAscent } from '../helpers/fake-ascent.ts';
import fc from '../helpers/fast-check.ts';
import { at, copyOf, drawn, largestDifference, seededNoise } from '../helpers/planes.ts';

const side = fc.integer({ min: 1, max: 12 });
const shift = fc.integer({ min: -40, max: 40 });

/** a mod n, never negative. */
const modulo = (a: number, n: number): number => ((a % n) + n) % n;

function rolled(image: Image, down: number, right: number): Image {
  const copy = copyOf(image);
  roll(copy, down, right);
  return copy;
}

describe('rolling', () => {
  it('moves every pixel down and right, around the borders', () => {
    fc.assert(
      fc.property(side, side, shift, shift, (rows, columns, down, right) => {
        const image = seededNoise(rows, columns, 1);
        const expected = drawn(rows, columns, (row, column, plane) =>
          at(image, plane, modulo(row - down, rows), modulo(column - right, columns)),
        );
        expect(rolled(image, down, right)).toEqual(expected);
      }),
      // More than one strip of rows is made of.
      { examples: [[150, 203, -170, 31]] },
    );
  });

  it('back again is as if nothing had been', () => {
    fc.assert(
      fc.property(side, side, shift, shift, (rows, columns, down, right) => {
        const image = seededNoise(rows, columns, 2);
        expect(rolled(rolled(image, down, right), -down, -right)).toEqual(image);
      }),
    );
  });
});

describe('clipping', () => {
  it('keeps 0..255, and nothing but that', () => {
    const image: Image = {
      rows: 1,
      columns: 2,
      data: Float32Array.of(-0.1, 0, 12.5, 255, 255.1, 1e9),
    };
    clip(image);
    expect([...image.data]).toEqual([0, 0, 12.5, 255, 255, 255]);
  });

  it('takes infinities to the ends, and leaves what is no number', () => {
    const image: Image = {
      rows: 1,
      columns: 2,
      data: Float32Array.of(Infinity, -Infinity, NaN, 1, Infinity, NaN),
    };
    clip(image);
    expect([...image.data]).toEqual([255, 0, NaN, 1, 255, NaN]);
  });

  it('reaches every value of a picture of many strips', () => {
    const image = seededNoise(150, 203, 1);
    clip(image);
    const { data } = seededNoise(150, 203, 1);
    expect(image.data).toEqual(data.map((value) => Math.max(0, value)));
  });
});

describe('a step', () => {
  const recipe: Recipe = { ...presets.caffe, stepSize: 2, jitter: 7, clip: false };

  async function step(
    image: Image,
    ascent: ReturnType<typeof fakeAscent>,
    changes: Partial<Recipe> = {},
    seed = 1,
  ): Promise<Image> {
    const copy = copyOf(image);
    await ascend(
      copy,
      ascent,
      { ...recipe, ...changes },
      {
        random: seededRandom(seed),
        progress: 0,
        where: 'a test',
      },
    );
    return copy;
  }

  it('adds the gradient where it belongs, wherever the picture was rolled to', async () => {
    // The gradient is the picture itself: it must come to lie on itself again.
    const ascent = fakeAscent((picture) => picture.data.slice());
    for (let seed = 0; seed < 20; seed++) {
      const image = seededNoise(9, 14, seed);
      const size = image.data.reduce((sum, value) => sum + Math.abs(value), 0) / image.data.length;
      const expected = drawn(9, 14, (row, column, plane) => {
        return at(image, plane, row, column) * (1 + 2 / (size + 1e-8));
      });
      expect(largestDifference(await step(image, ascent, {}, seed), expected)).toBeLessThan(1e-5);
    }
    // The control: most of the pictures that it saw were rolled.
    const moved = ascent.seen.filter(
      (seen, seed) => seen.data[0] !== seededNoise(9, 14, seed).data[0],
    );
    expect(moved.length).toBeGreaterThan(15);
  });

  it('of one pixel of the network changes the pixel that was rolled there', async () => {
    const [rows, columns] = [9, 14];
    const place = { plane: 1, row: 3, column: 4 };
    const spot = drawn(rows, columns, (row, column, plane) =>
      plane === place.plane && row === place.row && column === place.column ? 1 : 0,
    );
    const ascent = fakeAscent(() => spot.data.slice());
    for (let seed = 0; seed < 20; seed++) {
      const image = drawn(rows, columns, () => 100);
      const result = await step(image, ascent, {}, seed);
      const random = seededRandom(seed);
      const [down, right] = [random.integer(-7, 7), random.integer(-7, 7)];
      const [row, column] = [modulo(place.row - down, rows), modulo(place.column - right, columns)];
      const changed = [...result.data.keys()].filter((index) => result.data[index] !== 100);
      expect(changed).toEqual([(place.plane * rows + row) * columns + column]);
    }
  });

  it('rolls by up to the jitter, each way, and by nothing without one', async () => {
    const marked = drawn(21, 31, (row, column) => (row === 10 && column === 15 ? 1 : 0));
    const ascent = fakeAscent((picture) => picture.data.slice());
    for (let seed = 0; seed < 400; seed++) await step(marked, ascent, { jitter: 3 }, seed);
    const places = ascent.seen.map(({ data }) => data.indexOf(1));
    const [down, right] = [
      places.map((place) => Math.floor(place / 31) - 10),
      places.map((place) => (place % 31) - 15),
    ];
    for (const shifts of [down, right]) {
      expect([...new Set(shifts)].sort((a, b) => a - b)).toEqual([-3, -2, -1, 0, 1, 2, 3]);
    }
    // Both ways apart from each other: all 49 pairs are met.
    expect(new Set(places).size).toBe(49);
    const still = fakeAscent((picture) => picture.data.slice());
    for (let seed = 0; seed < 10; seed++) await step(marked, still, { jitter: 0 }, seed);
    expect(still.seen.every(({ data }) => data.indexOf(1) === 10 * 31 + 15)).toBe(true);
  });

  it('is as long as the recipe says: its mean is the step size', async () => {
    const image = drawn(8, 9, () => 100);
    const noise = seededNoise(8, 9, 3);
    const ascent = fakeAscent(() => noise.data.map((value) => 1e-4 * value));
    const result = await step(image, ascent, { stepSize: 1.5 });
    const mean = result.data.reduce((sum, value) => sum + Math.abs(value - 100), 0) / 216;
    expect(mean).toBeCloseTo(1.5, 3);
  });

  it('clips the picture if the recipe does', async () => {
    const image = drawn(4, 4, (row) => (row < 2 ? 1 : 254));
    const up = fakeAscent((picture) => picture.data.map((value) => (value < 100 ? -1 : 1)));
    const free = await step(image, up, { stepSize: 5 });
    expect([Math.min(...free.data), Math.max(...free.data)]).toEqual([-4, 259]);
    const clipped = await step(image, up, { stepSize: 5, clip: true });
    expect([Math.min(...clipped.data), Math.max(...clipped.data)]).toEqual([0, 255]);
  });

  it('tells the score before the step', async () => {
    const image = drawn(4, 4, () => 3);
    const ascent = fakeAscent(
      (picture) => picture.data.slice(),
      ({ data }) => data[0]!,
    );
    const result = await ascend(image, ascent, recipe, {
      random: seededRandom(1),
      progress: 0,
      where: 'a test',
    });
    expect(result.score).toBe(3);
    expect(image.data[0]).toBe(5);
  });
});
