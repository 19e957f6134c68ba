import { expect, it } from 'vitest';
import { allOf, cropped, pasted } from '../../src/dream/crop.ts';
import { drawn, seededPicture } from '../helpers/planes.ts';

const picture = seededPicture(5, 7, 1);
const part = { row: 1, column: 2, rows: 3, columns: 4 };

it('a part has the pixels of its rectangle, in every plane', () => {
  const counted = drawn(5, 7, (row, column, plane) => 100 * plane + 10 * row + column);
  const expected = drawn(3, 4, (row, column, plane) => 100 * plane + 10 * (row + 1) + column + 2);
  expect(cropped(counted, part)).toEqual(expected);
});

it('a part that is put back makes the picture again; another changes nothing around it', () => {
  expect(pasted(picture, part, cropped(picture, part))).toEqual(picture);
  expect(cropped(picture, allOf(picture))).toEqual(picture);
  const grey = drawn(3, 4, () => 99);
  const changed = pasted(picture, part, grey);
  expect(cropped(changed, part)).toEqual(grey);
  expect(pasted(changed, part, cropped(picture, part))).toEqual(picture);
});
