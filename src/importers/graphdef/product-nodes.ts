/** Products of stacks of matrices, as attention has them. */
import type { Dimension, NodeRef, Shape } from '../../graph/graph.ts';
import type { NodeCall } from './node-call.ts';

/** inputs: x [… , rows, inputs] · y [… , inputs, columns], as many of both */
export function stackedProduct(call: NodeCall): NodeRef {
  const { builder } = call;
  const shapes = [call.shapeOf(0), call.shapeOf(1)];
  const [left, right] = ['adj_x', 'adj_y'].map((flag, index) => {
    const [stack, matrix] = [shapes[index]!.slice(0, -2), shapes[index]!.slice(-2)];
    const flat = reshaped(call, call.tensor(index), [productOf(stack), ...matrix]);
    return call.flag(flag) ? builder.add('transpose', [flat], { order: [0, 2, 1] }) : flat;
  }) as [NodeRef, NodeRef];
  const stack = shapes[0]!.slice(0, -2);
  const alike = stack.join() === shapes[1]!.slice(0, -2).join() && stack.length > 0;
  if (!alike) throw unfit(call, shapes);
  const product = builder.add('matMul', [left, right]);
  const dims = [...stack, ...builder.shapeOf(product).slice(1)];
  return reshaped(call, product, dims, call.output);
}

/** Of two operands: letters in both count matrices, or are summed over. */
export function einsum(call: NodeCall): NodeRef {
  const { builder } = call;
  const [left, right, result] = equationOf(call);
  const sizes = new Map<string, Dimension>();
  [left, right].forEach((letters, index) => {
    const shape = call.shapeOf(index);
    if (shape.length !== letters.length) throw unfit(call, [call.shapeOf(0), call.shapeOf(1)]);
    letters.forEach((letter, axis) => sizes.set(letter, shape[axis] ?? sizes.get(letter) ?? null));
  });
  const shared = left.filter((letter) => right.includes(letter));
  const stack = shared.filter((letter) => result.includes(letter));
  const summed = shared.filter((letter) => !result.includes(letter));
  const rows = left.filter((letter) => !shared.includes(letter));
  const columns = right.filter((letter) => !shared.includes(letter));
  const given = [...stack, ...rows, ...columns];
  if ([...given].sort().join() !== [...result].sort().join()) throw unread(call);
  const of = (letters: readonly string[]): Dimension[] =>
    letters.map((letter) => sizes.get(letter) ?? null);
  const matrices = (index: number, letters: string[], parts: readonly string[][]): NodeRef => {
    const order = parts.flat().map((letter) => letters.indexOf(letter));
    const turned = transposed(call, call.tensor(index), order);
    const grouped = parts.map((part) => productOf(of(part)));
    return reshaped(call, turned, stack.length === 0 ? grouped.slice(1) : grouped);
  };
  const product = builder.add('matMul', [
    matrices(0, left, [stack, rows, summed]),
    matrices(1, right, [stack, summed, columns]),
  ]);
  const order = result.map((letter) => given.indexOf(letter));
  const inOrder = order.every((axis, index) => axis === index);
  const wide = reshaped(call, product, of(given), inOrder ? call.output : undefined);
  return inOrder ? wide : builder.add('transpose', [wide], { order }, call.output);
}

/** `acbe,aecd->abcd`: every letter once in each part. */
function equationOf(call: NodeCall): [left: string[], right: string[], result: string[]] {
  const written = call.node.attributes['equation'];
  const parts = /^([a-z]+),([a-z]+)->([a-z]+)$/i.exec(typeof written === 'string' ? written : '');
  const letters = parts?.slice(1).map((part) => Array.from(part)) ?? [];
  const isPlain = letters.every((part) => new Set(part).size === part.length);
  if (letters.length === 3 && isPlain) return letters as [string[], string[], string[]];
  throw unread(call);
}

function unread(call: NodeCall): Error {
  const written = String(call.node.attributes['equation']).slice(0, 60);
  return call.unsupported(`the equation '${written}'`);
}

function unfit(call: NodeCall, shapes: readonly Shape[]): Error {
  const found = shapes.map((shape) => `[${shape.map((size) => size ?? 'any').join(', ')}]`);
  return call.unsupported(`a product of ${found.join(' and ')}`);
}

function transposed(call: NodeCall, x: NodeRef, order: readonly number[]): NodeRef {
  if (order.every((axis, index) => axis === index)) return x;
  return call.builder.add('transpose', [x], { order });
}

function reshaped(call: NodeCall, x: NodeRef, shape: Shape, name?: string): NodeRef {
  const found = call.builder.shapeOf(x);
  if (name === undefined && found.join() === shape.join()) return x;
  if (shape.filter((size) => size === null).length > 1) {
    throw call.unsupported('a shape of which several sizes depend on the picture');
  }
  return call.builder.add('reshape', [x], { shape }, name);
}

function productOf(sizes: readonly Dimension[]): Dimension {
  return sizes.reduce<Dimension>(
    (product, size) => (product === null || size === null ? null : product * size),
    1,
  );
}
