/**
 * Which cells of every tensor a tile gets right, along one axis. All intervals are in cells of the
 * whole: `from` counts, `to` does not. Right means: computed from the same cells as in the whole.
 */
import type { Node, NodeRef } from '../../graph/graph.ts';
import { outputLength, paddingOf, spanOf } from '../../graph/window.ts';
import type { Window } from '../../graph/window.ts';
import { windowOf } from '../../ops/attributes.ts';
import { isLinear, windowOver } from './locality.ts';
import type { Trunk } from './locality.ts';

export type Axis = 0 | 1;

export interface Interval {
  readonly from: number;
  readonly to: number;
}

export interface Extent {
  /** Cells of the whole. */
  readonly length: number;
  /** The cells that the tile has. */
  readonly tile: Interval;
  /** Those of them that are right. */
  readonly right: Interval;
}

/** A window as it lies on the whole's cells. */
interface Placed {
  readonly stride: number;
  readonly span: number;
  readonly before: number;
}

/**
 * The extents of all nodes when `tile` of the start's `length` cells is computed.
 *
 * Of a tile that is too short for a window nothing is right.
 *
 * @throws where the tile's windows do not fall on the whole's: `tile` must begin at a multiple of
 *   `alignmentOf` and be as long as the whole, modulo that.
 */
export function extentsOf(
  trunk: Trunk,
  axis: Axis,
  length: number,
  tile: Interval,
): Map<NodeRef, Extent> {
  const extents = new Map<NodeRef, Extent>([[trunk.start, { length, tile, right: tile }]]);
  for (const node of trunk.nodes.values()) {
    if (node.name === trunk.start) continue;
    const sources = node.inputs.flatMap((input) => extents.get(input) ?? []);
    const first = sources.find(({ tile: part }) => isEmpty(part)) ?? sources[0]!;
    const source = { ...first, right: intersection(sources.map(({ right }) => right)) };
    if (
      !isEmpty(source.tile) &&
      sources.some(
        (other) => other.tile.from !== source.tile.from || other.tile.to !== source.tile.to,
      )
    ) {
      throw new Error(`the tile's parts that meet in '${node.name}' do not fit`);
    }
    const window = windowOver(node);
    extents.set(node.name, window ? throughWindow(source, window, axis) : source);
  }
  return extents;
}

/**
 * The cells of the start whose gradient is right, for a score that is the sum of `sinks` times
 * cotangents which the tile has for all its cells.
 */
export function rightGradient(
  trunk: Trunk,
  axis: Axis,
  extents: ReadonlyMap<NodeRef, Extent>,
  sinks: readonly NodeRef[],
): Interval {
  const right = new Map<NodeRef, Interval>();
  const narrow = (name: NodeRef, interval: Interval): void => {
    const known = right.get(name);
    right.set(name, known ? intersection([known, interval]) : interval);
  };
  for (const sink of sinks) narrow(sink, extents.get(sink)!.tile);
  for (const node of [...trunk.nodes.values()].reverse()) {
    const known = right.get(node.name);
    if (!known || node.name === trunk.start) continue;
    const extent = extents.get(node.name)!;
    const window = windowOver(node);
    const cotangent = isLinear(node, trunk)
      ? intersection([known, countedRight(node, { extents, axis })])
      : intersection([known, extent.right]);
    for (const input of node.inputs.filter((name) => trunk.nodes.has(name))) {
      const source = extents.get(input)!;
      narrow(
        input,
        window ? backThroughWindow(cotangent, { extent, source, window, axis }) : cotangent,
      );
    }
  }
  return right.get(trunk.start)!;
}

/**
 * The cells of a linear node whose share of their cotangent a tile knows: all, but for means. At a
 * tile's border they are of fewer cells than in the whole.
 */
function countedRight(
  { name, op, inputs, attributes }: Node,
  { extents, axis }: { extents: ReadonlyMap<NodeRef, Extent>; axis: Axis },
): Interval {
  const { tile } = extents.get(name)!;
  if (op !== 'averagePool') return tile;
  const source = extents.get(inputs[0]!)!;
  return throughWindow({ ...source, right: source.tile }, windowOf(attributes), axis).right;
}

/** Cells of the start to which tiles must be aligned: one step of the coarsest tensor. */
export function alignmentOf(trunk: Trunk, axis: Axis): number {
  const strides = new Map<NodeRef, number>([[trunk.start, 1]]);
  let alignment = 1;
  for (const node of trunk.nodes.values()) {
    if (node.name === trunk.start) continue;
    const source = node.inputs.reduce(
      (stride, input) => Math.max(stride, strides.get(input) ?? 1),
      1,
    );
    const stride = source * (windowOver(node)?.strides[axis] ?? 1);
    strides.set(node.name, stride);
    alignment = leastCommonMultiple(alignment, stride);
  }
  return alignment;
}

function throughWindow(source: Extent, window: Window, axis: Axis): Extent {
  const { stride, span, before } = placed(window, axis, source.length);
  const length = outputLength(window, axis, source.length)!;
  const tileLength = source.tile.to - source.tile.from;
  const cells = tileLength === 0 ? 0 : outputLength(window, axis, tileLength)!;
  const [tileBefore] = paddingOf(window, axis, tileLength);
  const from = (source.tile.from + before - tileBefore) / stride;
  // Too short for the window: nothing of it is right, whatever comes.
  if (cells === 0) return { length, tile: emptyAt(from), right: emptyAt(from) };
  if (!Number.isInteger(from))
    throw new Error(`a tile from cell ${source.tile.from} falls between windows`);
  const tile = { from, to: from + cells };
  const { right } = source;
  const all = {
    from: right.from <= 0 ? 0 : Math.ceil((right.from + before) / stride),
    to: right.to >= source.length ? length : Math.floor((right.to + before - span) / stride) + 1,
  };
  return { length, tile, right: intersection([all, tile]) };
}

/** Cells of a window's input which all windows that look at them pass a right cotangent to. */
function backThroughWindow(
  cotangent: Interval,
  { extent, source, window, axis }: { extent: Extent; source: Extent; window: Window; axis: Axis },
): Interval {
  const { stride, span, before } = placed(window, axis, source.length);
  const all = {
    from: cotangent.from <= 0 ? 0 : (cotangent.from - 1) * stride - before + span,
    to: cotangent.to >= extent.length ? source.length : cotangent.to * stride - before,
  };
  return intersection([all, source.tile]);
}

function placed(window: Window, axis: Axis, length: number): Placed {
  const [before] = paddingOf(window, axis, length);
  return { stride: window.strides[axis], span: spanOf(window, axis), before };
}

function emptyAt(cell: number): Interval {
  const from = Math.max(0, Math.floor(cell));
  return { from, to: from };
}

function isEmpty({ from, to }: Interval): boolean {
  return from === to;
}

/** Of intervals that do not meet: an empty one. */
function intersection(intervals: readonly Interval[]): Interval {
  const from = Math.max(...intervals.map((interval) => interval.from));
  return { from, to: Math.max(from, Math.min(...intervals.map((interval) => interval.to))) };
}

function leastCommonMultiple(a: number, b: number): number {
  const divisor = (x: number, y: number): number => (y === 0 ? x : divisor(y, x % y));
  return (a * b) / divisor(a, b);
}
