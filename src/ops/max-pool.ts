/**
 * The largest value of each window. attributes: size, strides, padding (padding never wins).
 * Where two cells of a window tie, one of them gets the whole gradient.
 */
import { sizeOf } from '../graph/graph.ts';
import { outputLength } from '../graph/window.ts';
import { LARGEST } from '../kit/half.ts';
import { windowOf } from './attributes.ts';
import { onnxPadding } from './conv2d.ts';
import type { OnnxCall, OnnxEmitter, OpDefinition } from './op.ts';
import {
  cropToSpatial,
  leavesCellsOut,
  paddingBefore,
  upToLastWindow,
  windowSpatial,
} from './spatial.ts';
import { padForWindow } from './tensorflow-padding.ts';

export const maxPool: OpDefinition = {
  name: 'maxPool',
  shape: ([x], attributes) => {
    const window = windowOf(attributes);
    return [
      sizeOf(x!, 0),
      outputLength(window, 0, sizeOf(x!, 1)),
      outputLength(window, 1, sizeOf(x!, 2)),
      sizeOf(x!, 3),
    ];
  },
  spatial: (emit, [x], attributes) => windowSpatial(emit, x!, windowOf(attributes)),
  tensorflow: (tf, [x], attributes) => {
    const window = windowOf(attributes);
    const padded = padForWindow(tf, x!, window, -3e38);
    return tf.maxPool(padded as never, window.size as never, window.strides as never, 'valid');
  },
  onnx: (emit, call) => {
    const window = windowOf(call.attributes);
    const x = upToLastWindow(emit, call.inputs[0]!, window, emit.spatialOf(call.refs[0]!));
    return emit.node('MaxPool', [x], {
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
    emit.provider === 'cpu' &&
    emit.precision === 'float' &&
    !leavesCellsOut(windowOf(call.attributes))
      ? scatterByIndex(emit, call)
      : spreadByComparison(emit, call),
};

/**
 * Adds each cotangent to the cell that the forward pass chose (the pool's second output): of all
 * that the pool has read, which must be all of x.
 */
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

/** Below any activation: padding never wins. */
const LOWEST = -3e38;

/**
 * Without indices, for providers that have none, and for halves, which the processor's scatter does
 * not add: the cells at each place of the window are cut
 * out with the pool's stride and compared with the maximum; cells that tie share the cotangent,
 * and a transposed convolution puts each share back in its place.
 */
function spreadByComparison(emit: OnnxEmitter, call: OnnxCall): string {
  const window = windowOf(call.attributes);
  const [dy, x, y] = call.inputs as [string, string, string];
  const output = emit.spatialOf(call.refs[2]!);
  const input = emit.spatialOf(call.refs[1]!);
  const before = paddingBefore(emit, window, input, output);
  const strides = emit.integers(window.strides);
  // Rows and columns from the first window's first cell to the last window's first cell.
  const lastStart = emit.node('Mul', [emit.node('Sub', [output, emit.integers([1, 1])]), strides]);
  const reach = emit.node('Add', [lastStart, emit.integers(window.size)]);
  const after = emit.node('Sub', [emit.node('Sub', [reach, before]), input]);
  const none = emit.integers([0, 0]);
  const pads = emit.node('Concat', [none, before, none, after], { axis: 0 });
  const padded = emit.node('Pad', [
    x,
    pads,
    emit.scalar(Math.max(LOWEST, -LARGEST[emit.precision])),
  ]);

  const places = Array.from({ length: window.size[0] * window.size[1] }, (_, place) => place);
  const masks = places.map((place) => {
    const start = emit.integers([Math.floor(place / window.size[1]), place % window.size[1]]);
    const end = emit.node('Add', [emit.node('Add', [start, lastStart]), emit.integers([1, 1])]);
    const cells = emit.node('Slice', [padded, start, end, emit.integers([2, 3]), strides]);
    return emit.asNumbers(emit.node('Equal', [cells, y]));
  });
  const ties = masks.reduce((sum, mask) => emit.node('Add', [sum, mask]));
  const share = emit.node('Div', [dy, ties]);
  return putBack(emit, call, {
    shares: masks.map((mask) => emit.node('Mul', [mask, share])),
    before,
  });
}

/** Channels become a batch, places the channels of one transposed convolution. */
function putBack(
  emit: OnnxEmitter,
  call: OnnxCall,
  { shares, before }: { shares: readonly string[]; before: string },
): string {
  const window = windowOf(call.attributes);
  const channels = emit.shapeOf(call.refs[1]!)[3]!;
  const [rows, columns] = window.size;
  const output = emit.spatialOf(call.refs[2]!);
  const input = emit.spatialOf(call.refs[1]!);
  const single = emit.node('Concat', [emit.integers([channels, 1]), output], { axis: 0 });
  const planes = shares.map((share) => emit.node('Reshape', [share, single]));
  const places = emit.floats(`places ${rows}x${columns}`, [rows * columns, 1, rows, columns], () =>
    Float32Array.from({ length: (rows * columns) ** 2 }, (_, index) =>
      index % (rows * columns) === Math.floor(index / (rows * columns)) ? 1 : 0,
    ),
  );
  const full = emit.node('ConvTranspose', [emit.node('Concat', planes, { axis: 1 }), places], {
    kernel_shape: window.size,
    strides: window.strides,
    // Up to stride − 1 of the last rows are in no window: they get zeros.
    output_padding: window.strides.map((stride) => stride - 1),
  });
  const cropped = cropToSpatial(emit, full, before, input);
  return emit.node('Reshape', [
    cropped,
    emit.node('Concat', [emit.integers([1, channels]), input], { axis: 0 }),
  ]);
}
