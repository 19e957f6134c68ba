import { describe, expect, it } from 'vitest';
import { planOctaves } from '../../src/dream/octaves.ts';
import type { OctaveOptions } from '../../src/dream/octaves.ts';
import { DreamError } from '../../src/kit/errors.ts';
import fc from '../helpers/fast-check.ts';

const caffe: OctaveOptions = { octaves: 4, octaveScale: 1.4, enlargements: 0, minimumSide: 75 };

function sizesOf(rows: number, columns: number, options: OctaveOptions): [number, number][] {
  return planOctaves(rows, columns, options).sizes.map((size) => [size.rows, size.columns]);
}

describe('octaves', () => {
  it('go from small to large, each a step of the scale, and end with the picture itself', () => {
    expect(sizesOf(480, 640, caffe)).toEqual([[175, 233], [245, 327], [343, 457], [480, 640]]); // prettier-ignore
    expect(planOctaves(480, 640, caffe).notices).toEqual([]);
  });

  it("go beyond the picture where that is asked for (TF2's −2 … 2)", () => {
    const options = { octaves: 5, octaveScale: 1.3, enlargements: 2, minimumSide: 75 };
    expect(sizesOf(300, 400, options)).toEqual([[178, 237], [231, 308], [300, 400], [390, 520], [507, 676]]); // prettier-ignore
  });

  it('are left out with a notice where a side falls under the minimum', () => {
    const { sizes, notices } = planOctaves(200, 640, caffe);
    expect(sizes).toEqual([
      { rows: 102, columns: 327 },
      { rows: 143, columns: 457 },
      { rows: 200, columns: 640 },
    ]);
    expect(notices).toEqual([
      "3 of 4 octaves: 1 would have a side under the network's minimum of 75 pixels",
    ]);
  });

  it('of just the minimum are not left out', () => {
    expect(sizesOf(75, 75, { ...caffe, octaves: 1 })).toEqual([[75, 75]]);
    expect(planOctaves(105, 900, { ...caffe, octaves: 2 })).toMatchObject({ notices: [] });
    expect(planOctaves(104, 900, { ...caffe, octaves: 2 }).sizes).toHaveLength(1);
  });

  it('refuse a picture that is too small itself, and say how large it must be', () => {
    const plan = () => planOctaves(74, 300, caffe);
    expect(plan).toThrow(DreamError);
    expect(plan).toThrow(
      'the picture has 300×74 pixels; this network and layer need at least 75 on each side',
    );
    const code = 'picture-too-small';
    const hint = (words: RegExp) =>
      expect.objectContaining({ code, hint: expect.stringMatching(words) as string }) as Error;
    expect(() => planOctaves(1, 1, caffe)).toThrow(hint(/^Give a larger picture/));
    // No size makes such a picture wide enough.
    expect(() => planOctaves(1, 3000, caffe)).toThrow(hint(/^Crop it to a form less narrow/));
  });

  it('keep to their rules whatever the picture', () => {
    const options = fc.record({
      octaves: fc.integer({ min: 1, max: 20 }),
      octaveScale: fc.double({ min: 1.01, max: 4, noNaN: true }),
      enlargements: fc.integer({ min: 0, max: 4 }),
      minimumSide: fc.integer({ min: 1, max: 300 }),
    });
    const side = fc.integer({ min: 1, max: 4000 });
    let planned = 0;
    fc.assert(
      fc.property(side, side, options, (rows, columns, chosen) => {
        try {
          const { sizes, notices } = planOctaves(rows, columns, chosen);
          planned++;
          const last = chosen.octaveScale ** chosen.enlargements;
          expect(sizes.at(-1)).toEqual({
            rows: Math.round(rows * last),
            columns: Math.round(columns * last),
          });
          expect(notices).toHaveLength(sizes.length < chosen.octaves ? 1 : 0);
          sizes.forEach((size, index) => {
            expect(Math.min(size.rows, size.columns)).toBeGreaterThanOrEqual(chosen.minimumSide);
            if (index > 0) expect(size.rows).toBeGreaterThanOrEqual(sizes[index - 1]!.rows);
          });
        } catch (error) {
          if (!(error instanceof DreamError)) throw error;
          expect(error.code).toBe('picture-too-small');
          const largest = Math.min(rows, columns) * chosen.octaveScale ** chosen.enlargements;
          expect(Math.round(largest)).toBeLessThan(chosen.minimumSide);
        }
      }),
      { numRuns: 300 },
    );
    expect(planned).toBeGreaterThan(50);
  });
});

describe('octaves that nobody has counted', () => {
  const free: OctaveOptions = { octaveScale: 1.4, enlargements: 0, minimumSide: 75 };

  it.each([
    [300, 400],
    [1024, 768],
    [2000, 3000],
  ])('begin near 140 pixels and end with the picture (%i×%i)', (rows, columns) => {
    const { sizes, notices } = planOctaves(rows, columns, free);
    const longest = Math.max(sizes[0]!.rows, sizes[0]!.columns);
    expect(longest).toBeGreaterThan(140 / 1.4);
    expect(longest).toBeLessThan(140 * 1.4);
    expect(sizes.at(-1)).toEqual({ rows, columns });
    expect(notices).toEqual([]);
  });

  it('are one for a small picture, and none is missed that would be too small', () => {
    expect(planOctaves(100, 120, free)).toEqual({
      sizes: [{ rows: 100, columns: 120 }],
      notices: [],
    });
    const { sizes, notices } = planOctaves(80, 2000, free);
    expect(sizes).toEqual([{ rows: 80, columns: 2000 }]);
    expect(notices).toEqual([]);
  });

  it('have the enlargements besides', () => {
    const plain = planOctaves(300, 400, free).sizes;
    const enlarged = planOctaves(300, 400, { ...free, enlargements: 1 }).sizes;
    expect(enlarged).toEqual([...plain, { rows: 420, columns: 560 }]);
  });
});
