/** Where a dream may change the picture. */
import type { PictureSize } from '../../engines/engine.ts';
import { createImage } from '../image.ts';
import type { Image } from '../image.ts';
import type { Picture } from '../picture.ts';
import { resize } from '../resize.ts';
import type { Place } from '../windows/draw.ts';
import { blur, gaussian } from '../gradient/blur.ts';

/** 0 … 1 for each pixel: how much of a step it takes. */
export interface Mask extends PictureSize {
  /** [rows · columns], row-major. */
  readonly data: Float32Array;
}

/** σ of a mask's soft edge as a share of its longer side. */
const FEATHER = 0.012;

/** Share of a place's half axes within which everything may change. */
const CORE = 0.7;

/** A mask's picture as it counts: where it is transparent it is black. */
export function maskPicture({ image, alpha }: Pick<Picture, 'image' | 'alpha'>): Image {
  if (!alpha) return image;
  const data = image.data.map((value, cell) => (value * alpha[cell % alpha.length]!) / 255);
  return { ...image, data };
}

/** From a picture of any size: white dreams, black stays, grey takes part; edges are softened. */
export function maskFrom(picture: Image, { rows, columns }: PictureSize): Mask {
  const cells = rows * columns;
  const fitted = resize(picture, rows, columns, 'bilinear');
  const sigma = FEATHER * Math.max(rows, columns);
  const radius = Math.min(Math.ceil(2.5 * sigma), Math.max(rows, columns) - 1);
  const { data } = radius > 0 ? blur(fitted, gaussian(sigma, radius)) : fitted;
  const mean = (index: number): number =>
    (data[index]! + data[index + cells]! + data[index + 2 * cells]!) / (3 * 255);
  return {
    rows,
    columns,
    data: Float32Array.from({ length: cells }, (_, index) => Math.max(0, Math.min(1, mean(index)))),
  };
}

/** An ellipse in the place's rectangle, 1 in the middle, falling softly to 0 at its rim. */
export function maskOfPlace(place: Place, { rows, columns }: PictureSize): Mask {
  const data = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const down = ((row + 0.5) / rows - place.row) / (place.height / 2);
    for (let column = 0; column < columns; column++) {
      const across = ((column + 0.5) / columns - place.column) / (place.width / 2);
      const share = (1 - Math.hypot(down, across)) / (1 - CORE);
      const inside = Math.max(0, Math.min(1, share));
      // Smooth at both ends, so that the rim does not show.
      data[row * columns + column] = inside * inside * (3 - 2 * inside);
    }
  }
  return { rows, columns, data };
}

export function resizeMask(mask: Mask, { rows, columns }: PictureSize): Mask {
  if (mask.rows === rows && mask.columns === columns) return mask;
  const planes = createImage(mask.rows, mask.columns);
  planes.data.set(mask.data);
  const { data } = resize(planes, rows, columns, 'bilinear');
  return { rows, columns, data: data.slice(0, rows * columns) };
}

/** How much of the picture may change. */
export function meanShare({ data }: Mask): number {
  return data.reduce((sum, share) => sum + share, 0) / data.length;
}

/** What may change where either mask, or both, say so. */
export function product(one: Mask | undefined, other: Mask | undefined): Mask | undefined {
  if (!one || !other) return one ?? other;
  const fitted = resizeMask(other, one);
  return { ...one, data: one.data.map((share, index) => share * fitted.data[index]!) };
}

/**
 * Brings a direction to the size that the mean step has in the part of the picture that may
 * change: a small part is dreamed as strongly as a large one. In place.
 */
export function scaleWithin({ data }: Image, mask: Mask): void {
  const cells = mask.data.length;
  let [shares, sizes] = [0, 0];
  for (let index = 0; index < data.length; index++) {
    const share = mask.data[index % cells]!;
    shares += share;
    sizes += share * Math.abs(data[index]!);
  }
  const factor = sizes > 0 ? shares / sizes : 0;
  for (let index = 0; index < data.length; index++) data[index]! *= factor;
}

/** direction ← mask · direction */
export function applyMask({ data }: Image, mask: Mask): void {
  const cells = mask.data.length;
  for (let index = 0; index < data.length; index++) data[index]! *= mask.data[index % cells]!;
}
