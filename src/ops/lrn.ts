/**
 * Local response normalisation: each cell divided by a power of what its neighbours among the
 * channels have,
 *
 *   y = x · s^−beta,   s = bias + alpha · Σ x²   over the `size` channels around it
 *
 * attributes: size (odd), bias, alpha, beta. `alpha` is NOT divided by the size here, as in
 * TensorFlow, whose depth_radius is (size − 1) / 2; ONNX's and Caffe's alpha is divided by it.
 */
import { sizeOf } from '../graph/graph.ts';
import type { Attributes, Shape } from '../graph/graph.ts';
import { numberOf } from './attributes.ts';
import type { OnnxCall, OnnxEmitter, OpDefinition } from './op.ts';

export const lrn: OpDefinition = {
  name: 'lrn',
  shape: ([x], attributes) => checked(x!, attributes),
  tensorflow: (tf, [x], attributes) =>
    tf.localResponseNormalization(
      x as never,
      (numberOf(attributes, 'size') - 1) / 2,
      numberOf(attributes, 'bias'),
      numberOf(attributes, 'alpha'),
      numberOf(attributes, 'beta'),
    ),
  onnx: (emit, call) => {
    const x = call.inputs[0]!;
    return emit.node('Mul', [x, powered(emit, call, sums(emit, call, x, call.refs[0]!))]);
  },
  backward: ({ builder, attributes, x, dy }) => [
    builder.add('lrnGradient', [dy, x[0]!], attributes),
  ],
};

/** inputs: dy · x. dx = dy · s^−beta − 2 · alpha · beta · x · Σ (dy · x · s^(−beta − 1)) */
export const lrnGradient: OpDefinition = {
  name: 'lrnGradient',
  shape: ([, x], attributes) => checked(x!, attributes),
  spatial: (_emit, [, x]) => x!,
  onnx: (emit, call) => {
    const [dy, x] = call.inputs as [string, string];
    const multiply = (a: string, b: string): string => emit.node('Mul', [a, b]);
    const s = sums(emit, call, x, call.refs[1]!);
    const power = powered(emit, call, s);
    const direct = multiply(dy, power);
    const shares = emit.node('Div', [multiply(direct, x), s]);
    const spread = windowSum(emit, call, shares, call.refs[1]!);
    const factor = 2 * numberOf(call.attributes, 'alpha') * numberOf(call.attributes, 'beta');
    return emit.node('Sub', [direct, multiply(multiply(x, spread), emit.scalar(factor))]);
  },
};

function checked(x: Shape, attributes: Attributes): Shape {
  const size = numberOf(attributes, 'size');
  if (size % 2 !== 1) throw new Error(`lrn: a window of ${size} channels, expected an odd number`);
  if (x.length !== 4 || sizeOf(x, 3) === null) {
    throw new Error(`lrn: [${x.join(', ')}] is no picture of so many channels`);
  }
  return x;
}

/** s = bias + alpha · Σ x² */
function sums(emit: OnnxEmitter, call: OnnxCall, x: string, ref: string): string {
  const squares = emit.node('Mul', [x, x]);
  const scaled = emit.node('Mul', [
    windowSum(emit, call, squares, ref),
    emit.scalar(numberOf(call.attributes, 'alpha')),
  ]);
  return emit.node('Add', [scaled, emit.scalar(numberOf(call.attributes, 'bias'))]);
}

/** s^−beta, by functions that engines compute many cells at once. */
function powered(emit: OnnxEmitter, call: OnnxCall, s: string): string {
  const exponent = emit.scalar(-numberOf(call.attributes, 'beta'));
  return emit.node('Exp', [emit.node('Mul', [emit.node('Log', [s]), exponent])]);
}

/**
 * Sums over neighbouring channels, as a 1×1 convolution whose filter has ones around its diagonal:
 * the layout of the convolutions before and after it stays.
 */
function windowSum(emit: OnnxEmitter, call: OnnxCall, value: string, ref: string): string {
  const channels = emit.shapeOf(ref)[3]!;
  const size = numberOf(call.attributes, 'size');
  const band = emit.floats(`band ${size} of ${channels}`, [channels, channels, 1, 1], () => {
    const radius = (size - 1) / 2;
    return Float32Array.from({ length: channels * channels }, (_, index) =>
      Math.abs(Math.floor(index / channels) - (index % channels)) <= radius ? 1 : 0,
    );
  });
  return emit.node('Conv', [value, band], { kernel_shape: [1, 1] });
}
