import { describe, expect, it } from 'vitest';
import { fromHalf, LARGEST, toHalves } from '../../src/kit/half.ts';
import { seededRandom } from '../../src/kit/random.ts';

describe('halves', () => {
  const all = Uint16Array.from({ length: 65_536 }, (_, bits) => bits);
  const numbers = all.filter((bits) => !Number.isNaN(fromHalf(bits)));

  it('come back as they were, all of them', () => {
    expect(toHalves(Float32Array.from(numbers, fromHalf))).toEqual(numbers);
    expect(fromHalf(toHalves(Float32Array.of(NaN))[0]!)).toBeNaN();
  });

  it('are the nearest to a number', () => {
    const positive = Array.from({ length: 0x7c01 }, (_, bits) => fromHalf(bits));
    const random = seededRandom(1);
    for (let count = 0; count < 5000; count++) {
      const value = Math.fround(2 ** (42 * random.uniform() - 27));
      const found = toHalves(Float32Array.of(value))[0]!;
      const distance = (bits: number): number => Math.abs(positive[bits]! - value);
      if (found > 0) expect(distance(found)).toBeLessThanOrEqual(distance(found - 1));
      if (found < 0x7bff) expect(distance(found)).toBeLessThanOrEqual(distance(found + 1));
      expect(toHalves(Float32Array.of(-value))[0]).toBe(found | 0x8000);
    }
  });

  it('are even where two are as near, and infinite beyond the largest', () => {
    const ties = Float32Array.of(2048 + 1, 2048 + 3, 2 ** -25, 3 * 2 ** -25, 65_519, 65_520, 1e9);
    expect([...toHalves(ties)].map(fromHalf)).toEqual([
      ...[2048, 2052, 0, 2 ** -23, LARGEST.half, Infinity, Infinity],
    ]);
  });
});
