import type { PictureSize } from '../../engines/engine.ts';
import type { Window } from './window.ts';

/** Pixels that a sample is interpolated from. */
const CORNERS = 4;

/**
 * Which pixels of a picture make a cell of a window, and by how much: the mean of evenly spread
 * bilinear samples, as many as the cell has pixels. Beyond its borders the picture is mirrored.
 */
export class Taps {
  /** Of each cell. */
  readonly perCell: number;
  /** Pixels of a plane, `perCell` for each cell of the row that was asked for last. */
  readonly pixels: Int32Array;
  /** Their weights; those of a cell add up to 1. */
  readonly weights: Float32Array;
  readonly #down: number;
  readonly #across: number;

  /** @param cells the window's own rows and columns. */
  constructor(
    private readonly picture: PictureSize,
    private readonly window: Window,
    private readonly cells: PictureSize,
  ) {
    this.#down = Math.max(1, Math.ceil(window.height / cells.rows));
    this.#across = Math.max(1, Math.ceil(window.width / cells.columns));
    this.perCell = CORNERS * this.#down * this.#across;
    this.pixels = new Int32Array(cells.columns * this.perCell);
    this.weights = new Float32Array(cells.columns * this.perCell);
  }

  /** Fills `pixels` and `weights` for a row of cells. */
  row(row: number): void {
    const { cells, window } = this;
    const [cosine, sine] = [Math.cos(window.angle), Math.sin(window.angle)];
    const share = CORNERS / this.perCell;
    let tap = 0;
    for (let column = 0; column < cells.columns; column++) {
      for (let y = 0; y < this.#down; y++) {
        const v = ((row + (y + 0.5) / this.#down) / cells.rows - 0.5) * window.height;
        for (let x = 0; x < this.#across; x++, tap += CORNERS) {
          const u = ((column + (x + 0.5) / this.#across) / cells.columns - 0.5) * window.width;
          const down = window.row + sine * u + cosine * v - 0.5;
          const right = window.column + cosine * u - sine * v - 0.5;
          this.#sample(tap, down, right, share);
        }
      }
    }
  }

  #sample(tap: number, down: number, right: number, share: number): void {
    const { rows, columns } = this.picture;
    const [above, left] = [Math.floor(down), Math.floor(right)];
    const [low, far] = [(down - above) * share, right - left];
    const top = mirrored(above, rows) * columns;
    const bottom = mirrored(above + 1, rows) * columns;
    const [first, second] = [mirrored(left, columns), mirrored(left + 1, columns)];
    this.pixels[tap] = top + first;
    this.pixels[tap + 1] = top + second;
    this.pixels[tap + 2] = bottom + first;
    this.pixels[tap + 3] = bottom + second;
    this.weights[tap] = (share - low) * (1 - far);
    this.weights[tap + 1] = (share - low) * far;
    this.weights[tap + 2] = low * (1 - far);
    this.weights[tap + 3] = low * far;
  }
}

/** … 1 0 | 0 1 2 | 2 1 … */
function mirrored(index: number, length: number): number {
  if (index >= 0 && index < length) return index;
  const period = 2 * length;
  const folded = ((index % period) + period) % period;
  return folded < length ? folded : period - 1 - folded;
}
