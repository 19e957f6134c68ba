/** Nodes that compute cell by cell. */
import type { NodeRef } from '../../graph/graph.ts';
import { addActivation, elu, leakyRelu } from '../activations.ts';
import type { NodeCall } from './node-call.ts';

export function activation(name: string): (call: NodeCall) => NodeRef {
  return (call) => addActivation(call.builder, name, call.tensor(0), call.output);
}

/** A node that is one of our ops as it is. */
export function unary(op: string): (call: NodeCall) => NodeRef {
  return (call) => call.builder.add(op, [call.tensor(0)], {}, call.output);
}

export function exponentialLinear(call: NodeCall): NodeRef {
  return elu(call.builder, call.tensor(0), 1, call.output);
}

export function leaky(call: NodeCall): NodeRef {
  const slope = call.builder.scalar(call.number('alpha', 0.2));
  return leakyRelu(call.builder, call.tensor(0), slope, call.output);
}

/** log(1 + eˣ) = max(x, 0) + log(1 + e^−|x|), which no large x makes infinite. */
export function softplus(call: NodeCall): NodeRef {
  const { builder } = call;
  const x = call.tensor(0);
  const above = builder.add('relu', [x]);
  const distance = builder.add('sub', [x, builder.add('mul', [above, builder.scalar(2)])]);
  const rest = builder.add('add', [builder.add('exp', [distance]), builder.scalar(1)]);
  return builder.add('add', [above, builder.add('log', [rest])], {}, call.output);
}

/** 1 − erf(x): half of it, at −x / √2, is the gate of a GELU. */
export function complementaryError(call: NodeCall): NodeRef {
  const { builder } = call;
  const error = builder.add('erf', [call.tensor(0)]);
  return builder.add('sub', [builder.scalar(1), error], {}, call.output);
}

export function reciprocalRoot(call: NodeCall): NodeRef {
  const { builder } = call;
  const root = builder.add('sqrt', [call.tensor(0)]);
  return builder.add('div', [builder.scalar(1), root], {}, call.output);
}

/** inputs: x · one exponent */
export function power(call: NodeCall): NodeRef {
  const { builder, output } = call;
  const x = call.tensor(0);
  const exponent = call.shapeOf(1).every((size) => size === 1) ? call.setting(1)[0] : NaN;
  if (exponent === 2) return builder.add('square', [x], {}, output);
  if (exponent === 0.5) return builder.add('sqrt', [x], {}, output);
  if (exponent === 3) return builder.add('mul', [builder.add('square', [x]), x], {}, output);
  throw call.unsupported('an exponent other than 0.5, 2 and 3');
}

export function binary(op: string): (call: NodeCall) => NodeRef {
  return (call) => {
    // What is constant comes second where it may: it can be folded into a convolution then.
    const swaps = (op === 'add' || op === 'mul') && call.isConstant(0) && !call.isConstant(1);
    const [left, right] = swaps ? [1, 0] : [0, 1];
    return call.builder.add(op, [operand(call, left), operand(call, right)], {}, call.output);
  };
}

/** inputs: x · values, one for each channel */
export function biased(call: NodeCall): NodeRef {
  call.refuseChannelsFirst();
  return binary('add')(call);
}

export function negated(call: NodeCall): NodeRef {
  return call.builder.add('mul', [call.tensor(0), call.builder.scalar(-1)], {}, call.output);
}

export function squaredDifference(call: NodeCall): NodeRef {
  const difference = call.builder.add('sub', [operand(call, 0), operand(call, 1)]);
  return call.builder.add('square', [difference], {}, call.output);
}

/** max(a, b) = b + relu(a − b); with one number on one side, a clip. */
export function maximum(call: NodeCall): NodeRef {
  const bound = scalarSide(call);
  if (bound) return clipped(call, bound.x, bound.value, LARGEST);
  const [a, b] = [operand(call, 0), operand(call, 1)];
  const above = call.builder.add('relu', [call.builder.add('sub', [a, b])]);
  return call.builder.add('add', [above, b], {}, call.output);
}

/** min(a, b) = a − relu(a − b) */
export function minimum(call: NodeCall): NodeRef {
  const bound = scalarSide(call);
  if (bound) return clipped(call, bound.x, -LARGEST, bound.value);
  const [a, b] = [operand(call, 0), operand(call, 1)];
  const above = call.builder.add('relu', [call.builder.add('sub', [a, b])]);
  return call.builder.add('sub', [a, above], {}, call.output);
}

const LARGEST = 3e38;

function clipped(call: NodeCall, x: NodeRef, low: number, high: number): NodeRef {
  return call.builder.add('clip', [x], { low, high }, call.output);
}

/** The one of two inputs that is a single number, and the other. */
function scalarSide(call: NodeCall): { x: NodeRef; value: number } | null {
  for (const index of [0, 1]) {
    if (!call.isConstant(index) || call.shapeOf(index).length > 0) continue;
    return { x: call.tensor(1 - index), value: call.setting(index)[0]! };
  }
  return null;
}

/** A constant of several axes gets as many as the other side: ops take vectors or all axes. */
function operand(call: NodeCall, index: number): NodeRef {
  const rank = Math.max(call.shapeOf(0).length, call.shapeOf(1).length);
  const { length } = call.shapeOf(index);
  if (!call.isConstant(index) || length < 2 || length === rank) return call.tensor(index);
  const { constant } = call.constant(index);
  const shape = [...Array.from({ length: rank - length }, () => 1), ...constant.shape];
  return call.derived({ ...constant, shape }, `${index}`);
}
