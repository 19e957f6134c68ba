/**
 * Sums and means over axes. attributes: axes, keepDimensions.
 * Without kept dimensions the remaining axes keep their order.
 */
import type { Attributes, Shape } from '../graph/graph.ts';
import { booleanOf, listOf } from './attributes.ts';
import type { OnnxCall, OnnxEmitter, OpDefinition, Tensor, Tensorflow } from './op.ts';

export const reduceMean = reduction(
  'reduceMean',
  'ReduceMean',
  (tf, x, axes, keep) => tf.mean(x, axes, keep),
  'GlobalAveragePool',
);
export const reduceSum = reduction('reduceSum', 'ReduceSum', (tf, x, axes, keep) =>
  tf.sum(x, axes, keep),
);

export function reduction(
  name: string,
  onnxType: string,
  tensorflow: (tf: Tensorflow, x: Tensor, axes: number[], keep: boolean) => Tensor,
  /** The same over rows and columns, which engines compute without changing the layout. */
  overPicture?: string,
): OpDefinition {
  return {
    name,
    shape: ([x], attributes) => reducedShape(x!, attributes),
    tensorflow: (tf, [x], attributes) =>
      tensorflow(tf, x!, [...listOf(attributes, 'axes')], booleanOf(attributes, 'keepDimensions')),
    onnx: (emit, call) => {
      const keep = booleanOf(call.attributes, 'keepDimensions');
      const shape = emit.shapeOf(call.refs[0]!);
      const isPicture = shape.length === 4 && listOf(call.attributes, 'axes').join() === '1,2';
      if (overPicture !== undefined && keep && isPicture)
        return emit.node(overPicture, call.inputs);
      // Dropping an axis of a rank-4 tensor leaves the others in the engine's order: NHWC first.
      const reorders =
        !keep && shape.length === 4 && reducedShape(shape, call.attributes).length > 2;
      const x = reorders
        ? emit.node('Transpose', call.inputs, { perm: [0, 2, 3, 1] })
        : call.inputs[0]!;
      const axes = listOf(call.attributes, 'axes').map((axis) =>
        reorders ? axis : emit.axis(axis, shape.length),
      );
      return emit.node(onnxType, [x, emit.integers(axes)], { keepdims: keep ? 1 : 0 });
    },
    backward: ({ builder, attributes, x, dy }) => [
      builder.add(`${name}Gradient`, [dy, x[0]!], attributes),
    ],
  };
}

/** inputs: dy · x (for its size alone). Every cell of x gets its group's cotangent. */
export const reduceSumGradient: OpDefinition = {
  name: 'reduceSumGradient',
  shape: ([, x]) => x!,
  spatial: (_emit, [, x]) => x!,
  onnx: (emit, call) => spread(emit, call, call.inputs[0]!),
};

/** inputs: dy · x (for its size alone). As the sum's, divided by the number of cells. */
export const reduceMeanGradient: OpDefinition = {
  name: 'reduceMeanGradient',
  shape: ([, x]) => x!,
  spatial: (_emit, [, x]) => x!,
  onnx: (emit, call) => {
    const sizes = emit.node('Gather', [
      emit.node('Shape', [call.inputs[1]!]),
      onnxAxes(emit, call),
    ]);
    const count = emit.node('Cast', [emit.node('ReduceProd', [sizes], { keepdims: 0 })], { to: 1 });
    return spread(emit, call, emit.node('Div', [call.inputs[0]!, count]));
  },
};

function spread(emit: OnnxEmitter, call: OnnxCall, dy: string): string {
  const x = call.inputs[1]!;
  const shape = emit.node('Shape', [x]);
  if (booleanOf(call.attributes, 'keepDimensions')) return emit.node('Expand', [dy, shape]);
  const dropped = [...listOf(call.attributes, 'axes')].sort((a, b) => a - b);
  const kept = emit.node('Unsqueeze', [dy, emit.integers(dropped)]);
  const rank = emit.shapeOf(call.refs[1]!).length;
  return emit.node('Expand', [
    rank === 4 ? emit.node('Transpose', [kept], { perm: [0, 3, 1, 2] }) : kept,
    shape,
  ]);
}

function onnxAxes(emit: OnnxEmitter, call: OnnxCall): string {
  const rank = emit.shapeOf(call.refs[1]!).length;
  const axes = listOf(call.attributes, 'axes').map((axis) => emit.axis(axis, rank));
  return emit.integers(axes.sort((a, b) => a - b));
}

function reducedShape(x: Shape, attributes: Attributes): Shape {
  const axes = new Set(listOf(attributes, 'axes'));
  if (booleanOf(attributes, 'keepDimensions'))
    return x.map((size, axis) => (axes.has(axis) ? 1 : size));
  return x.filter((_, axis) => !axes.has(axis));
}
