import type { PictureSize } from '../../engines/engine.ts';
import type { Random } from '../../kit/random.ts';
import { createImage } from '../image.ts';
import type { Image } from '../image.ts';
import { MIXING, multiplyColours, UNMIXING } from './colours.ts';
import { Spectrum } from './spectrum.ts';

/** What Lucid divides its planes by, and the spread of its first values. */
const DAMPING = 4;
const FIRST_SPREAD = 0.01;

/** A picture's own black and white have no finite value before the sigmoid. */
const DARKEST = 0.02;

/**
 * A picture as Lucid (Olah, Mordvintsev et al. 2017) parametrises it: frequencies, each scaled by
 * 1 / its own, so that a step moves all sizes alike, of colours that are decorrelated; a sigmoid
 * keeps 0..255.
 *
 * `values`, [3, rows, columns / 2 + 1, 2], are what is to be climbed. The grid is the next power
 * of two; the picture is its top left.
 */
export class FourierPicture {
  readonly #spectrum: Spectrum;
  readonly #scale: Float32Array;

  private constructor(
    private readonly size: PictureSize,
    make: (spectrum: Spectrum, scale: Float32Array) => Float32Array,
  ) {
    this.#spectrum = new Spectrum(powerOfTwo(size.rows), powerOfTwo(size.columns));
    this.#scale = scaleOf(this.#spectrum);
    this.values = make(this.#spectrum, this.#scale);
  }

  readonly values: Float32Array;

  static noise(size: PictureSize, random: Random): FourierPicture {
    return new FourierPicture(size, ({ length }) =>
      Float32Array.from({ length: 3 * length }, () => FIRST_SPREAD * random.normal()),
    );
  }

  static of(picture: Image): FourierPicture {
    return new FourierPicture(picture, (spectrum, scale) => {
      const planes = beforeSigmoid(picture, spectrum);
      multiplyColours(planes, UNMIXING);
      const values = new Float32Array(3 * spectrum.length);
      const cells = spectrum.rows * spectrum.columns;
      for (let plane = 0; plane < 3; plane++) {
        const frequencies = spectrum.of(planes.subarray(plane * cells, (plane + 1) * cells));
        for (let index = 0; index < frequencies.length; index++) {
          values[plane * spectrum.length + index] = frequencies[index]! / scale[index]!;
        }
      }
      return values;
    });
  }

  image(): Image {
    const { rows, columns } = this.size;
    const planes = this.#planes();
    multiplyColours(planes, MIXING);
    const image = createImage(rows, columns);
    this.#eachPixel((pixel, cell) => {
      image.data[pixel] = 255 / (1 + Math.exp(-planes[cell]!));
    });
    return image;
  }

  /** From a gradient by the image that `image` gave to the gradient by `values`. */
  gradient(image: Image, gradient: Float32Array): Float32Array {
    const spectrum = this.#spectrum;
    const cells = spectrum.rows * spectrum.columns;
    const planes = new Float32Array(3 * cells);
    this.#eachPixel((pixel, cell) => {
      const share = image.data[pixel]! / 255;
      planes[cell] = 255 * share * (1 - share) * gradient[pixel]!;
    });
    multiplyColours(planes, MIXING, true);
    const result = new Float32Array(this.values.length);
    for (let plane = 0; plane < 3; plane++) {
      const part = spectrum.gradient(planes.subarray(plane * cells, (plane + 1) * cells));
      for (let index = 0; index < part.length; index++) {
        result[plane * spectrum.length + index] = this.#scale[index]! * part[index]!;
      }
    }
    return result;
  }

  /** [3, rows, columns] of the grid, before colours and sigmoid. */
  #planes(): Float32Array {
    const spectrum = this.#spectrum;
    const cells = spectrum.rows * spectrum.columns;
    const planes = new Float32Array(3 * cells);
    for (let plane = 0; plane < 3; plane++) {
      const values = this.values.subarray(plane * spectrum.length, (plane + 1) * spectrum.length);
      const scaled = values.map((value, index) => value * this.#scale[index]!);
      planes.set(spectrum.plane(scaled), plane * cells);
    }
    return planes;
  }

  #eachPixel(visit: (pixel: number, cell: number) => void): void {
    const { rows, columns } = this.size;
    const grid = this.#spectrum;
    for (let plane = 0, pixel = 0; plane < 3; plane++) {
      for (let row = 0; row < rows; row++) {
        const cell = (plane * grid.rows + row) * grid.columns;
        for (let column = 0; column < columns; column++, pixel++) visit(pixel, cell + column);
      }
    }
  }
}

/** √cells / max(frequency, 1 / longest side) / 4 for each number of a spectrum. */
function scaleOf(spectrum: Spectrum): Float32Array {
  const { rows, columns, width, length } = spectrum;
  const lowest = 1 / Math.max(rows, columns);
  return Float32Array.from({ length }, (_, index) => {
    const place = index >> 1;
    const frequency = spectrum.frequencyAt(Math.floor(place / width), place % width);
    return Math.sqrt(rows * columns) / Math.max(frequency, lowest) / DAMPING;
  });
}

/** The picture's values before a sigmoid, [3, rows, columns] of the grid, mirrored beyond it. */
function beforeSigmoid({ rows, columns, data }: Image, grid: PictureSize): Float32Array {
  const planes = new Float32Array(3 * grid.rows * grid.columns);
  for (let plane = 0, cell = 0; plane < 3; plane++) {
    for (let row = 0; row < grid.rows; row++) {
      const line = (plane * rows + folded(row, rows)) * columns;
      for (let column = 0; column < grid.columns; column++, cell++) {
        const value = data[line + folded(column, columns)]! / 255;
        const share = Math.max(DARKEST, Math.min(1 - DARKEST, value));
        planes[cell] = Math.log(share / (1 - share));
      }
    }
  }
  return planes;
}

/** A grid is less than twice as long as the picture. */
function folded(index: number, length: number): number {
  return index < length ? index : 2 * length - 1 - index;
}

function powerOfTwo(length: number): number {
  return Math.max(2, 2 ** Math.ceil(Math.log2(length)));
}
