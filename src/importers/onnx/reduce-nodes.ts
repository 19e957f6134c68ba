/** Sums, means and maxima over axes. */
import { arranged } from './arrange.ts';
import { combined } from './combine.ts';
import type { NodeCall } from './node-call.ts';
import { reduceKnown } from './shape-nodes.ts';
import { inOrderOf, tensorOf } from './value.ts';
import type { Tensor, Value } from './value.ts';

/** axes: an attribute before opset 13 or 18, an input since; none means all, or none at all. */
export function reduction(
  op: 'reduceMean' | 'reduceSum' | 'reduceMax',
  combine: (a: number, b: number) => number,
): (call: NodeCall) => Value {
  return (call) => reduceKnown(call, combine) ?? reduced(call, op, call.tensor(0), call.output());
}

/** √Σx² */
export function reduceL2(call: NodeCall): Tensor {
  const x = call.tensor(0);
  const squares = combined(call, 'mul', x, x);
  const sum = reduced(call, 'reduceSum', squares);
  return tensorOf(call.builder, call.builder.add('sqrt', [sum.ref], {}, call.output()), sum.order);
}

function reduced(call: NodeCall, op: string, x: Tensor, name?: string): Tensor {
  const rank = x.dims.length;
  const written = call.list('axes', 1) ?? [];
  if (written.length === 0 && call.number('noop_with_empty_axes', 0) === 1) return x;
  const axes = (written.length === 0 ? inOrderOf(rank) : written).map((axis) =>
    call.axis(axis, rank),
  );
  const keepDimensions = call.number('keepdims', 1) === 1;
  const plain = arranged(call.builder, x, x.order);
  const stored = axes.map((axis) => plain.order.indexOf(axis)).sort((a, b) => a - b);
  const attributes = { axes: stored, keepDimensions };
  const ref = call.builder.add(op, [plain.ref], attributes, name);
  if (keepDimensions) return tensorOf(call.builder, ref, plain.order);
  const left = plain.order.filter((axis) => !axes.includes(axis));
  const ranks = [...left].sort((a, b) => a - b);
  return tensorOf(
    call.builder,
    ref,
    left.map((axis) => ranks.indexOf(axis)),
  );
}

/** For known numbers only. */
export function knownReduction(
  combine: (a: number, b: number) => number,
): (call: NodeCall) => Value {
  return (call) => {
    const value = reduceKnown(call, combine);
    if (value) return value;
    throw call.unsupported('what is computed from the picture');
  };
}
