/** Functions of one element at a time. At a kink the gradient is 0: relu′(0) = 0. */
import { LARGEST } from '../kit/half.ts';
import { numberOf } from './attributes.ts';
import type { OnnxEmitter, OpDefinition } from './op.ts';

/** Large enough that any activation above 1e-37 saturates HardSigmoid to exactly 1. */
const STEEP = 1e38;

/** 1 above 0, else 0. In halves a number below 1.6e-5, which has not all of their bits, is between. */
function step(emit: OnnxEmitter, value: string): string {
  const alpha = Math.min(STEEP, LARGEST[emit.precision]);
  return emit.node('HardSigmoid', [value], { alpha: { float: alpha }, beta: { float: 0 } });
}

export const relu: OpDefinition = {
  name: 'relu',
  shape: ([x]) => x!,
  tensorflow: (tf, [x]) => tf.relu(x!),
  onnx: (emit, { inputs }) => emit.node('Relu', inputs),
  backward: ({ builder, y, dy }) => [builder.add('reluGradient', [dy, y])],
};

/** inputs: dy · y. HardSigmoid as the mask keeps the engine's blocked layout; Where does not. */
export const reluGradient: OpDefinition = {
  name: 'reluGradient',
  shape: ([dy]) => dy!,
  onnx: (emit, { inputs: [dy, y] }) => emit.node('Mul', [dy!, step(emit, y!)]),
};

/** attributes: low, high (relu6 is 0 and 6). */
export const clip: OpDefinition = {
  name: 'clip',
  shape: ([x]) => x!,
  tensorflow: (tf, [x], attributes) =>
    tf.clipByValue(x!, numberOf(attributes, 'low'), numberOf(attributes, 'high')),
  onnx: (emit, { inputs: [x], attributes }) =>
    emit.node('Clip', [
      x!,
      emit.scalar(numberOf(attributes, 'low')),
      emit.scalar(numberOf(attributes, 'high')),
    ]),
  backward: ({ builder, attributes, y, dy }) => [builder.add('clipGradient', [dy, y], attributes)],
};

/** inputs: dy · y. */
export const clipGradient: OpDefinition = {
  name: 'clipGradient',
  shape: ([dy]) => dy!,
  onnx: (emit, { inputs: [dy, y], attributes }) => {
    const [low, high] = [numberOf(attributes, 'low'), numberOf(attributes, 'high')];
    const above = step(emit, emit.node('Sub', [y!, emit.scalar(low)]));
    const below = step(emit, emit.node('Sub', [emit.scalar(high), y!]));
    return emit.node('Mul', [dy!, emit.node('Mul', [above, below])]);
  },
};

export const sigmoid: OpDefinition = {
  name: 'sigmoid',
  shape: ([x]) => x!,
  tensorflow: (tf, [x]) => tf.sigmoid(x!),
  onnx: (emit, { inputs }) => emit.node('Sigmoid', inputs),
  backward: ({ builder, y, dy }) => [
    // σ′ = σ − σ²
    builder.add('mul', [dy, builder.add('sub', [y, builder.add('square', [y])])]),
  ],
};

export const square: OpDefinition = {
  name: 'square',
  shape: ([x]) => x!,
  tensorflow: (tf, [x]) => tf.square(x!),
  onnx: (emit, { inputs: [x] }) => emit.node('Mul', [x!, x!]),
  backward: ({ builder, x, dy }) => [
    builder.add('mul', [dy, builder.add('mul', [x[0]!, builder.scalar(2)])]),
  ],
};

/** Over the last axis. */
export const softmax: OpDefinition = {
  name: 'softmax',
  shape: ([x]) => x!,
  tensorflow: (tf, [x]) => tf.softmax(x!),
  onnx: (emit, { inputs, refs }) => {
    const rank = emit.shapeOf(refs[0]!).length;
    return emit.node('Softmax', inputs, { axis: emit.axis(rank - 1, rank) });
  },
  backward: ({ builder, y, dy, shapeOf }) => {
    // dx = y · (dy − Σ dy·y)
    const last = shapeOf(y).length - 1;
    const product = builder.add('mul', [dy, y]);
    const total = builder.add('reduceSum', [product], { axes: [last], keepDimensions: true });
    return [builder.add('mul', [y, builder.add('sub', [dy, total])])];
  },
};
