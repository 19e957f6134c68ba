/** Functions of one element at a time that have no kinks. */
import type { NodeRef } from '../graph/graph.ts';
import type { BackwardContext, OpDefinition, Tensor, Tensorflow } from './op.ts';

export const exp = smooth(
  'exp',
  'Exp',
  (tf, x) => tf.exp(x),
  ({ builder, y, dy }) => builder.add('mul', [dy, y]),
);

export const log = smooth(
  'log',
  'Log',
  (tf, x) => tf.log(x),
  ({ builder, x, dy }) => builder.add('div', [dy, x[0]!]),
);

export const sqrt = smooth(
  'sqrt',
  'Sqrt',
  (tf, x) => tf.sqrt(x),
  ({ builder, y, dy }) => builder.add('div', [builder.add('mul', [dy, builder.scalar(0.5)]), y]),
);

export const tanh = smooth(
  'tanh',
  'Tanh',
  (tf, x) => tf.tanh(x),
  // tanh′ = 1 − tanh²
  ({ builder, y, dy }) =>
    builder.add('mul', [dy, builder.add('sub', [builder.scalar(1), builder.add('square', [y])])]),
);

export const erf = smooth(
  'erf',
  'Erf',
  (tf, x) => tf.erf(x),
  // erf′(x) = 2/√π · exp(−x²)
  ({ builder, x, dy }) => {
    const negative = builder.add('mul', [builder.add('square', [x[0]!]), builder.scalar(-1)]);
    const scaled = builder.add('mul', [dy, builder.scalar(2 / Math.sqrt(Math.PI))]);
    return builder.add('mul', [scaled, builder.add('exp', [negative])]);
  },
);

function smooth(
  name: string,
  onnxType: string,
  tensorflow: (tf: Tensorflow, x: Tensor) => Tensor,
  cotangent: (context: BackwardContext) => NodeRef,
): OpDefinition {
  return {
    name,
    shape: ([x]) => x!,
    tensorflow: (tf, [x]) => tensorflow(tf, x!),
    onnx: (emit, { inputs }) => emit.node(onnxType, inputs),
    backward: (context) => [cotangent(context)],
  };
}
