import { describe, expect, it } from 'vitest';
import { fixedPaddingOf, outputLength, paddingOf, spanOf } from '../../src/graph/window.ts';
import type { Padding, Window } from '../../src/graph/window.ts';
import fc from '../helpers/fast-check.ts';

const AXES = [0, 1] as const;
const pair = (most: number): fc.Arbitrary<[number, number]> =>
  fc.tuple(fc.integer({ min: 1, max: most }), fc.integer({ min: 1, max: most }));
const byHand = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 4, maxLength: 4 });
const paddings = fc.oneof(fc.constant<Padding>('same'), fc.constant<Padding>('valid'), byHand);
const windows: fc.Arbitrary<Window> = fc.record({
  size: pair(7),
  strides: pair(4),
  dilations: pair(3),
  padding: paddings,
});
const lengths = fc.integer({ min: 1, max: 60 });

function windowOf(size: number, stride: number, padding: Padding, dilation = 1): Window {
  return {
    size: [size, size],
    strides: [stride, stride],
    dilations: [dilation, dilation],
    padding,
  };
}

/** The cells along one axis that each place of the window reads; negative ones are padding. */
function placesOf(window: Window, axis: 0 | 1, length: number): number[][] {
  const [before, after] = paddingOf(window, axis, length);
  const places: number[][] = [];
  for (let start = -before; ; start += window.strides[axis]) {
    const cells = Array.from(
      { length: window.size[axis] },
      (_, tap) => start + tap * window.dilations[axis],
    );
    if (cells.at(-1)! >= length + after) return places;
    places.push(cells);
  }
}

describe('a window', () => {
  it('has as many places as one counts', () => {
    fc.assert(
      fc.property(windows, fc.constantFrom(...AXES), lengths, (window, axis, length) => {
        expect(outputLength(window, axis, length)).toBe(placesOf(window, axis, length).length);
      }),
    );
  });

  it('spans its cells and the holes between them', () => {
    fc.assert(
      fc.property(windows, fc.constantFrom(...AXES), (window, axis) => {
        const [first] = placesOf({ ...window, padding: 'valid' }, axis, 100);
        expect(spanOf(window, axis)).toBe(first!.at(-1)! - first![0]! + 1);
      }),
    );
  });

  it('of unknown length stays unknown', () => {
    expect(outputLength(windowOf(3, 2, 'same'), 0, null)).toBeNull();
  });

  it('wider than all there is has no place', () => {
    expect(outputLength(windowOf(7, 1, 'valid'), 0, 4)).toBe(0);
    expect(outputLength(windowOf(7, 1, 'valid'), 0, 7)).toBe(1);
  });
});

describe('padding', () => {
  it('by SAME gives ceil(length / stride) cells, the least that it takes, the odd one after', () => {
    fc.assert(
      fc.property(windows, fc.constantFrom(...AXES), lengths, (window, axis, length) => {
        const same: Window = { ...window, padding: 'same' };
        const [before, after] = paddingOf(same, axis, length);
        expect(outputLength(same, axis, length)).toBe(Math.ceil(length / window.strides[axis]));
        expect([0, 1]).toContain(after - before);
        if (before + after === 0) return;
        const less: Window = { ...window, padding: [before, after - 1, before, after - 1] };
        expect(outputLength(less, axis, length)).toBeLessThan(
          Math.ceil(length / window.strides[axis]),
        );
      }),
    );
  });

  // tf.nn.conv2d's documentation and its well-known cases.
  it.each([
    [3, 2, 7, [1, 1]],
    [3, 2, 8, [0, 1]],
    [2, 1, 5, [0, 1]],
    [5, 1, 9, [2, 2]],
    [1, 2, 9, [0, 0]],
    [7, 2, 224, [2, 3]],
  ])('by SAME of %i cells at stride %i on %i is %j', (size, stride, length, expected) => {
    expect(paddingOf(windowOf(size, stride, 'same'), 0, length)).toEqual(expected);
  });

  it('by hand goes top, bottom, left, right; VALID is none', () => {
    const window = windowOf(3, 1, [1, 2, 3, 4]);
    expect([paddingOf(window, 0, 9), paddingOf(window, 1, 9)]).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(paddingOf(windowOf(3, 2, 'valid'), 1, 9)).toEqual([0, 0]);
  });

  it('is fixed just where it is the same at every length', () => {
    fc.assert(
      fc.property(windows, fc.constantFrom(...AXES), lengths, (window, axis, length) => {
        const fixed = fixedPaddingOf(window, axis);
        const depends =
          window.padding === 'same' && window.strides[axis] > 1 && window.size[axis] > 1;
        expect(fixed === null).toBe(depends);
        if (fixed) expect(fixed).toEqual(paddingOf(window, axis, length));
      }),
    );
  });
});
