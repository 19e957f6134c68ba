/** Element by element over two tensors, with broadcasting as in NumPy. */
import { sizeOf } from '../graph/graph.ts';
import type { Dimension, NodeRef, Shape } from '../graph/graph.ts';
import type { BackwardContext, OpDefinition, Tensor, Tensorflow } from './op.ts';

export const add = elementwise('add', 'Add', (tf, a, b) => tf.add(a, b), {
  first: ({ dy }) => dy,
  second: ({ dy }) => dy,
});

export const sub = elementwise('sub', 'Sub', (tf, a, b) => tf.sub(a, b), {
  first: ({ dy }) => dy,
  second: ({ builder, dy }) => builder.add('mul', [dy, builder.scalar(-1)]),
});

export const mul = elementwise('mul', 'Mul', (tf, a, b) => tf.mul(a, b), {
  first: ({ builder, x, dy }) => builder.add('mul', [dy, x[1]!]),
  second: ({ builder, x, dy }) => builder.add('mul', [dy, x[0]!]),
});

export const div = elementwise('div', 'Div', (tf, a, b) => tf.div(a, b), {
  first: ({ builder, x, dy }) => builder.add('div', [dy, x[1]!]),
  second: ({ builder, x, y, dy }) => {
    const quotient = builder.add('div', [builder.add('mul', [dy, y]), x[1]!]);
    return builder.add('mul', [quotient, builder.scalar(-1)]);
  },
});

/** The shape of both together: axes are matched from the last, and 1 stretches. */
export function broadcastShape(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  const along = (shape: Shape, axis: number): Dimension =>
    axis < rank - shape.length ? 1 : sizeOf(shape, axis - rank + shape.length);
  return Array.from({ length: rank }, (_, axis) => {
    const [left, right] = [along(a, axis), along(b, axis)];
    if (left === 1) return right;
    if (right === 1 || right === left) return left;
    if (left === null || right === null) return left ?? right;
    throw new Error(`[${a.join(', ')}] and [${b.join(', ')}] do not broadcast`);
  });
}

interface Cotangents {
  first(context: BackwardContext): NodeRef;
  second(context: BackwardContext): NodeRef;
}

function elementwise(
  name: string,
  onnxType: string,
  tensorflow: (tf: Tensorflow, a: Tensor, b: Tensor) => Tensor,
  cotangents: Cotangents,
): OpDefinition {
  return {
    name,
    shape: ([a, b]) => broadcastShape(a!, b!),
    spatial: (emit, [a, b]) => {
      // A single cell is stretched over the other's rows and columns.
      const stretches = a === '' || (b !== '' && a === emit.integers([1, 1]));
      return stretches ? b! : a!;
    },
    tensorflow: (tf, [a, b]) => tensorflow(tf, a!, b!),
    onnx: (emit, { inputs, refs }) => {
      const rank = Math.max(...refs.map((ref) => emit.shapeOf(ref).length));
      return emit.node(
        onnxType,
        inputs.map((input, index) => emit.broadcast(input, refs[index]!, rank)),
      );
    },
    backward: (context) => [
      context.wants(0) ? unbroadcast(context, context.x[0]!, cotangents.first(context)) : null,
      context.wants(1) ? unbroadcast(context, context.x[1]!, cotangents.second(context)) : null,
    ],
  };
}

/** Sums a cotangent over the axes along which `x` was stretched. */
function unbroadcast({ builder, shapeOf, y }: BackwardContext, x: NodeRef, dy: NodeRef): NodeRef {
  const [from, to] = [shapeOf(y), shapeOf(x)];
  const missing = from.length - to.length;
  const axes = from.flatMap((size, axis) =>
    axis < missing || (to[axis - missing] === 1 && size !== 1) ? [axis] : [],
  );
  if (axes.length === 0) return dy;
  const sum = builder.add('reduceSum', [dy], { axes, keepDimensions: true });
  return missing === 0 ? sum : builder.add('reshape', [sum], { shape: to });
}
