/** Products of matrices. */
import { derived } from '../weights.ts';
import type { StoredConstant } from '../weights.ts';
import { asInOnnx, pinned, transposedConstant } from './arrange.ts';
import { combined } from './combine.ts';
import { scalar } from './elementwise-nodes.ts';
import type { NodeCall } from './node-call.ts';
import { reshaped } from './reshape.ts';
import { cellsOf, dimsOf, inOrderOf, sameNumbers, tensorOf } from './value.ts';
import type { Tensor } from './value.ts';

/** alpha · A · B + beta · C */
export function gemm(call: NodeCall): Tensor {
  const [alpha, beta] = [call.number('alpha', 1), call.number('beta', 1)];
  const a = call.tensor(0);
  if (a.dims.length !== 2) throw call.bad(`multiplies [${a.dims.join(', ')}], expected 2 axes`);
  const left = call.number('transA', 0) ? turned(call, a) : a;
  const sums = call.has(2) && beta !== 0;
  const plain = alpha === 1 && !sums;
  const b = call.value(1);
  const flip = call.number('transB', 0) === 1;
  const product =
    b.kind === 'tensor'
      ? productOf(call, left, flip ? turned(call, b) : b, plain)
      : weighed(call, left, flip, plain);
  if (plain) return product;
  const scaled =
    alpha === 1
      ? product
      : combined(call, 'mul', product, scalar(alpha), sums ? undefined : call.output());
  if (!sums) return scaled;
  const c = beta === 1 ? call.value(2) : combined(call, 'mul', call.tensor(2), scalar(beta));
  return combined(call, 'add', scaled, c, call.output());
}

export function matMul(call: NodeCall): Tensor {
  const [a, b] = [call.tensor(0), call.value(1)];
  if (dimsOf(b).length === 2 && b.kind !== 'tensor') return weighed(call, a, false, true);
  return stacked(call, a, call.tensor(1));
}

/** Matrices in stacks: the axes before the last two count them. */
function stacked(call: NodeCall, a: Tensor, b: Tensor): Tensor {
  const { builder } = call;
  const [stack, others] = [a.dims.slice(0, -2), b.dims.slice(0, -2)];
  const [rows, columns] = [a.dims.at(-2), b.dims.at(-1)];
  const count = cellsOf(stack);
  if (rows === undefined || columns === undefined || b.dims.length < 2) {
    throw call.unsupported(`a product of [${a.dims.join(', ')}] and [${b.dims.join(', ')}]`);
  }
  const alike = sameNumbers(stack, others) || (count === 1 && cellsOf(others) === 1);
  if (!alike) {
    const found = `[${a.dims.join(', ')}] and [${b.dims.join(', ')}]`;
    throw call.unsupported(`a product of ${found}, of which one is repeated,`);
  }
  const matrices = (tensor: Tensor): Tensor => {
    const last = tensor.dims.slice(-2);
    return reshaped(builder, tensor, count === 1 ? last : [count, ...last]);
  };
  const product = productOf(call, matrices(a), matrices(b), a.dims.length === 2);
  const wide = stack.length >= others.length ? stack : others;
  return reshaped(builder, product, [...wide, rows, columns], call.output());
}

/** x [… , inputs] · weights [inputs, outputs] */
function weighed(call: NodeCall, x: Tensor, flip: boolean, named: boolean): Tensor {
  const { builder } = call;
  const { constant } = call.constant(1);
  if (constant.shape.length !== 2) {
    throw call.unsupported(`weights of [${constant.shape.join(', ')}] (expected 2 axes)`);
  }
  const straight = flip ? transposedConstant(constant, [1, 0]) : constant;
  const [inputs, outputs] = straight.shape as [number, number];
  if (x.dims.at(-1) !== inputs) {
    throw call.bad(`multiplies [${x.dims.join(', ')}] by [${straight.shape.join(', ')}]`);
  }
  if (liesByCell(x)) return pointwise(call, x, straight, named);
  const rows = cellsOf(x.dims) / inputs;
  const flat = x.flattened ? x : asInOnnx(builder, reshaped(builder, x, [rows, inputs]));
  const weights = x.flattened ? channelsLastRows(straight, x.flattened) : straight;
  const name = `${call.node.inputs[1]!}${flip ? ' turned' : ''}${x.flattened ? ' permuted' : ''}`;
  const inFull = x.dims.length === 2;
  const output = named && inFull ? call.output() : undefined;
  const ref = builder.add('matMul', [flat.ref, call.added(name, weights)], {}, output);
  if (inFull) return tensorOf(builder, ref);
  const dims = [...x.dims.slice(0, -1), outputs];
  return reshaped(builder, tensorOf(builder, ref), dims, named ? call.output() : undefined);
}

/** Whether each product is of one cell of a picture [batch, rows, columns, channels]. */
function liesByCell({ dims, order }: Tensor): boolean {
  return dims.length === 4 && order.at(-1) === 3;
}

/** A convolution of 1×1: for pictures of any size, and without moving a cell. */
function pointwise(call: NodeCall, x: Tensor, weights: StoredConstant, named: boolean): Tensor {
  const filter = { ...weights, shape: [1, 1, ...weights.shape] };
  const inputs = [x.ref, call.added(call.node.inputs[1]!, filter)];
  const window = { size: [1, 1], strides: [1, 1], dilations: [1, 1], padding: 'valid', groups: 1 };
  const output = named ? call.output() : undefined;
  return tensorOf(call.builder, call.builder.add('conv2d', inputs, window, output), x.order);
}

/** Weights [channels · rows · columns, outputs] for inputs in the order rows, columns, channels. */
function channelsLastRows(
  constant: StoredConstant,
  [channels, rows, columns]: readonly number[],
): StoredConstant {
  const cells = rows! * columns!;
  const outputs = constant.shape[1]!;
  return derived(constant.shape, [constant], ([source]) => {
    const target = new Float32Array(source!.length);
    for (let cell = 0, to = 0; cell < cells; cell++) {
      for (let channel = 0; channel < channels!; channel++, to += outputs) {
        const from = (channel * cells + cell) * outputs;
        target.set(source!.subarray(from, from + outputs), to);
      }
    }
    return target;
  });
}

function productOf(call: NodeCall, a: Tensor, b: Tensor, named: boolean): Tensor {
  const { builder } = call;
  const refs = [asInOnnx(builder, a).ref, asInOnnx(builder, b).ref];
  return tensorOf(builder, builder.add('matMul', refs, {}, named ? call.output() : undefined));
}

function turned(call: NodeCall, tensor: Tensor): Tensor {
  const { builder } = call;
  const { ref } = asInOnnx(builder, tensor);
  const attributes = { order: inOrderOf(2).reverse() };
  return tensorOf(builder, builder.add('transpose', [pinned(builder, ref)], attributes));
}
