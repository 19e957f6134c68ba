/** Products in Einstein's notation: of two tensors, as products of matrices in stacks. */
import { arranged } from './arrange.ts';
import type { NodeCall } from './node-call.ts';
import type { NominalBuilder } from './nominal-builder.ts';
import { reshaped } from './reshape.ts';
import { cellsOf, inOrderOf, tensorOf } from './value.ts';
import type { Tensor } from './value.ts';

interface Equation {
  readonly left: readonly string[];
  readonly right: readonly string[];
  readonly result: readonly string[];
}

/** `bhid,bhjd->bhij`: letters in both operands count matrices, or are summed over. */
export function einsum(call: NodeCall): Tensor {
  const { left, right, result } = equationOf(call);
  const { builder } = call;
  const [a, b] = [call.tensor(0), call.tensor(1)];
  const sizes = sizesOf(call, [
    [left, a.dims],
    [right, b.dims],
  ]);
  const shared = left.filter((letter) => right.includes(letter));
  const stack = shared.filter((letter) => result.includes(letter));
  const summed = shared.filter((letter) => !result.includes(letter));
  const rows = left.filter((letter) => !right.includes(letter));
  const columns = right.filter((letter) => !left.includes(letter));
  const given = [...stack, ...rows, ...columns];
  if ([...rows, ...columns].some((letter) => !result.includes(letter)) || given.length > 8) {
    throw call.unsupported(`the equation '${call.text('equation', '')}'`);
  }
  const count = (letters: readonly string[]): number =>
    cellsOf(letters.map((letter) => sizes.get(letter)!));
  const matrices = (x: Tensor, letters: readonly string[], parts: readonly string[][]): Tensor => {
    const order = parts.flat().map((letter) => letters.indexOf(letter));
    return reshaped(builder, turned(builder, x, order), parts.map(count));
  };
  const product = builder.add('matMul', [
    matrices(a, left, [stack, rows, summed]).ref,
    matrices(b, right, [stack, summed, columns]).ref,
  ]);
  const dims = given.map((letter) => sizes.get(letter)!);
  const named = reshaped(builder, tensorOf(builder, product), dims, call.output());
  return {
    ...named,
    dims: result.map((letter) => sizes.get(letter)!),
    order: named.order.map((axis) => result.indexOf(given[axis]!)),
  };
}

/** The tensor with its axes in that order, as if ONNX had them so. */
function turned(builder: NominalBuilder, x: Tensor, order: readonly number[]): Tensor {
  const { ref } = arranged(builder, x, order);
  return tensorOf(builder, ref, inOrderOf(order.length));
}

function equationOf(call: NodeCall): Equation {
  const equation = call.text('equation', '').replace(/\s/g, '');
  const parts = /^([a-z]+),([a-z]+)->([a-z]+)$/i.exec(equation)?.slice(1) ?? [];
  const [left, right, result] = parts.map((letters) => Array.from(letters));
  const isPlain = parts.every((letters) => new Set(letters).size === letters.length);
  if (left && right && result && isPlain) {
    if (result.every((letter) => left.includes(letter) || right.includes(letter))) {
      return { left, right, result };
    }
  }
  throw call.unsupported(`the equation '${equation.slice(0, 60)}'`);
}

function sizesOf(
  call: NodeCall,
  operands: readonly (readonly [letters: readonly string[], dims: readonly number[]])[],
): Map<string, number> {
  const sizes = new Map<string, number>();
  for (const [letters, dims] of operands) {
    letters.forEach((letter, axis) => {
      const size = dims[axis] ?? NaN;
      if (letters.length === dims.length && (sizes.get(letter) ?? size) === size) {
        sizes.set(letter, size);
      } else
        throw call.bad(`has operands that do not fit '${letters.join('')}': [${dims.join(', ')}]`);
    });
  }
  return sizes;
}
