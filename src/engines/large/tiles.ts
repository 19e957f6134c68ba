/** Tiles along the axes of a picture (or of a tensor further in), and what they are cut out of. */
import type { NodeRef } from '../../graph/graph.ts';
import type { Extent, Interval } from './extents.ts';

/** A tile along one axis. */
export interface Tile extends Interval {
  readonly parts: ReadonlyMap<NodeRef, Part>;
}

/** What a tile has of one tensor, and what of that is kept: kept parts neither overlap nor gap. */
export interface Part {
  readonly tile: Interval;
  readonly kept: Interval;
}

export interface Tiling {
  /** Cells that a tile has at most. */
  readonly side: number;
  /**
   * Tiles begin at multiples of it and are, modulo it, as long as the whole: so the network's
   * windows, TensorFlow's SAME padding included, fall on the cells they fall on in the whole.
   */
  readonly alignment: number;
  /** What a tile gets right of the tensors that are wanted. */
  readonly rightOf: (tile: Interval) => ReadonlyMap<NodeRef, Extent>;
}

/**
 * Cuts `length` cells into tiles of one length, as few as keep every wanted cell right; `null`
 * where the side is too small for any to be.
 */
export function placeTiles(length: number, tiling: Tiling): Tile[] | null {
  const { side, alignment } = tiling;
  if (length <= side) return chain([{ from: 0, to: length }], tiling);
  const tileLength = side - ((((side - length) % alignment) + alignment) % alignment);
  if (tileLength < 1) return null;
  const steps = (length - tileLength) / alignment;
  const least = Math.ceil(
    (length - tileLength) / Math.max(rightLength(length, tileLength, tiling), 1),
  );
  for (let count = least + 1; count <= steps + 1; count++) {
    const tiles = Array.from({ length: count }, (_, index) => {
      const from = Math.floor((index * steps) / (count - 1)) * alignment;
      return { from, to: from + tileLength };
    });
    const chained = chain(tiles, tiling);
    if (chained) return chained;
    // With twice the tiles that should do, more will not help.
    if (count > 2 * least + 2) return null;
  }
  return null;
}

/** Cells of the whole by which the next tile may be ahead: what one in the middle gets right. */
function rightLength(length: number, tileLength: number, { alignment, rightOf }: Tiling): number {
  const from = Math.floor((length - tileLength) / (2 * alignment)) * alignment;
  const extents = [...rightOf({ from, to: from + tileLength }).values()];
  return Math.min(
    ...extents.map((extent) => ((extent.right.to - extent.right.from) * length) / extent.length),
  );
}

/** Each tile keeps what it has right from where the one before left off. */
function chain(tiles: readonly Interval[], { rightOf }: Tiling): Tile[] | null {
  const reached = new Map<NodeRef, number>();
  const chained: Tile[] = [];
  const lengths = new Map<NodeRef, number>();
  for (const tile of tiles) {
    const parts = new Map<NodeRef, Part>();
    for (const [name, { length, tile: part, right }] of rightOf(tile)) {
      const from = reached.get(name) ?? 0;
      if (right.from > from || right.to < from) return null;
      parts.set(name, { tile: part, kept: { from, to: right.to } });
      reached.set(name, right.to);
      lengths.set(name, length);
    }
    chained.push({ ...tile, parts });
  }
  return [...lengths].every(([name, length]) => reached.get(name) === length) ? chained : null;
}

/** [channels, rows, columns] */
export interface Grid {
  readonly channels: number;
  readonly rows: number;
  readonly columns: number;
  readonly data: Float32Array;
}

/** A part of a grid, copied to the beginning of `memory`; all of it is the grid itself. */
export function cut(whole: Grid, down: Interval, across: Interval, memory: Float32Array): Grid {
  const [rows, columns] = [down.to - down.from, across.to - across.from];
  if (rows === whole.rows && columns === whole.columns) return whole;
  const data = memory.subarray(0, whole.channels * rows * columns);
  for (let channel = 0, to = 0; channel < whole.channels; channel++) {
    for (let row = down.from; row < down.to; row++, to += columns) {
      const from = (channel * whole.rows + row) * whole.columns + across.from;
      data.set(whole.data.subarray(from, from + columns), to);
    }
  }
  return { channels: whole.channels, rows, columns, data };
}

/** Copies what is kept of a tile to where it belongs. */
export function paste(whole: Grid, tile: Grid, down: Part, across: Part): void {
  for (let channel = 0; channel < whole.channels; channel++) {
    for (let row = down.kept.from; row < down.kept.to; row++) {
      const line = (channel * tile.rows + row - down.tile.from) * tile.columns - across.tile.from;
      const to = (channel * whole.rows + row) * whole.columns + across.kept.from;
      whole.data.set(tile.data.subarray(line + across.kept.from, line + across.kept.to), to);
    }
  }
}

/** For each channel, the sum of what is kept of a tile. */
export function sumKept(tile: Grid, down: Part, across: Part): Float64Array {
  const sums = new Float64Array(tile.channels);
  for (let channel = 0; channel < tile.channels; channel++) {
    for (let row = down.kept.from; row < down.kept.to; row++) {
      const line = (channel * tile.rows + row - down.tile.from) * tile.columns - across.tile.from;
      for (let column = across.kept.from; column < across.kept.to; column++) {
        sums[channel]! += tile.data[line + column]!;
      }
    }
  }
  return sums;
}
