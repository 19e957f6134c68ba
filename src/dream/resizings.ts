/** How programs bring a picture to the size that a network takes. */
import type { PictureSize } from '../engines/engine.ts';
import { createImage } from './image.ts';
import type { Image } from './image.ts';
import { resize } from './resize.ts';
import { sample } from './windows/sample.ts';
import { wholeWindow } from './windows/window.ts';

/**
 * The usual ways, from the sharpest to the softest; a network sees other values by each:
 *
 *   nearest     Keras's load_img and flow_from_directory, unless told otherwise
 *   bilinear    tf.image.resize, image_dataset_from_directory, OpenCV, canvases of browsers
 *   lanczos     Pillow's LANCZOS; its BICUBIC is nearly that
 *   areas       means of areas, through which this program looks
 *   triangle    Pillow's and torchvision's BILINEAR
 */
export const RESIZINGS: readonly ((picture: Image, size: PictureSize) => Image)[] = [
  nearest,
  (picture, { rows, columns }) => resize(picture, rows, columns, 'bilinear'),
  (picture, { rows, columns }) => resize(picture, rows, columns, 'lanczos'),
  (picture, size) => sample(picture, wholeWindow(picture), size),
  (picture, { rows, columns }) => resize(picture, rows, columns, 'triangle'),
];

/** The pixel in the middle of each cell. */
function nearest(picture: Image, { rows, columns }: PictureSize): Image {
  const result = createImage(rows, columns);
  const middle = (cell: number, pixels: number, cells: number): number =>
    Math.floor(((cell + 0.5) * pixels) / cells);
  for (let line = 0; line < 3 * rows; line++) {
    const plane = Math.floor(line / rows);
    const row = plane * picture.rows + middle(line % rows, picture.rows, rows);
    for (let column = 0; column < columns; column++) {
      result.data[line * columns + column] =
        picture.data[row * picture.columns + middle(column, picture.columns, columns)]!;
    }
  }
  return result;
}
