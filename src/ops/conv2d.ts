/**
 * Convolution (cross-correlation, as in every network of this field).
 *
 * inputs: x [batch, rows, columns, channels] · filter [rows, columns, channels / groups, outputs]
 * (a constant) · optional bias [outputs] (a constant).
 * attributes: size (the filter's rows and columns), strides, dilations, padding, groups.
 */
import { sizeOf } from '../graph/graph.ts';
import type { Attributes } from '../graph/graph.ts';
import { fixedPaddingOf, outputLength, spanOf } from '../graph/window.ts';
import type { Window } from '../graph/window.ts';
import { numberOf, windowOf } from './attributes.ts';
import { convolve } from './convolve.ts';
import { filterInputsFirst, filterOutputsFirst } from './filters.ts';
import type {
  OnnxAttribute,
  OnnxCall,
  OnnxEmitter,
  OpDefinition,
  Tensor,
  Tensorflow,
} from './op.ts';
import { cropToSpatial, windowSpatial } from './spatial.ts';
import { stridedInputGradient } from './strided-gradient.ts';
import { padForWindow } from './tensorflow-padding.ts';

/** rows · columns · channels · outputs */
type FilterShape = readonly [number, number, number, number];

export function onnxPadding(window: Window): Record<string, OnnxAttribute> {
  const rows = fixedPaddingOf(window, 0);
  const columns = fixedPaddingOf(window, 1);
  if (!rows || !columns) return { auto_pad: 'SAME_UPPER' };
  return { pads: [rows[0], columns[0], rows[1], columns[1]] };
}

function tensorflowConvolution(
  tf: Tensorflow,
  x: Tensor,
  filter: Tensor,
  attributes: Attributes,
): Tensor {
  const window = windowOf(attributes);
  const groups = numberOf(attributes, 'groups');
  const [height, width, channels, outputs] = filter.shape as [number, number, number, number];
  const padded = padForWindow(tf, x, window);
  const strides = window.strides as [number, number];
  const dilations = window.dilations as [number, number];
  if (groups === 1) {
    return tf.conv2d(padded as never, filter as never, strides, 'valid', 'NHWC', dilations);
  }
  if (channels === 1) {
    const depthwise = tf.reshape(filter, [height, width, groups, outputs / groups]);
    return tf.depthwiseConv2d(
      padded as never,
      depthwise as never,
      strides,
      'valid',
      'NHWC',
      dilations,
    );
  }
  const pictures = tf.split(padded, groups, 3);
  const filters = tf.split(filter, groups, 3);
  const parts = pictures.map((picture, index) =>
    tf.conv2d(picture as never, filters[index] as never, strides, 'valid', 'NHWC', dilations),
  );
  return tf.concat(parts, 3);
}

export const conv2d: OpDefinition = {
  name: 'conv2d',
  shape: ([x, filter], attributes) => {
    const window = windowOf(attributes);
    const channels = filter![2]! * numberOf(attributes, 'groups');
    const found = sizeOf(x!, 3);
    if (found !== null && found !== channels) {
      throw new Error(`conv2d: the filter wants ${channels} channels, its input has ${found}`);
    }
    return [
      sizeOf(x!, 0),
      outputLength(window, 0, sizeOf(x!, 1)),
      outputLength(window, 1, sizeOf(x!, 2)),
      filter![3]!,
    ];
  },
  spatial: (emit, [x], attributes) => windowSpatial(emit, x!, windowOf(attributes)),
  tensorflow: (tf, [x, filter, bias], attributes) => {
    const y = tensorflowConvolution(tf, x!, filter!, attributes);
    return bias ? tf.add(y, bias) : y;
  },
  constantInputs: [1],
  onnx: (emit, call) => {
    const window = windowOf(call.attributes);
    const weights = filterOutputsFirst(emit, call.refs[1]!);
    const attributes = {
      ...onnxPadding(window),
      strides: window.strides,
      dilations: window.dilations,
      kernel_shape: window.size,
      group: numberOf(call.attributes, 'groups'),
    };
    const [, , channels, outputs] = emit.constantOf(call.refs[1]!).shape as FilterShape;
    const operands = [call.inputs[0]!, weights, ...call.inputs.slice(2)] as const;
    return convolve(emit, { operands, channels, outputs }, attributes);
  },
  backward: ({ builder, attributes, x, dy }) => [
    builder.add('conv2dInputGradient', [dy, x[1]!, x[0]!], attributes),
    null,
    null,
  ],
};

/** inputs: dy · filter · x (for its rows and columns alone). Returns the cotangent of x. */
export const conv2dInputGradient: OpDefinition = {
  name: 'conv2dInputGradient',
  shape: ([, filter, x], attributes) => [
    ...x!.slice(0, 3),
    filter![2]! * numberOf(attributes, 'groups'),
  ],
  spatial: (_emit, [, , x]) => x!,
  constantInputs: [1],
  onnx: (emit, call) => {
    const window = windowOf(call.attributes);
    if (window.strides[0] === 1 && window.strides[1] === 1) return correlate(emit, call, window);
    return stridedInputGradient(emit, call, window);
  },
};

/** The same by the filter of the forward pass. */
function transposed(emit: OnnxEmitter, call: OnnxCall, window: Window): string {
  return emit.node('ConvTranspose', [call.inputs[0]!, filterOutputsFirst(emit, call.refs[1]!)], {
    ...onnxPadding(window),
    dilations: window.dilations,
    kernel_shape: window.size,
    group: numberOf(call.attributes, 'groups'),
  });
}

/**
 * At stride 1 the gradient is itself a convolution: the filter turned by 180 degrees with its
 * channels swapped, which engines run on their fast path (a transposed convolution is not).
 */
function correlate(emit: OnnxEmitter, call: OnnxCall, window: Window): string {
  const groups = numberOf(call.attributes, 'groups');
  if (emit.sparing && emit.provider === 'cpu') return transposed(emit, call, window);
  const [rowsBefore, rowsAfter] = fixedPaddingOf(window, 0)!;
  const [columnsBefore, columnsAfter] = fixedPaddingOf(window, 1)!;
  const [rowSpan, columnSpan] = [spanOf(window, 0) - 1, spanOf(window, 1) - 1];
  const pads = [
    rowSpan - rowsBefore,
    columnSpan - columnsBefore,
    rowSpan - rowsAfter,
    columnSpan - columnsAfter,
  ];
  const [, , outputs, channels] = emit.constantOf(call.refs[1]!).shape as FilterShape;
  const convolution = {
    operands: [call.inputs[0]!, filterInputsFirst(emit, call.refs[1]!, groups)],
    channels,
    outputs,
  } as const;
  const attributes = { dilations: window.dilations, kernel_shape: window.size, group: groups };
  if (pads.every((pad) => pad >= 0)) return convolve(emit, convolution, { ...attributes, pads });
  const full = convolve(emit, convolution, {
    ...attributes,
    pads: [rowSpan, columnSpan, rowSpan, columnSpan],
  });
  return cropToSpatial(
    emit,
    full,
    emit.integers([rowsBefore, columnsBefore]),
    emit.spatialOf(call.refs[2]!),
  );
}
