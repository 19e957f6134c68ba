/**
 * Pictures to try a network with, much like photographs as far as statistics go: discs of all
 * sizes that cover each other ("dead leaves"), in colours spread as those of photographs are.
 */
import { COVARIANCE_ROOT } from '../../dream/gradient/colour.ts';
import { createImage } from '../../dream/image.ts';
import type { Image } from '../../dream/image.ts';
import { sample } from '../../dream/windows/sample.ts';
import { wholeWindow } from '../../dream/windows/window.ts';
import type { PictureSize } from '../../engines/engine.ts';
import { seededRandom } from '../../kit/random.ts';
import type { Random } from '../../kit/random.ts';

const SEED = 1870;
const DISCS = 700;
/** Radii, as shares of the longer side. */
const SMALLEST = 0.01;
const LARGEST = 0.6;

/** Of photographs, red, green and blue of 0..255. */
const MEAN = [124, 116, 104] as const;
const GRAIN = 6;

/**
 * The same at every call.
 * @param softness 1 for the sharpest; at 2 nothing is smaller than two pixels.
 */
export function samplePictures(count: number, size: PictureSize, softness = 1): Image[] {
  const random = seededRandom(SEED);
  const smaller = {
    rows: Math.ceil(size.rows / softness),
    columns: Math.ceil(size.columns / softness),
  };
  return Array.from({ length: count }, () => {
    const image = leaves(smaller, random);
    return softness === 1 ? image : sample(image, wholeWindow(image), size);
  });
}

function leaves({ rows, columns }: PictureSize, random: Random): Image {
  const image = createImage(rows, columns);
  const side = Math.max(rows, columns);
  for (let disc = 0; disc < DISCS; disc++) {
    // Their number falls with the third power of the radius. The largest lie below.
    const radius = (side * SMALLEST) / Math.sqrt(disc / DISCS + (SMALLEST / LARGEST) ** 2);
    const [row, column] = [rows * random.uniform(), columns * random.uniform()];
    // Nothing shows through below the first.
    fill(image, { row, column, radius: disc === 0 ? 2 * side : radius }, colour(random));
  }
  image.data.forEach((value, index) => {
    image.data[index] = clamp(value + GRAIN * random.normal());
  });
  return image;
}

interface Disc {
  readonly row: number;
  readonly column: number;
  readonly radius: number;
}

function fill(image: Image, { row, column, radius }: Disc, values: readonly number[]): void {
  const { rows, columns, data } = image;
  const last = Math.min(rows - 1, row + radius);
  for (let y = Math.max(0, Math.ceil(row - radius)); y <= last; y++) {
    const half = Math.sqrt(radius ** 2 - (y - row) ** 2);
    const from = Math.max(0, Math.ceil(column - half));
    const to = Math.min(columns - 1, Math.floor(column + half));
    if (to < from) continue;
    values.forEach((value, channel) => {
      const start = (channel * rows + y) * columns;
      data.fill(value, start + from, start + to + 1);
    });
  }
}

function colour(random: Random): number[] {
  const random3 = [random.normal(), random.normal(), random.normal()];
  return MEAN.map((mean, channel) => {
    const spread = COVARIANCE_ROOT[channel]!.map((value, index) => value * random3[index]!);
    return clamp(mean + 255 * spread.reduce((sum, value) => sum + value, 0));
  });
}

function clamp(value: number): number {
  return Math.min(255, Math.max(0, value));
}
