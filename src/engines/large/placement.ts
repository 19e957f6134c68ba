/** Which tiles a stage is computed in, along rows and columns. */
import type { NodeRef } from '../../graph/graph.ts';
import type { PictureSize } from '../engine.ts';
import { GRADIENT } from '../program.ts';
import { alignmentOf, extentsOf, rightGradient } from './extents.ts';
import type { Axis, Extent, Interval } from './extents.ts';
import type { Trunk } from './locality.ts';
import type { Stage, Summing } from './stages.ts';
import { placeTiles } from './tiles.ts';
import type { Tile } from './tiles.ts';

export interface Placement {
  readonly rows: readonly Tile[];
  readonly columns: readonly Tile[];
}

/** A pass over a tensor, tile by tile, and what must be right in the end. */
export interface Pass {
  readonly trunk: Trunk;
  readonly rightOf: (
    axis: Axis,
    extents: ReadonlyMap<NodeRef, Extent>,
  ) => ReadonlyMap<NodeRef, Extent>;
}

/** Tᵢ₊₁ */
export function forwardPass({ trunk, end }: Stage): Pass {
  return { trunk, rightOf: (_axis, extents) => new Map([[end!, extents.get(end!)!]]) };
}

/** The gradient, under the name `GRADIENT`, and the terms of the score. */
export function backwardPass(stage: Stage): Pass {
  const { trunk, start, end, sums } = stage;
  const sources = sums.map(({ reduction }) => reduction.source);
  const sinks = end === null ? sources : [...sources, end];
  return {
    trunk,
    rightOf: (axis, extents) =>
      new Map([
        ...sources.map((source) => [source, extents.get(source)!] as const),
        [GRADIENT, { ...extents.get(start)!, right: rightGradient(trunk, axis, extents, sinks) }],
      ]),
  };
}

export function summingPass({ trunk, sums }: Pick<Summing, 'trunk' | 'sums'>): Pass {
  const sources = sums.map(({ reduction }) => reduction.source);
  return {
    trunk,
    rightOf: (_axis, extents) => new Map(sources.map((source) => [source, extents.get(source)!])),
  };
}

/**
 * @param size of the trunk's start, in cells
 * @param side of a tile at most, halo included; `null` is returned where that is too small
 */
export function placementOf(pass: Pass, size: PictureSize, side: PictureSize): Placement | null {
  const along = (axis: Axis, length: number, most: number): Tile[] | null =>
    placeTiles(length, {
      side: most,
      alignment: alignmentOf(pass.trunk, axis),
      rightOf: (tile) => pass.rightOf(axis, extentsOf(pass.trunk, axis, length, tile)),
    });
  const rows = along(0, size.rows, side.rows);
  const columns = rows && along(1, size.columns, side.columns);
  return columns && { rows, columns };
}

/** Rows and columns of a node when the trunk's start has the given ones. */
export function sizeAt(trunk: Trunk, ref: NodeRef, size: PictureSize): PictureSize {
  const lengthAt = (axis: Axis, length: number): number =>
    extentsOf(trunk, axis, length, { from: 0, to: length }).get(ref)!.length;
  return { rows: lengthAt(0, size.rows), columns: lengthAt(1, size.columns) };
}

/** The cells of a node that a tile of the start has. */
export function partAt(
  trunk: Trunk,
  axis: Axis,
  ref: NodeRef,
  length: number,
  tile: Interval,
): Interval {
  return extentsOf(trunk, axis, length, tile).get(ref)!.tile;
}
