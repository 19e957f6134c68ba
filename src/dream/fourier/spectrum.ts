/** Between a plane and its frequencies, in two dimensions. */
import FFT from 'fft.js';
import type { PictureSize } from '../../engines/engine.ts';

/**
 * The frequencies of a plane whose sides are powers of two. A spectrum has shape
 * [rows, columns / 2 + 1, 2]: real and imaginary parts; the frequencies left out are the mirror
 * image of those that are there.
 */
export class Spectrum implements PictureSize {
  /** Frequencies in a row. */
  readonly width: number;
  /** How many numbers a spectrum has. */
  readonly length: number;
  readonly #down: FFT;
  readonly #across: FFT;

  constructor(
    readonly rows: number,
    readonly columns: number,
  ) {
    this.width = columns / 2 + 1;
    this.length = 2 * rows * this.width;
    this.#down = new FFT(rows);
    this.#across = new FFT(columns);
  }

  /** Cycles a pixel of the frequency in `row` and `column`. */
  frequencyAt(row: number, column: number): number {
    const down = Math.min(row, this.rows - row) / this.rows;
    return Math.hypot(down, column / this.columns);
  }

  /** x[r, c] = Re Σ w · z · e^(2πi (…)) / cells, with w = 2 for frequencies that have a mirror image. */
  plane(spectrum: Float32Array): Float32Array {
    const { rows, columns, width } = this;
    const lines = new Float64Array(2 * rows * columns);
    this.#alongColumns(spectrum, (row, column, real, imaginary) => {
      const at = 2 * (row * columns + column);
      lines[at] = this.#weight(column) * real;
      lines[at + 1] = this.#weight(column) * imaginary;
    });
    const plane = new Float32Array(rows * columns);
    const out = new Float64Array(2 * columns);
    for (let row = 0; row < rows; row++) {
      const line = lines.subarray(2 * row * columns, 2 * (row + 1) * columns);
      line.fill(0, 2 * width);
      this.#across.inverseTransform(out, line);
      for (let column = 0; column < columns; column++) {
        plane[row * columns + column] = out[2 * column]!;
      }
    }
    return plane;
  }

  /** The spectrum of which `plane` makes this plane. */
  of(plane: Float32Array): Float32Array {
    const { rows, columns, width } = this;
    const lines = new Float32Array(this.length);
    const data = new Float64Array(2 * columns);
    const out = new Float64Array(2 * columns);
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        data[2 * column] = plane[row * columns + column]!;
      }
      this.#across.transform(out, data);
      lines.set(out.subarray(0, 2 * width), 2 * row * width);
    }
    const result = new Float32Array(this.length);
    const [column, frequencies] = [new Float64Array(2 * rows), new Float64Array(2 * rows)];
    for (let at = 0; at < width; at++) {
      this.#take(lines, at, column);
      this.#down.transform(frequencies, column);
      for (let row = 0; row < rows; row++) {
        const to = 2 * (row * width + at);
        result[to] = frequencies[2 * row]!;
        result[to + 1] = frequencies[2 * row + 1]!;
      }
    }
    return result;
  }

  /** From a gradient by what `plane` makes to the gradient by the spectrum. */
  gradient(plane: Float32Array): Float32Array {
    const { rows, columns, width } = this;
    const result = this.of(plane);
    for (let index = 0; index < result.length; index++) {
      const column = (index >> 1) % width;
      result[index]! *= this.#weight(column) / (rows * columns);
    }
    return result;
  }

  #weight(column: number): number {
    return column === 0 || column === this.width - 1 ? 1 : 2;
  }

  #take(lines: Float32Array, column: number, into: Float64Array): void {
    for (let row = 0; row < this.rows; row++) {
      const from = 2 * (row * this.width + column);
      into[2 * row] = lines[from]!;
      into[2 * row + 1] = lines[from + 1]!;
    }
  }

  #alongColumns(
    spectrum: Float32Array,
    put: (row: number, column: number, real: number, imaginary: number) => void,
  ): void {
    const [column, values] = [new Float64Array(2 * this.rows), new Float64Array(2 * this.rows)];
    for (let at = 0; at < this.width; at++) {
      this.#take(spectrum, at, column);
      this.#down.inverseTransform(values, column);
      for (let row = 0; row < this.rows; row++) {
        put(row, at, values[2 * row]!, values[2 * row + 1]!);
      }
    }
  }
}
