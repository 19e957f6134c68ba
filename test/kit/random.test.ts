import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/kit/random.ts';
import type { Random } from '../../src/kit/random.ts';
import fc from '../helpers/fast-check.ts';

const seeds = fc.integer({ min: 0, max: 2 ** 32 - 1 });

function draw(count: number, next: () => number): number[] {
  return Array.from({ length: count }, next);
}

function uniforms(count: number, random: Random): number[] {
  return draw(count, () => random.uniform());
}

/** Mulberry32 with 32-bit arithmetic written out, another way than the one under test. */
function mulberry32(seed: number): () => number {
  const bits = (value: bigint): bigint => BigInt.asUintN(32, value);
  let state = bits(BigInt(seed));
  return () => {
    state = bits(state + 0x6d2b79f5n);
    let mixed = bits((state ^ (state >> 15n)) * (state | 1n));
    mixed ^= bits(mixed + bits((mixed ^ (mixed >> 7n)) * (mixed | 61n)));
    return Number(bits(mixed ^ (mixed >> 14n))) / 2 ** 32;
  };
}

describe('uniform', () => {
  it('gives the values that Mulberry32 is known by', () => {
    expect(uniforms(3, seededRandom(0))).toEqual([
      0.26642920868471265, 0.0003297457005828619, 0.2232720274478197,
    ]);
    expect(seededRandom(1).uniform()).toBe(0.6270739405881613);
  });

  it('agrees with Mulberry32 in whole numbers of any size, for every seed', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        expect(uniforms(20, seededRandom(seed))).toEqual(draw(20, mulberry32(seed)));
      }),
    );
  });

  it('gives the same stream for the same seed, and another for another', () => {
    fc.assert(
      fc.property(seeds, seeds, (one, other) => {
        const stream = uniforms(8, seededRandom(one));
        expect(uniforms(8, seededRandom(one))).toEqual(stream);
        if (one !== other) expect(uniforms(8, seededRandom(other))).not.toEqual(stream);
      }),
    );
  });

  it('keeps two streams apart', () => {
    const [one, other] = [seededRandom(5), seededRandom(5)];
    const first = uniforms(3, one);
    draw(100, () => other.normal());
    expect([...first, ...uniforms(3, one)]).toEqual(uniforms(6, seededRandom(5)));
  });

  it('is spread evenly over [0, 1)', () => {
    const values = uniforms(20_000, seededRandom(7));
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...values)).toBeLessThan(1);
    expect(chiSquare(values, (value) => Math.floor(20 * value), 20)).toBeLessThan(CRITICAL_19);
    // The negative control: a stream that leans to one side is told apart.
    const leaning = values.map((value) => value ** 1.1);
    expect(chiSquare(leaning, (value) => Math.floor(20 * value), 20)).toBeGreaterThan(CRITICAL_19);
  });
});

describe('integer', () => {
  it('stays between both ends and reaches both', () => {
    fc.assert(
      fc.property(
        seeds,
        fc.integer({ min: -50, max: 50 }),
        fc.integer({ min: 0, max: 5 }),
        (seed, low, width) => {
          const random = seededRandom(seed);
          const values = draw(300, () => random.integer(low, low + width));
          expect(values.every(Number.isInteger)).toBe(true);
          expect([Math.min(...values), Math.max(...values)]).toEqual([low, low + width]);
        },
      ),
    );
  });

  it('is as often each of the shifts of ±32', () => {
    const random = seededRandom(3);
    const values = draw(65 * 300, () => random.integer(-32, 32));
    expect(chiSquare(values, (value) => value + 32, 65)).toBeLessThan(CRITICAL_64);
  });

  it('has one answer where there is one number', () => {
    expect(seededRandom(9).integer(4, 4)).toBe(4);
  });
});

describe('normal', () => {
  it('has the moments of N(0, 1), and is always finite', () => {
    const random = seededRandom(11);
    const values = draw(40_000, () => random.normal());
    const moment = (power: number): number =>
      values.reduce((sum, value) => sum + value ** power, 0) / values.length;
    expect(values.every(Number.isFinite)).toBe(true);
    // Four standard errors each: √(1, 2, 15, 96) / 200.
    expect(Math.abs(moment(1))).toBeLessThan(0.02);
    expect(Math.abs(moment(2) - 1)).toBeLessThan(0.03);
    expect(Math.abs(moment(3))).toBeLessThan(0.08);
    expect(Math.abs(moment(4) - 3)).toBeLessThan(0.2);
  });
});

/** χ² at the 0.999 quantile, for 19 and 64 degrees of freedom. */
const CRITICAL_19 = 43.8;
const CRITICAL_64 = 104.7;

function chiSquare(
  values: readonly number[],
  binOf: (value: number) => number,
  bins: number,
): number {
  const counts = new Array<number>(bins).fill(0);
  for (const value of values) counts[binOf(value)]!++;
  const expected = values.length / bins;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}
