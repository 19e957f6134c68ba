/** What programs make of a picture when they bring it to a network's size. */
import { expect, it } from 'vitest';
import { RESIZINGS } from '../../src/dream/resizings.ts';
import { drawn, largestDifference, seededNoise } from '../helpers/planes.ts';

const size = { rows: 3, columns: 4 };

it.each(RESIZINGS.map((resized, index) => [index, resized] as const))(
  'way %i keeps a flat picture flat, up and down',
  (_index, resized) => {
    const flat = (rows: number, columns: number) => drawn(rows, columns, (_r, _c, plane) => 9 + plane); // prettier-ignore
    const expected = flat(size.rows, size.columns);
    expect(largestDifference(resized(flat(20, 31), size), expected)).toBeLessThan(1e-4);
    expect(largestDifference(resized(flat(2, 3), size), expected)).toBeLessThan(1e-4);
  },
);

it('no two ways see the same in fine detail', () => {
  const picture = seededNoise(20, 31, 1);
  const seen = RESIZINGS.map((resized) => resized(picture, size));
  for (const [index, one] of seen.entries()) {
    for (const other of seen.slice(index + 1)) {
      expect(largestDifference(one, other)).toBeGreaterThan(0.05);
    }
  }
});

it('the nearest pixel is the one in the middle of its cell', () => {
  const picture = drawn(9, 8, (row, column) => 10 * row + column);
  const expected = drawn(3, 4, (row, column) => 10 * (3 * row + 1) + 2 * column + 1);
  expect(RESIZINGS[0]!(picture, size)).toEqual(expected);
});
