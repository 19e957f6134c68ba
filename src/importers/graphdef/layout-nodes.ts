/** Nodes that move values, and means. Their axes and shapes come as constant inputs. */
import type { Dimension, NodeRef } from '../../graph/graph.ts';
import { axesDropped, fromStart } from './axes.ts';
import type { NodeCall } from './node-call.ts';
import { wholeShape } from './sizes.ts';

/** inputs: tensors · axis */
export function concatenate(call: NodeCall): NodeRef {
  return concatenated(
    call,
    call.values.slice(0, -1).map((_, index) => index),
    -1,
  );
}

/** inputs: axis · tensors: the older form. */
export function concatenateAxisFirst(call: NodeCall): NodeRef {
  return concatenated(
    call,
    call.values.slice(1).map((_, index) => index + 1),
    0,
  );
}

function concatenated(call: NodeCall, indices: readonly number[], axisAt: number): NodeRef {
  const [first, ...others] = indices.map((index) => call.tensor(index));
  if (first === undefined) throw call.bad('has no inputs, expected tensors');
  const [axis] = call.setting(axisAt);
  if (axis === undefined) throw call.bad('has no axis');
  if (others.length === 0) return first;
  const along = fromStart(axis, call.builder.shapeOf(first).length);
  return call.builder.add('concat', [first, ...others], { axis: along }, call.output);
}

/** inputs: x · paddings [rank, 2] · the value to pad with, which must be 0 */
export function padded(call: NodeCall): NodeRef {
  const cells = call.setting(1);
  if (call.values.length > 2 && call.setting(2)[0] !== 0) {
    throw call.unsupported('padding with another value than 0');
  }
  const side = (offset: number): number[] => cells.filter((_, index) => index % 2 === offset);
  if (cells.length !== 2 * call.rank || cells.some((count) => count < 0)) {
    throw call.bad(`has paddings of [${cells.join(', ')}], expected two for each axis`);
  }
  return call.builder.add(
    'pad',
    [call.tensor(0)],
    { before: side(0), after: side(1) },
    call.output,
  );
}

/** inputs: x · shape, in which -1 is whatever is left */
export function reshaped(call: NodeCall): NodeRef {
  const wanted = call.sizes(1).map((size) => (size === -1 ? null : size));
  const cells = call.builder
    .shapeOf(call.tensor(0))
    .reduce<Dimension>((total, size) => (total === null || size === null ? null : total * size), 1);
  const shape = (cells === null ? null : wholeShape(wanted, cells)) ?? wanted;
  return call.builder.add('reshape', [call.tensor(0)], { shape }, call.output);
}

/** inputs: x · [rows, columns] of the output */
export function resized(mode: 'linear' | 'nearest'): (call: NodeCall) => NodeRef {
  return (call) => {
    const size = call.setting(1);
    const isSize = size.every((side) => Number.isInteger(side) && side > 0 && side <= LARGEST_SIDE);
    if (size.length !== 2 || !isSize || call.rank !== 4) {
      throw call.bad(`gives [${size.join(', ')}] cells, expected rows and columns`);
    }
    const halves = call.flag('half_pixel_centers');
    const corners = call.flag('align_corners');
    const place = corners ? 'align_corners' : halves ? 'half_pixel' : 'asymmetric';
    const rounding = corners || halves ? 'round_prefer_ceil' : 'floor';
    return call.builder.add(
      'resize',
      [call.tensor(0)],
      { mode, place, rounding, size },
      call.output,
    );
  };
}

const LARGEST_SIDE = 4096;

/** inputs: x · axes */
export function reduction(op: string): (call: NodeCall) => NodeRef {
  return (call) => {
    const axes = call.setting(1).map((axis) => fromStart(axis, call.rank));
    const keepDimensions = call.flag('keep_dims');
    return call.builder.add(op, [call.tensor(0)], { axes, keepDimensions }, call.output);
  };
}

/** Drops axes of one cell: those of squeeze_dims, else all that are known to be 1. */
export function squeezed(call: NodeCall): NodeRef {
  const shape = axesDropped(call, call.builder.shapeOf(call.tensor(0)));
  return call.builder.add('reshape', [call.tensor(0)], { shape }, call.output);
}

/** inputs: x · axis */
export function expanded(call: NodeCall): NodeRef {
  const shape = call.builder.shapeOf(call.tensor(0));
  const axis = fromStart(call.setting(1)[0]!, shape.length + 1);
  const wider = [...shape.slice(0, axis), 1, ...shape.slice(axis)];
  return call.builder.add('reshape', [call.tensor(0)], { shape: wider }, call.output);
}

/** inputs: x · order */
export function transposed(call: NodeCall): NodeRef {
  const order = call.setting(1);
  const axes = [...order].sort((a, b) => a - b);
  if (axes.length !== call.rank || axes.some((axis, index) => axis !== index)) {
    throw call.bad(`has the order [${order.join(', ')}], expected each of ${call.rank} axes once`);
  }
  return call.builder.add('transpose', [call.tensor(0)], { order: [...order] }, call.output);
}

/** inputs: x · begin · end · strides, for each of the first axes */
export function sliced(call: NodeCall): NodeRef {
  const shape = call.builder.shapeOf(call.tensor(0));
  const [begin, end, strides] = [1, 2, 3].map((index) => call.setting(index)) as number[][];
  if (call.number('ellipsis_mask', 0) || call.number('new_axis_mask', 0)) {
    throw call.unsupported('a cut with new or left out axes');
  }
  if (strides!.some((stride) => stride !== 1)) throw call.unsupported('a cut with a stride');
  const shrunk = (axis: number): boolean => bit(call, 'shrink_axis_mask', axis);
  const cuts = shape.map((size, axis) => {
    if (axis >= begin!.length) return [0, 0] as const;
    const from = bit(call, 'begin_mask', axis) && !shrunk(axis) ? 0 : begin![axis]!;
    if (shrunk(axis)) return cutTo(call, size, from, from === -1 ? null : from + 1);
    return cutTo(call, size, from, bit(call, 'end_mask', axis) ? null : end![axis]!);
  });
  const [before, after] = [0, 1].map((side) => cuts.map((cut) => cut[side]!));
  const rest = shape.filter((_, axis) => !shrunk(axis));
  if (rest.length === shape.length) {
    return call.builder.add(
      'crop',
      [call.tensor(0)],
      { before: before!, after: after! },
      call.output,
    );
  }
  const cropped = call.builder.add('crop', [call.tensor(0)], { before: before!, after: after! });
  const left = call.builder.shapeOf(cropped).filter((_, axis) => !shrunk(axis));
  return call.builder.add('reshape', [cropped], { shape: left }, call.output);
}

function bit(call: NodeCall, mask: string, axis: number): boolean {
  return ((call.number(mask, 0) >> axis) & 1) === 1;
}

/** [cells cut off before, after] of an axis of which [from, to) is left; null is its end. */
function cutTo(
  call: NodeCall,
  size: Dimension,
  from: number,
  to: number | null,
): readonly [number, number] {
  if (from === 0 && to === null) return [0, 0];
  if (size === null) {
    if (from >= 0 && (to === null || to < 0)) return [from, -(to ?? 0)];
    throw call.unsupported('a cut that depends on how large the picture is');
  }
  const place = (index: number): number =>
    Math.min(Math.max(index < 0 ? index + size : index, 0), size);
  const [first, last] = [place(from), to === null ? size : place(to)];
  if (first >= last) throw call.bad(`cuts [${from}, ${to ?? 'end'}) out of ${size} cells: nothing`);
  return [first, size - last];
}
