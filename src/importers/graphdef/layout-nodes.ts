/** Nodes that move values, and means. Their axes and shapes come as constant inputs. */
import type { NodeRef } from '../../graph/graph.ts';
import type { NodeCall } from './node-call.ts';

/** inputs: tensors · axis */
export function concatenate(call: NodeCall): NodeRef {
  const tensors = call.values.slice(0, -1).map((_, index) => call.tensor(index));
  if (tensors.length === 1) return tensors[0]!;
  const axis = fromStart(call.setting(-1)[0]!, call.rank);
  return call.builder.add('concat', tensors, { axis }, call.output);
}

/** inputs: x · paddings [rank, 2] */
export function padded(call: NodeCall): NodeRef {
  const cells = call.setting(1);
  const side = (offset: number): number[] => cells.filter((_, index) => index % 2 === offset);
  return call.builder.add(
    'pad',
    [call.tensor(0)],
    { before: side(0), after: side(1) },
    call.output,
  );
}

/** inputs: x · shape, in which -1 is whatever is left */
export function reshaped(call: NodeCall): NodeRef {
  const shape = call.setting(1).map((size) => (size === -1 ? null : size));
  return call.builder.add('reshape', [call.tensor(0)], { shape }, call.output);
}

/** inputs: x · axes */
export function mean(call: NodeCall): NodeRef {
  const axes = call.setting(1).map((axis) => fromStart(axis, call.rank));
  const keepDimensions = call.flag('keep_dims');
  return call.builder.add('reduceMean', [call.tensor(0)], { axes, keepDimensions }, call.output);
}

/** Drops axes of one cell: those of squeeze_dims, else all that are known to be 1. */
export function squeezed(call: NodeCall): NodeRef {
  const dropped = new Set(call.numbers('squeeze_dims').map((axis) => fromStart(axis, call.rank)));
  const shape = call.builder
    .shapeOf(call.tensor(0))
    .filter((size, axis) => (dropped.size > 0 ? !dropped.has(axis) : size !== 1));
  return call.builder.add('reshape', [call.tensor(0)], { shape }, call.output);
}

function fromStart(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}
