/** Gradients of pictures that are too large to be held at once. */
import type { Ascent, Planes } from '../engines/engine.ts';
import { createImage } from './image.ts';
import type { Image } from './image.ts';

export interface Tiling {
  /** Rows and columns that a tile has at most, halo included. */
  readonly side: number;
  /** Pixels around a tile that are computed for its gradient's sake and then dropped. */
  readonly halo: number;
  /** Pixels to which tiles are aligned: the network's stride. */
  readonly alignment: number;
}

/** Where a tile lies along one axis: [from, to) is computed, [keepFrom, keepTo) is kept. */
export interface Span {
  readonly from: number;
  readonly to: number;
  readonly keepFrom: number;
  readonly keepTo: number;
}

/**
 * Cuts `length` pixels into tiles.
 *
 * Tiles begin at multiples of the alignment and are, modulo the alignment, as long as the whole:
 * so the network's windows, TensorFlow's SAME padding included, fall on the pixels they fall on
 * in the whole picture.
 */
export function spansOf(length: number, { side, halo, alignment }: Tiling): Span[] {
  if (length <= side) return [{ from: 0, to: length, keepFrom: 0, keepTo: length }];
  const up = (pixels: number): number => Math.ceil(pixels / alignment) * alignment;
  const margin = up(halo);
  const most = Math.max(alignment, Math.floor((side - 2 * margin - alignment) / alignment) * alignment);
  const count = Math.ceil(length / most);
  const kept = up(length / count);
  return Array.from({ length: count }, (_, index) => {
    const keepFrom = index * kept;
    const keepTo = Math.min(length, keepFrom + kept);
    const from = Math.max(0, keepFrom - margin);
    const reach = up(keepTo + margin - from) + (length % alignment);
    return { from, to: Math.min(length, from + reach), keepFrom, keepTo };
  }).filter(({ keepFrom, keepTo }) => keepFrom < keepTo);
}

/**
 * The same ascent, tile by tile where the picture is larger than a tile. The gradient is the
 * whole's, up to what lies outside the halo; the score counts each tile by its kept part.
 */
export function tiled(ascent: Ascent, tiling: Tiling): Ascent {
  let whole: Image | null = null;
  return {
    ...ascent,
    async at(picture) {
      const rows = spansOf(picture.rows, tiling);
      const columns = spansOf(picture.columns, tiling);
      if (rows.length === 1 && columns.length === 1) return ascent.at(picture);
      if (whole?.rows !== picture.rows || whole.columns !== picture.columns) {
        whole = createImage(picture.rows, picture.columns);
      }
      let score = 0;
      for (const down of rows) {
        for (const across of columns) {
          const tile = cut(picture, down, across);
          const result = await ascent.at(tile, picture);
          paste(whole, { ...tile, data: result.gradient }, down, across);
          const kept = (down.keepTo - down.keepFrom) * (across.keepTo - across.keepFrom);
          score += (result.score * kept) / (tile.rows * tile.columns);
        }
      }
      return { score, gradient: whole.data };
    },
  };
}

function cut(picture: Planes, down: Span, across: Span): Image {
  const tile = createImage(down.to - down.from, across.to - across.from);
  for (let plane = 0; plane < 3; plane++) {
    for (let row = 0; row < tile.rows; row++) {
      const from = (plane * picture.rows + down.from + row) * picture.columns + across.from;
      tile.data.set(picture.data.subarray(from, from + tile.columns), (plane * tile.rows + row) * tile.columns);
    }
  }
  return tile;
}

function paste(whole: Image, tile: Image, down: Span, across: Span): void {
  const width = across.keepTo - across.keepFrom;
  for (let plane = 0; plane < 3; plane++) {
    for (let row = down.keepFrom; row < down.keepTo; row++) {
      const from = (plane * tile.rows + row - down.from) * tile.columns + across.keepFrom - across.from;
      whole.data.set(
        tile.data.subarray(from, from + width),
        (plane * whole.rows + row) * whole.columns + across.keepFrom,
      );
    }
  }
}
