import type { Dimension, Shape } from '../../graph/graph.ts';
import type { NodeCall } from './node-call.ts';

/** An axis that may be counted from the end. */
export function fromStart(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}

/** A shape without the axes that a Squeeze drops: those it names, else all of one cell. */
export function axesDropped(call: NodeCall, shape: Shape): Dimension[] {
  const dropped = new Set(
    call.numbers('squeeze_dims').map((axis) => fromStart(axis, shape.length)),
  );
  return shape.filter((size, axis) => (dropped.size > 0 ? !dropped.has(axis) : size !== 1));
}
