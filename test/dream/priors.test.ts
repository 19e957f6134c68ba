/** What steps heed beside the gradient. */
import { describe, expect, it } from 'vitest';
import { dream } from '../../src/dream/dream.ts';
import { guidanceFor } from '../../src/dream/guidance.ts';
import { createImage } from '../../src/dream/image.ts';
import type { Image } from '../../src/dream/image.ts';
import { presets } from '../../src/dream/presets.ts';
import { keepWithin, pullTowards } from '../../src/dream/priors/closeness.ts';
import {
  applyMask,
  maskFrom,
  maskOfPlace,
  maskPicture,
  product,
  resizeMask,
  scaleWithin,
} from '../../src/dream/priors/mask.ts';
import type { Mask } from '../../src/dream/priors/mask.ts';
import { subtractTotalVariation } from '../../src/dream/priors/total-variation.ts';
import type { Recipe } from '../../src/dream/recipe.ts';
import { radiusOf } from '../../src/dream/strength.ts';
import { fakeAscent } from '../helpers/fake-ascent.ts';
import { at, copyOf, drawn, seededNoise, seededPicture } from '../helpers/planes.ts';

/** As it is written in the formula. */
function totalVariation(image: Image): number {
  let sum = 0;
  for (let plane = 0; plane < 3; plane++) {
    for (let row = 0; row < image.rows; row++) {
      for (let column = 0; column < image.columns; column++) {
        const here = at(image, plane, row, column);
        const down = row + 1 < image.rows ? at(image, plane, row + 1, column) - here : 0;
        const right = column + 1 < image.columns ? at(image, plane, row, column + 1) - here : 0;
        sum += Math.sqrt(down * down + right * right + 1);
      }
    }
  }
  return sum;
}

const rms = (a: Image, b: Image): number =>
  Math.sqrt(
    a.data.reduce((sum, value, index) => sum + (value - b.data[index]!) ** 2, 0) / a.data.length,
  );

describe('total variation', () => {
  it('has the gradient that finite differences have, at every pixel', () => {
    const image = seededPicture(5, 6, 1);
    const direction = createImage(5, 6);
    subtractTotalVariation(direction, image, 1);
    image.data.forEach((value, index) => {
      const moved = (by: number): number => {
        const copy = copyOf(image);
        copy.data[index] = value + by;
        return totalVariation(copy);
      };
      expect(-direction.data[index]!).toBeCloseTo((moved(0.0625) - moved(-0.0625)) / 0.125, 2);
    });
  });
});

describe('closeness', () => {
  it('pulls by what there is between', () => {
    const original = seededPicture(3, 4, 1);
    const image = copyOf(original);
    image.data[5]! += 64;
    const direction = createImage(3, 4);
    pullTowards(direction, { image, original }, 0.5);
    for (const [index, value] of direction.data.entries()) {
      expect(value).toBeCloseTo(index === 5 ? -1 : 0, 5);
    }
  });

  it('keeps within a radius, and leaves what is within it', () => {
    const original = seededPicture(6, 6, 1);
    const image = copyOf(original);
    const noise = seededNoise(6, 6, 2);
    image.data.forEach((value, index) => (image.data[index] = value + 9 * noise.data[index]!));
    const near = copyOf(image);
    keepWithin(image, original, 3);
    expect(rms(image, original)).toBeCloseTo(3, 4);
    const share = (image.data[7]! - original.data[7]!) / (near.data[7]! - original.data[7]!);
    expect(image.data[30]! - original.data[30]!).toBeCloseTo(
      share * (near.data[30]! - original.data[30]!),
      4,
    );
    const before = copyOf(near);
    keepWithin(near, original, 100);
    expect(near).toEqual(before);
  });

  it('is bounded by the strength: none at 1, little at little', () => {
    expect(radiusOf(undefined)).toBe(Infinity);
    expect(radiusOf(1)).toBe(Infinity);
    expect(radiusOf(0.5)).toBeCloseTo(Math.sqrt(radiusOf(0.25) * radiusOf(0.75)), 6);
    expect(radiusOf(0.01)).toBeLessThan(2);
  });

  it('is bounded over the part that may change: a small one changes as much as a large one', () => {
    const size = { rows: 4, columns: 4 };
    const quarter = { ...size, data: Float32Array.from({ length: 16 }, (_, at) => +(at < 4)) };
    const recipe: Recipe = { ...presets.default, strength: 0.5 };
    const radius = (mask?: Mask) =>
      guidanceFor(size, recipe, mask, () => drawn(4, 4, () => 0))!.radius;
    expect(radius()).toBe(radiusOf(0.5));
    expect(radius(quarter)).toBeCloseTo(radiusOf(0.5) / 2, 6);
  });
});

describe('a mask', () => {
  it('is white where a dream may be, softly at its edges', () => {
    const picture = drawn(10, 10, (_, column) => (column < 5 ? 0 : 255));
    const { data } = maskFrom(picture, { rows: 200, columns: 200 });
    expect(data[100 * 200 + 20]).toBe(0);
    expect(data[100 * 200 + 180]).toBeCloseTo(1, 6);
    expect(data[100 * 200 + 99]).toBeGreaterThan(0.3);
    expect(data[100 * 200 + 99]).toBeLessThan(0.7);
  });

  it('is black where its picture is transparent', () => {
    const image = drawn(2, 2, () => 200);
    const alpha = Uint8Array.of(255, 0, 51, 255);
    const { data } = maskPicture({ image, alpha });
    for (let plane = 0; plane < 3; plane++) {
      [200, 0, 40, 200].forEach((value, at) => {
        expect(data[4 * plane + at]).toBeCloseTo(value, 4);
      });
    }
    expect(maskPicture({ image })).toBe(image);
  });

  it('of a place is 1 in its middle and 0 outside', () => {
    const place = { row: 0.5, column: 0.25, height: 0.5, width: 0.25 };
    const { data } = maskOfPlace(place, { rows: 40, columns: 80 });
    expect(data[20 * 80 + 20]).toBe(1);
    expect(data[20 * 80 + 31]).toBe(0);
    expect(data[2 * 80 + 20]).toBe(0);
    expect(data.every((share) => share >= 0 && share <= 1)).toBe(true);
  });

  it('and another leave what both leave', () => {
    const one = { rows: 1, columns: 2, data: Float32Array.of(0.5, 1) };
    const other = { rows: 1, columns: 2, data: Float32Array.of(0.5, 0) };
    expect([...product(one, other)!.data]).toEqual([0.25, 0]);
    expect(product(one, undefined)).toBe(one);
    expect(resizeMask(one, { rows: 2, columns: 2 }).data).toHaveLength(4);
  });

  it('makes a small part move as far as a whole picture would', () => {
    const direction = drawn(4, 4, (row) => (row === 0 ? 0.01 : 1));
    const mask = { rows: 4, columns: 4, data: new Float32Array(16) };
    mask.data.fill(1, 0, 4);
    scaleWithin(direction, mask);
    applyMask(direction, mask);
    expect(at(direction, 0, 0, 2)).toBeCloseTo(1, 6);
    expect(at(direction, 1, 2, 2)).toBe(0);
  });
});

describe('a dream', () => {
  const recipe: Recipe = { ...presets.caffe, octaves: 2, steps: 4, jitter: 3, stepSize: 6 };
  const picture = seededPicture(24, 24, 3);
  const sizes = [
    { rows: 16, columns: 16 },
    { rows: 24, columns: 24 },
  ];
  const finish = async (changes: Partial<Recipe>, mask?: Parameters<typeof resizeMask>[0]) => {
    const ascent = fakeAscent(({ data }) => seededNoise(data.length / 3, 1, data.length).data);
    const frames = dream({ picture, recipe: { ...recipe, ...changes }, ascent, sizes, mask });
    for (;;) {
      const next = await frames.next();
      if (next.done) return next.value;
    }
  };

  it('stays as it is where the mask is black', async () => {
    const mask = maskFrom(
      drawn(24, 24, (row) => (row < 12 ? 255 : 0)),
      picture,
    );
    const image = await finish({}, mask);
    for (const [index, value] of image.data.entries()) {
      if (index % 576 >= 20 * 24) expect(value).toBeCloseTo(picture.data[index]!, 3);
    }
    expect(at(image, 0, 3, 3)).not.toBeCloseTo(at(picture, 0, 3, 3), 1);
  });

  it('stays nearer to the picture the more it is told to', async () => {
    const free = rms(await finish({}), picture);
    const kept = rms(await finish({ keep: 3 }), picture);
    const bound = rms(await finish({ strength: 0.3 }), picture);
    expect(kept).toBeLessThan(0.8 * free);
    expect(bound).toBeLessThan(1.05 * radiusOf(0.3));
    expect(free).toBeGreaterThan(2 * radiusOf(0.3));
  });
});
