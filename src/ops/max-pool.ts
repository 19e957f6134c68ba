/**
 * The largest value of each window. attributes: size, strides, padding (padding never wins).
 * Where two cells of a window tie, one of them gets the whole gradient.
 */
import { paddingOf, outputLength } from '../graph/window.ts';
import { windowOf } from './attributes.ts';
import { onnxPadding } from './conv2d.ts';
import type { OnnxCall, OnnxEmitter, OpDefinition } from './op.ts';
import { windowSpatial } from './spatial.ts';
import { padForWindow } from './tensorflow-padding.ts';

export const maxPool: OpDefinition = {
  name: 'maxPool',
  shape: ([x], attributes) => {
    const window = windowOf(attributes);
    return [x![0]!, outputLength(window, 0, x![1]!), outputLength(window, 1, x![2]!), x![3]!];
  },
  spatial: (emit, [x], attributes) => windowSpatial(emit, x!, windowOf(attributes)),
  tensorflow: (tf, [x], attributes) => {
    const window = windowOf(attributes);
    const padded = padForWindow(tf, x!, window, -3e38);
    return tf.maxPool(padded as never, window.size as never, window.strides as never, 'valid');
  },
  onnx: (emit, call) => {
    const window = windowOf(call.attributes);
    return emit.node('MaxPool', [call.inputs[0]!], {
      ...onnxPadding(window),
      kernel_shape: window.size,
      strides: window.strides,
    });
  },
  backward: ({ builder, attributes, x, y, dy }) => [
    builder.add('maxPoolGradient', [dy, x[0]!, y], attributes),
  ],
};

/** inputs: dy · x · y, the forward node. Returns the cotangent of x. */
export const maxPoolGradient: OpDefinition = {
  name: 'maxPoolGradient',
  shape: ([, x]) => x!,
  spatial: (_emit, [, x]) => x!,
  onnx: (emit, call) =>
    emit.provider === 'cpu' ? scatterByIndex(emit, call) : spreadByComparison(emit, call),
};

/** Adds each cotangent to the cell that the forward pass chose (the pool's second output). */
function scatterByIndex(emit: OnnxEmitter, call: OnnxCall): string {
  const [dy, x, y] = call.inputs;
  const flat = emit.integers([-1]);
  const shape = emit.node('Shape', [x!]);
  const zeros = emit.node('ConstantOfShape', [emit.node('ReduceProd', [shape], { keepdims: 1 })]);
  const scattered = emit.node(
    'ScatterElements',
    [zeros, emit.node('Reshape', [emit.secondOutput(y!), flat]), emit.node('Reshape', [dy!, flat])],
    { reduction: 'add', axis: 0 },
  );
  return emit.node('Reshape', [scattered, shape]);
}

/**
 * Without indices, for providers that have none: each window offset's cells are cut out with
 * the pool's stride and compared with the maximum; the cotangent is shared among the cells that
 * tie and spread back by zero-interleaving.
 */
function spreadByComparison(emit: OnnxEmitter, call: OnnxCall): string {
  void paddingOf;
  void emit;
  throw new Error(`max-pool's gradient without indices is not written yet (${call.name})`);
}
