/** Ops over several values, element by element, with broadcasting. */
import type { NodeRef } from '../../graph/graph.ts';
import { arranged, reshapedConstant, transposedConstant } from './arrange.ts';
import type { NodeCall } from './node-call.ts';
import { reshaped } from './reshape.ts';
import { asConstant, cellsOf, dimsOf, inOrderOf, tensorOf } from './value.ts';
import type { ConstantValue, Numbers, Tensor, Value } from './value.ts';

/** Adds `op` over two values, of which at least one is a tensor. */
export function combined(call: NodeCall, op: string, a: Value, b: Value, name?: string): Tensor {
  const { builder } = call;
  // What is constant comes second where it may: it can be folded into a convolution then.
  const swaps = (op === 'add' || op === 'mul') && a.kind !== 'tensor';
  const values = swaps ? [b, a] : [a, b];
  const like = referenceOf(call, values);
  const refs = values.map((value) => operand(call, value, like));
  return { ...tensorOf(builder, builder.add(op, refs, {}, name), like.order), ...kept(like) };
}

/** A tensor of the result's rank, whose order of axes all others take. */
function referenceOf(call: NodeCall, values: readonly Value[]): Tensor {
  const { builder } = call;
  const rank = Math.max(...values.map((value) => dimsOf(value).length));
  const tensors = values.filter((value): value is Tensor => value.kind === 'tensor');
  const widest = tensors.reduce((a, b) => (b.dims.length > a.dims.length ? b : a));
  const plainly = tensors.length === 1 && values.every((value) => value === widest || isOne(value));
  if (plainly && widest.dims.length === rank) return widest;
  return widened(call, arranged(builder, widest, widest.order), rank);
}

/** A value in the layout of `like`, with 1s for the axes that it lacks. */
function operand(call: NodeCall, value: Value, like: Tensor): NodeRef {
  const rank = like.dims.length;
  if (value.kind === 'tensor') {
    if (value.ref === like.ref) return like.ref;
    return arranged(call.builder, widened(call, value, rank), like.order).ref;
  }
  const name = call.node.inputs[call.values.indexOf(value)] ?? madeName(value);
  const { constant } = asConstant(value, name);
  if (isOne(value)) return call.added(name, reshapedConstant(constant, []));
  const dims = [...ones(rank - constant.shape.length), ...constant.shape];
  return call.added(name, transposedConstant(reshapedConstant(constant, dims), like.order));
}

/** The tensor with axes of size 1 in front. */
function widened(call: NodeCall, tensor: Tensor, rank: number): Tensor {
  return reshaped(call.builder, tensor, [...ones(rank - tensor.dims.length), ...tensor.dims]);
}

export function kept({ flattened }: Tensor): Pick<Tensor, 'flattened'> {
  return flattened ? { flattened } : {};
}

/** A constant that a node brings itself is called by its own name. */
function madeName(value: ConstantValue | Numbers): string {
  return value.kind === 'constant' ? value.name : `number ${value.values.join(' ')}`;
}

function isOne(value: Value): boolean {
  return cellsOf(dimsOf(value)) === 1;
}

function ones(count: number): number[] {
  return inOrderOf(count).map(() => 1);
}
