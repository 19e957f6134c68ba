/** Parts of a picture, in whole pixels. */
import type { PictureSize } from '../engines/engine.ts';
import { createImage } from './image.ts';
import type { Image } from './image.ts';

export interface Part extends PictureSize {
  /** Of its first pixel. */
  readonly row: number;
  readonly column: number;
}

/** All of a picture. */
export function allOf({ rows, columns }: PictureSize): Part {
  return { row: 0, column: 0, rows, columns };
}

export function isAllOf({ rows, columns }: Part, picture: PictureSize): boolean {
  return rows === picture.rows && columns === picture.columns;
}

/** The part as a picture of its own. */
export function cropped(picture: Image, part: Part): Image {
  const result = createImage(part.rows, part.columns);
  eachRow(picture, part, (from, to) => {
    result.data.set(picture.data.subarray(from, from + part.columns), to);
  });
  return result;
}

/** The picture with that in place of the part. */
export function pasted(picture: Image, part: Part, { data }: Image): Image {
  const result = { ...picture, data: picture.data.slice() };
  eachRow(picture, part, (to, from) => {
    result.data.set(data.subarray(from, from + part.columns), to);
  });
  return result;
}

/** Where each row of the part begins: in the picture, and in the part. */
function eachRow(
  picture: PictureSize,
  part: Part,
  visit: (inPicture: number, inPart: number) => void,
): void {
  for (let line = 0; line < 3 * part.rows; line++) {
    const [plane, row] = [Math.floor(line / part.rows), line % part.rows];
    const start = (plane * picture.rows + part.row + row) * picture.columns + part.column;
    visit(start, line * part.columns);
  }
}
