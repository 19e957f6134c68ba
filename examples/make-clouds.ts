/**
 * Makes the clouds that `npm run dream` dreams on: a summer sky, computed from a seed. Run it to
 * write examples/clouds.png anew: `node --import tsx examples/make-clouds.ts`.
 */
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { writeFileAtomically } from '../src/dream/picture.ts';
import { cloudField } from './clouds/cumulus.ts';
import { hills } from './clouds/ground.ts';
import { skyAt, unit } from './clouds/sky.ts';
import type { Colour } from './clouds/sky.ts';

export const ROWS = 512;
export const COLUMNS = 768;
const SEED = 10;
/** Along each side of a pixel. */
const SAMPLES = 2;

/** Half the picture's width at distance 1, and how far up the camera looks. */
const WIDTH = 0.62;
const UP = 0.34;

/**
 * The picture's colour at a place, in rows and columns of pixels.
 * `shift`, 0..1: how far into its first step a ray starts.
 */
export type Painter = (row: number, column: number, shift: number) => Colour;

export function cloudPainter(seed = SEED): Painter {
  const field = cloudField(seed);
  const ground = hills(seed);
  return (row, column, shift) => {
    const right = (column / COLUMNS - 0.5) * 2 * WIDTH;
    const up = UP - (row / ROWS - 0.5) * 2 * WIDTH * (ROWS / COLUMNS);
    return ground(right, up) ?? skyAt(field, unit([right, Math.max(up, 0.004), 1]), shift);
  };
}

/** A pixel's sRGB bytes: the mean over SAMPLES × SAMPLES places in it. */
export function pixelAt(paint: Painter, row: number, column: number): [number, number, number] {
  const sum: Colour = [0, 0, 0];
  for (let sample = 0; sample < SAMPLES * SAMPLES; sample++) {
    const down = (Math.floor(sample / SAMPLES) + 0.5) / SAMPLES;
    const right = ((sample % SAMPLES) + 0.5) / SAMPLES;
    // The rays of a pixel start at evenly spread parts of a step, those of its neighbours at
    // others: what steps miss becomes a fine grain and no stripes.
    const shift = (scatter(row, column) + sample / SAMPLES ** 2) % 1;
    const colour = paint(row + down, column + right, shift);
    for (let channel = 0; channel < 3; channel++) sum[channel]! += colour[channel]!;
  }
  return sum.map((value) => toByte(value / SAMPLES ** 2)) as [number, number, number];
}

/** 0..1, another number for each pixel (Jorge Jimenez's interleaved gradient noise, 2014). */
function scatter(row: number, column: number): number {
  return (52.9829189 * ((0.06711056 * column + 0.00583715 * row) % 1)) % 1;
}

export async function writeClouds(path: string): Promise<void> {
  const paint = cloudPainter();
  const pixels = new Uint8Array(ROWS * COLUMNS * 3);
  for (let row = 0, index = 0; row < ROWS; row++) {
    for (let column = 0; column < COLUMNS; column++, index += 3) {
      pixels.set(pixelAt(paint, row, column), index);
    }
  }
  const raw = { width: COLUMNS, height: ROWS, channels: 3 } as const;
  const png = sharp(pixels, { raw }).png({ compressionLevel: 9, adaptiveFiltering: true });
  await writeFileAtomically(path, await png.toBuffer());
}

/** With a shoulder, so that white clouds keep their shades. */
function toByte(value: number): number {
  const rolled = value < 0.7 ? value : 0.7 + 0.3 * (1 - Math.exp(-(value - 0.7) / 0.3));
  return Math.round(255 * Math.min(1, rolled));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await writeClouds(fileURLToPath(new URL('clouds.png', import.meta.url)));
}
