/** Reshapes of tensors whose axes lie in another order than ONNX's. */
import type { Dimension } from '../../graph/graph.ts';
import { arranged, asInOnnx, pinned } from './arrange.ts';
import { channelShuffle } from './channel-shuffle.ts';
import type { NominalBuilder } from './nominal-builder.ts';
import { CHANNELS_LAST, cellsOf, inOrderOf, sameNumbers, tensorOf } from './value.ts';
import type { Tensor } from './value.ts';

/** Axes that become other axes together: [4, 6] → [24], or [24] → [2, 12]. Sizes of 1 are in none. */
interface Group {
  readonly from: readonly number[];
  readonly to: readonly number[];
}

/**
 * The tensor in another shape, its cells in ONNX's order. Where the axes that melt into one lie
 * side by side, nothing is moved.
 * @param dims as large as the tensor.
 */
export function reshaped(
  builder: NominalBuilder,
  tensor: Tensor,
  dims: readonly number[],
  name?: string,
): Tensor {
  if (sameNumbers(tensor.dims, dims)) return tensor;
  if (tensor.flattened) return reshaped(builder, asInOnnx(builder, tensor), dims, name);
  const groups = groupsOf(tensor.dims, dims);
  const stored = groups && storedGroups(tensor, groups);
  if (stored) return withoutMoving(builder, tensor, { dims, groups: stored }, name);
  if (isFlattening(tensor, dims)) {
    const channelsLast = arranged(builder, tensor, CHANNELS_LAST);
    const [, ...flattened] = channelsLast.dims;
    const whole = builder.shapeOf(channelsLast.ref).includes(null) ? null : dims[1]!;
    const ref = builder.add('reshape', [channelsLast.ref], { shape: [1, whole] }, name);
    return { ...tensorOf(builder, ref), flattened };
  }
  if (groups) {
    const gathered = arranged(builder, tensor, gatheredOrder(tensor, groups));
    return reshaped(builder, gathered, dims, name);
  }
  const plain = asInOnnx(builder, tensor);
  const ref = pinned(builder, plain.ref);
  return tensorOf(builder, builder.add('reshape', [ref], { shape: dims }, name));
}

/** [1, channels, rows, columns] → [1, all], the border between most networks' two halves. */
function isFlattening({ dims: from, order }: Tensor, to: readonly number[]): boolean {
  return sameNumbers(order, CHANNELS_LAST) && from[0] === 1 && to.length === 2 && to[0] === 1;
}

function withoutMoving(
  builder: NominalBuilder,
  tensor: Tensor,
  { dims, groups }: { dims: readonly number[]; groups: readonly Group[] },
  name: string | undefined,
): Tensor {
  const order = orderFor(
    dims,
    groups.flatMap(({ to }) => to),
  );
  const sizes = builder.shapeOf(tensor.ref);
  const unknown = (axis: number): boolean => sizes[tensor.order.indexOf(axis)] === null;
  const open = groups.filter(({ from }) => from.some(unknown)).flatMap(({ to }) => to);
  const unchanged = groups.every(({ from, to }) => from.length === 1 && to.length === 1);
  const shape: Dimension[] = order.map((axis) =>
    open.length === 1 && axis === open[0] ? null : dims[axis]!,
  );
  const same =
    unchanged &&
    shape.length === sizes.length &&
    sameNumbers(
      builder.nominalOf(tensor.ref),
      order.map((axis) => dims[axis]!),
    );
  if (same) return { kind: 'tensor', ref: tensor.ref, dims, order };
  const shuffled = channelShuffle(builder, tensor.ref, shape, name);
  if (shuffled !== null) return tensorOf(builder, shuffled, order);
  return tensorOf(builder, builder.add('reshape', [tensor.ref], { shape }, name), order);
}

/** An order of the new axes in which those larger than 1 come as `wide` says. */
function orderFor(dims: readonly number[], wide: readonly number[]): readonly number[] {
  const fits = (order: readonly number[]): boolean =>
    sameNumbers(
      order.filter((axis) => dims[axis] !== 1),
      wide,
    );
  if (dims.length === 4 && fits(CHANNELS_LAST)) return CHANNELS_LAST;
  const plain = inOrderOf(dims.length);
  if (fits(plain)) return plain;
  return [...plain.filter((axis) => dims[axis] === 1), ...wide];
}

/** The groups in the order in which the tensor's cells lie; null where a group lies apart. */
function storedGroups(tensor: Tensor, groups: readonly Group[]): Group[] | null {
  const stored = tensor.order.filter((axis) => tensor.dims[axis] !== 1);
  const ordered: Group[] = [];
  for (let at = 0; at < stored.length;) {
    const group = groups.find(({ from }) => from[0] === stored[at]);
    if (!group?.from.every((axis, index) => stored[at + index] === axis)) return null;
    ordered.push(group);
    at += group.from.length;
  }
  return ordered;
}

/** The order in which the axes of each group come together, groups as they are met. */
function gatheredOrder(tensor: Tensor, groups: readonly Group[]): number[] {
  const order: number[] = [];
  for (const axis of tensor.order) {
    const group = groups.find(({ from }) => from.includes(axis));
    for (const each of group?.from ?? [axis]) if (!order.includes(each)) order.push(each);
  }
  return order;
}

/** The smallest groups of axes with the same number of cells. */
function groupsOf(from: readonly number[], to: readonly number[]): Group[] | null {
  const wide = (dims: readonly number[]): number[] =>
    inOrderOf(dims.length).filter((axis) => dims[axis] !== 1);
  const [left, right] = [wide(from), wide(to)];
  if (cellsOf(from) !== cellsOf(to)) return null;
  const groups: Group[] = [];
  while (left.length > 0 && right.length > 0) {
    const group = { from: [left.shift()!], to: [right.shift()!] };
    let [before, after] = [from[group.from[0]!]!, to[group.to[0]!]!];
    while (before !== after) {
      const next = before < after ? left.shift() : right.shift();
      if (next === undefined) return null;
      if (before < after) {
        before *= from[next]!;
        group.from.push(next);
      } else {
        after *= to[next]!;
        group.to.push(next);
      }
    }
    groups.push(group);
  }
  return groups;
}
