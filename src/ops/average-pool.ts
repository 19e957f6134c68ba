/**
 * The mean of each window; cells of padding are not counted.
 * attributes: size, strides, padding.
 */
import { sizeOf } from '../graph/graph.ts';
import type { Attributes, Shape } from '../graph/graph.ts';
import { outputLength } from '../graph/window.ts';
import { windowOf } from './attributes.ts';
import { onnxPadding } from './conv2d.ts';
import type { OnnxCall, OnnxEmitter, OpDefinition } from './op.ts';
import { cropToSpatial, paddingBefore, upToLastWindow, windowSpatial } from './spatial.ts';
import { padForWindow } from './tensorflow-padding.ts';

export const averagePool: OpDefinition = {
  name: 'averagePool',
  shape: ([x], attributes) => pooledShape(x!, attributes),
  spatial: (emit, [x], attributes) => windowSpatial(emit, x!, windowOf(attributes)),
  // tensorflow.js divides by the whole window in the gradient of a SAME pool, also at the
  // borders, where the forward pass does not: zeros and counts by hand keep it right.
  tensorflow: (tf, [x], attributes) => {
    const window = windowOf(attributes);
    const pool = (picture: typeof x): typeof x =>
      tf.avgPool(
        padForWindow(tf, picture!, window) as never,
        window.size as never,
        window.strides as never,
        'valid',
      );
    if (window.padding === 'valid') return pool(x)!;
    const [, rows, columns] = x!.shape;
    return tf.div(pool(x)!, pool(tf.ones([1, rows!, columns!, 1]))!);
  },
  onnx: (emit, call) => {
    const window = windowOf(call.attributes);
    const x = upToLastWindow(emit, call.inputs[0]!, window, emit.spatialOf(call.refs[0]!));
    return emit.node('AveragePool', [x], {
      // By its name: else onnxruntime makes a Pad before it the pool's own, and refuses wide ones.
      ...(window.padding === 'valid' ? { auto_pad: 'VALID' } : onnxPadding(window)),
      kernel_shape: window.size,
      strides: window.strides,
    });
  },
  backward: ({ builder, attributes, x, dy }) => [
    builder.add('averagePoolGradient', [dy, x[0]!], attributes),
  ],
};

/** inputs: dy · x (for its size alone). Returns the cotangent of x. */
export const averagePoolGradient: OpDefinition = {
  name: 'averagePoolGradient',
  shape: ([, x]) => x!,
  spatial: (_emit, [, x]) => x!,
  onnx: (emit, call) => {
    const { strides, padding, size } = windowOf(call.attributes);
    const centred = padding === 'same' && size.every((length) => length % 2 === 1);
    return centred && strides.every((stride) => stride === 1)
      ? poolAgain(emit, call)
      : spreadByTransposition(emit, call);
  },
};

/**
 * A centred pool at stride 1 is its own transpose, but for the borders' smaller counts:
 * with fullMean = Σ / (whole window), dx = fullMean(dy / fullMean(1)).
 */
function poolAgain(emit: OnnxEmitter, call: OnnxCall): string {
  const window = windowOf(call.attributes);
  const fullMean = (value: string): string =>
    emit.node('AveragePool', [value], {
      ...onnxPadding(window),
      kernel_shape: window.size,
      strides: window.strides,
      count_include_pad: 1,
    });
  return fullMean(emit.node('Div', [call.inputs[0]!, fullMean(onesLike(emit, call.refs[0]!))]));
}

/** Any other pool: the cotangents, divided by their counts, spread by a transposed convolution. */
function spreadByTransposition(emit: OnnxEmitter, call: OnnxCall): string {
  const window = windowOf(call.attributes);
  const [dy, x] = call.refs;
  const spatial = emit.spatialOf(x!);
  const ones = emit.floats(`ones ${window.size.join('x')}`, [1, 1, ...window.size], () =>
    new Float32Array(window.size[0] * window.size[1]).fill(1),
  );
  const counts = emit.node('Conv', [onesLike(emit, x!), ones], {
    ...onnxPadding(window),
    kernel_shape: window.size,
    strides: window.strides,
  });
  // Channels become a batch of one-channel pictures: no weights per channel are needed.
  const channels = emit.shapeOf(x!)[3]!;
  const shares = emit.node('Div', [call.inputs[0]!, counts]);
  const asBatch = emit.node('Reshape', [
    shares,
    emit.node('Concat', [emit.integers([channels, 1]), emit.spatialOf(dy!)], { axis: 0 }),
  ]);
  const full = emit.node('ConvTranspose', [asBatch, ones], {
    kernel_shape: window.size,
    strides: window.strides,
    output_padding: window.strides.map((stride) => stride - 1),
  });
  const start = paddingBefore(emit, window, spatial, emit.spatialOf(dy!));
  const cropped = cropToSpatial(emit, full, start, spatial);
  return emit.node('Reshape', [
    cropped,
    emit.node('Concat', [emit.integers([1, channels]), spatial], { axis: 0 }),
  ]);
}

/** [1, 1, rows, columns] of ones, as large as the tensor. */
function onesLike(emit: OnnxEmitter, ref: string): string {
  const shape = emit.node('Concat', [emit.integers([1, 1]), emit.spatialOf(ref)], { axis: 0 });
  return emit.node('Expand', [emit.floats('one', [1, 1, 1, 1], () => Float32Array.of(1)), shape]);
}

function pooledShape(x: Shape, attributes: Attributes): Shape {
  const window = windowOf(attributes);
  return [
    sizeOf(x, 0),
    outputLength(window, 0, sizeOf(x, 1)),
    outputLength(window, 1, sizeOf(x, 2)),
    sizeOf(x, 3),
  ];
}
