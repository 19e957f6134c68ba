/** Sums, products, comparisons: nodes over several values, element by element. */
import { combined } from './combine.ts';
import { foldElementwise, foldUnary, knownInputs } from './fold.ts';
import type { NodeCall, NodeDefinition } from './node-call.ts';
import type { Numbers, Tensor, Value } from './value.ts';
import { dimsOf } from './value.ts';

/** @param compute the same for known numbers; whole ones are truncated where ONNX does. */
export function binary(
  op: string,
  compute: (a: number, b: number) => number,
  truncates = false,
): NodeDefinition {
  const fold = foldElementwise(compute, truncates);
  return (call) => {
    if (knownInputs(call)) return fold(call);
    return combined(call, op, call.value(0), legacy(call), call.output());
  };
}

type Pair = (call: NodeCall, a: Value, b: Value, name?: string) => Tensor;

/** Any number of inputs: Sum, Max, Min. */
export function many(join: Pair, compute: (a: number, b: number) => number): NodeDefinition {
  const fold = foldElementwise((...values) => values.reduce(compute));
  return (call) => (knownInputs(call) ? fold(call) : accumulated(call, join));
}

export const sum: Pair = (call, a, b, name) => combined(call, 'add', a, b, name);

/** b + max(a − b, 0) */
export const larger: Pair = (call, a, b, name) => {
  const above = rectified(call, combined(call, 'sub', a, b));
  return combined(call, 'add', above, b, name);
};

/** a − max(a − b, 0) */
export const smaller: Pair = (call, a, b, name) => {
  const above = rectified(call, combined(call, 'sub', a, b));
  return combined(call, 'sub', a, above, name);
};

function rectified(call: NodeCall, x: Tensor): Tensor {
  return { ...x, ref: call.builder.add('relu', [x.ref]) };
}

export function mean(call: NodeCall): Value {
  const count = call.values.length;
  if (count === 1) return call.tensor(0);
  const total = accumulated(call, sum, false);
  return combined(call, 'mul', total, scalar(1 / count), call.output());
}

/** Constant exponents: what is not a product or a root is exp(log(x)·n). */
export function power(call: NodeCall): Value {
  if (knownInputs(call)) return foldElementwise(Math.pow)(call);
  const exponents = call.constant(1).constant;
  const exponent = dimsOf(call.value(1)).every((size) => size === 1) ? exponents.read()[0] : NaN;
  const x = call.tensor(0);
  const add = (op: string, ref: string, last = true): Tensor => ({
    ...x,
    ref: call.builder.add(op, [ref], {}, last ? call.output() : undefined),
  });
  if (exponent === 1) return x;
  if (exponent === 2) return add('square', x.ref);
  if (exponent === 0.5) return add('sqrt', x.ref);
  if (exponent === 3) return combined(call, 'mul', add('square', x.ref, false), x, call.output());
  throw call.unsupported('an exponent other than 0.5, 1, 2 and 3');
}

/** For known numbers only: shapes are compared and chosen from. */
export function known(compute: (...values: number[]) => number): NodeDefinition {
  const fold = foldElementwise(compute);
  return (call) => {
    if (knownInputs(call)) return fold(call);
    throw call.unsupported('what is computed from the picture');
  };
}

/** A function of one element, with the same for known numbers. */
export function unary(
  build: (call: NodeCall) => Tensor,
  compute: (x: number) => number,
): NodeDefinition {
  const fold = foldUnary(compute);
  return (call) => (knownInputs(call) ? fold(call) : build(call));
}

export function scalar(value: number): Numbers {
  return { kind: 'numbers', dims: [], values: [value], whole: false };
}

function accumulated(call: NodeCall, join: Pair, named = true): Tensor {
  const values = call.node.inputs.map((_, index) => call.value(index));
  const first = values.findIndex(({ kind }) => kind === 'tensor');
  let total: Value = values.splice(first, 1)[0]!;
  values.forEach((value, index) => {
    const last = named && index === values.length - 1;
    total = join(call, total, value, last ? call.output() : undefined);
  });
  return total as Tensor;
}

/** Before opset 7 an attribute said which axes the second input stands for. */
function legacy(call: NodeCall): Value {
  const [a, b] = [call.dims(0), call.value(1)];
  const axis = call.number('axis', -1);
  if (call.opset >= 7 || call.number('broadcast', 0) === 0 || axis < 0) return b;
  const dims = [...dimsOf(b), ...a.slice(axis + dimsOf(b).length).map(() => 1)];
  if (b.kind === 'numbers') return { ...b, dims };
  if (b.kind === 'constant') return { ...b, constant: { ...b.constant, shape: dims } };
  throw call.unsupported('the broadcasting of opset 6 between two tensors');
}
