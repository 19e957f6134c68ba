/** Tiles with labels, side by side on one picture. */
import { createImage } from '../dream/image.ts';
import type { Image } from '../dream/image.ts';
import { drawText, textSize } from './glyphs.ts';

export interface Tile {
  readonly label: string;
  /** All tiles have the same size. */
  readonly image: Image;
}

const GAP = 8;
const LABEL_ROWS = 26;
const BACKGROUND = 24;
const INK = 232;

/** A sheet about as wide as high, [3, rows, columns], the label above each tile. */
export function composeSheet(tiles: readonly Tile[]): Image {
  const { rows, columns } = tiles[0]!.image;
  const across = Math.ceil(Math.sqrt((tiles.length * (rows + LABEL_ROWS)) / columns));
  const down = Math.ceil(tiles.length / across);
  const stepDown = rows + LABEL_ROWS + GAP;
  const stepRight = columns + GAP;
  const sheet = createImage(down * stepDown + GAP, across * stepRight + GAP);
  sheet.data.fill(BACKGROUND);
  const scale = tiles.every(({ label }) => textSize(label).columns * 2 <= columns) ? 2 : 1;
  for (const [index, { label, image }] of tiles.entries()) {
    const top = GAP + Math.floor(index / across) * stepDown;
    const left = GAP + (index % across) * stepRight;
    write(sheet, label, { top, left, columns, scale });
    paste(sheet, image, top + LABEL_ROWS, left);
  }
  return sheet;
}

function paste(sheet: Image, image: Image, top: number, left: number): void {
  const { rows, columns } = image;
  for (let plane = 0; plane < 3; plane++) {
    for (let row = 0; row < rows; row++) {
      const from = (plane * rows + row) * columns;
      const to = (plane * sheet.rows + top + row) * sheet.columns + left;
      sheet.data.set(image.data.subarray(from, from + columns), to);
    }
  }
}

interface LabelPlace {
  readonly top: number;
  readonly left: number;
  /** What the label must fit in; of a longer one the end stays, which tells more. */
  readonly columns: number;
  /** Pixels along each side of a letter's cells. */
  readonly scale: number;
}

function write(sheet: Image, label: string, place: LabelPlace): void {
  const { top, left, columns, scale } = place;
  const letters = Math.max(1, Math.floor(columns / (textSize('x').columns * scale)));
  const text = label.slice(-letters);
  const down = top + Math.floor((LABEL_ROWS - textSize(text).rows * scale) / 2);
  drawText(text, (row, column) => {
    for (let cell = 0; cell < scale * scale; cell++) {
      const y = down + row * scale + Math.floor(cell / scale);
      const x = left + column * scale + (cell % scale);
      for (let plane = 0; plane < 3; plane++) {
        sheet.data[(plane * sheet.rows + y) * sheet.columns + x] = INK;
      }
    }
  });
}
