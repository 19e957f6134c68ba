/** Brings values into an order of axes. */
import type { NodeRef } from '../../graph/graph.ts';
import type { StoredConstant } from '../weights.ts';
import { derived } from '../weights.ts';
import type { NominalBuilder } from './nominal-builder.ts';
import { cellsOf, inOrderOf, sameNumbers, tensorOf } from './value.ts';
import type { Tensor } from './value.ts';

/** The tensor with its axes in `order`: transposed where they lie otherwise. */
export function arranged(
  builder: NominalBuilder,
  tensor: Tensor,
  order: readonly number[],
): Tensor {
  const plain = unflattened(builder, tensor);
  if (sameNumbers(plain.order, order)) return plain;
  const ref = pinned(builder, plain.ref);
  const wide = (axes: readonly number[]): number[] => axes.filter((axis) => plain.dims[axis] !== 1);
  if (sameNumbers(wide(plain.order), wide(order))) {
    const shape = order.map((axis) => plain.dims[axis]!);
    return tensorOf(builder, builder.add('reshape', [ref], { shape }), order);
  }
  const transposed = builder.add('transpose', [ref], {
    order: order.map((axis) => plain.order.indexOf(axis)),
  });
  return tensorOf(builder, transposed, order);
}

/** The tensor as ONNX has it. */
export function asInOnnx(builder: NominalBuilder, tensor: Tensor): Tensor {
  return arranged(builder, tensor, inOrderOf(tensor.dims.length));
}

/** What comes out is as large as for the network's own pictures, whichever come. */
export function pinned(builder: NominalBuilder, ref: NodeRef): NodeRef {
  if (!builder.shapeOf(ref).includes(null)) return ref;
  return builder.add('reshape', [ref], { shape: builder.nominalOf(ref) });
}

function unflattened(builder: NominalBuilder, tensor: Tensor): Tensor {
  const { ref, flattened, dims } = tensor;
  if (!flattened) return tensor;
  const [channels, rows, columns] = flattened as [number, number, number];
  const picture = builder.add('reshape', [ref], { shape: [dims[0]!, rows, columns, channels] });
  const turned = builder.add('transpose', [picture], { order: [0, 3, 1, 2] });
  return tensorOf(builder, builder.add('reshape', [turned], { shape: dims }));
}

/** A constant with its axes in another order: axis i of the result is axis order[i]. */
export function transposedConstant(
  constant: StoredConstant,
  order: readonly number[],
): StoredConstant {
  const shape = order.map((axis) => constant.shape[axis]!);
  if (sameNumbers(order, inOrderOf(order.length))) return constant;
  return derived(shape, [constant], ([values]) => transposed(values!, constant.shape, order));
}

export function reshapedConstant(
  constant: StoredConstant,
  shape: readonly number[],
): StoredConstant {
  return { ...constant, shape };
}

function transposed(
  values: Float32Array,
  dims: readonly number[],
  order: readonly number[],
): Float32Array {
  const steps = order.map((axis) => cellsOf(dims.slice(axis + 1)));
  const shape = order.map((axis) => dims[axis]!);
  const target = new Float32Array(values.length);
  if (values.length === 0) return target;
  const place = shape.map(() => 0);
  for (let to = 0, from = 0; to < target.length; to++) {
    target[to] = values[from]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += steps[axis]!;
      if (++place[axis]! < shape[axis]!) break;
      from -= steps[axis]! * shape[axis]!;
      place[axis] = 0;
    }
  }
  return target;
}
