/** ONNX's ops in the forms that networks use them in, each as a file of its own. */
import { floats, integers, positive, scalar, seeded } from './onnx-files.ts';
import type { ModelText, NodeText, Setting, Weight } from './onnx-files.ts';

export interface OnnxCase extends ModelText {
  readonly title: string;
  /** Of the picture, where the file does not say. */
  readonly picture?: readonly number[];
}

type Weights = Readonly<Record<string, Weight>>;

/** One node over x and weights, in their order. */
export function one(
  title: string,
  op: string,
  settings: Readonly<Record<string, Setting>> = {},
  weights: Weights = {},
  more: Partial<ModelText> = {},
): OnnxCase {
  const node: NodeText = { op, inputs: ['x', ...Object.keys(weights)], settings };
  return { title: `${op} ${title}`, nodes: [node], weights, ...more };
}

/** Nodes one after another: each reads the one before and its weights. */
export function chain(
  title: string,
  steps: readonly (readonly [op: string, settings?: Record<string, Setting>, weights?: Weights])[],
  more: Partial<ModelText> = {},
): OnnxCase {
  const nodes = steps.map(([op, settings = {}, weights = {}], index): NodeText => {
    const last = index === steps.length - 1;
    const from = index === 0 ? 'x' : `v${index - 1}`;
    return {
      op,
      settings,
      inputs: [from, ...Object.keys(weights)],
      outputs: [last ? 'y' : `v${index}`],
    };
  });
  const weights = Object.assign({}, ...steps.map(([, , own]) => own ?? {})) as Weights;
  return { title, nodes, weights, ...more };
}

const filter = { w: seeded([4, 3, 3, 3], 2) };
const biased = { ...filter, b: seeded([4], 3) };
const slope = (value: number): Record<string, Setting> => ({ alpha: { float: value } });

const convolutions = [
  one('3×3', 'Conv', { kernel_shape: [3, 3] }, biased),
  one('without kernel_shape', 'Conv', {}, filter),
  one('uneven pads', 'Conv', { pads: [0, 1, 2, 1] }, biased),
  one('stride 2', 'Conv', { strides: [2, 1], pads: [1, 1, 1, 1] }, filter),
  one('SAME_UPPER', 'Conv', { auto_pad: 'SAME_UPPER', strides: [2, 2] }, filter),
  one('SAME_LOWER', 'Conv', { auto_pad: 'SAME_LOWER', strides: [2, 2] }, filter),
  one('SAME_LOWER 2×2', 'Conv', { auto_pad: 'SAME_LOWER' }, { w: seeded([4, 3, 2, 2]) }),
  one('VALID', 'Conv', { auto_pad: 'VALID' }, filter),
  one('dilated', 'Conv', { dilations: [2, 1] }, { w: seeded([2, 3, 2, 3]) }),
  one('depthwise', 'Conv', { group: 3 }, { w: seeded([6, 1, 3, 3]) }),
  one('grouped', 'Conv', { group: 2 }, { w: seeded([6, 2, 3, 3]) }, { dims: [1, 4, 6, 7] }),
];

const spread2 = { strides: [2, 2] };
const back = { w: seeded([3, 4, 3, 3], 2) };
const transposed = [
  one('3×3', 'ConvTranspose', { kernel_shape: [3, 3] }, { ...back, b: seeded([4], 3) }),
  one('cut', 'ConvTranspose', { ...spread2, pads: [0, 1, 2, 1] }, back),
  one(
    'zeros behind',
    'ConvTranspose',
    { ...spread2, output_padding: [1, 1], pads: [1, 1, 1, 1] },
    back,
  ),
  one('dilated', 'ConvTranspose', { dilations: [2, 1] }, back),
  one(
    'grouped',
    'ConvTranspose',
    { group: 2, ...spread2 },
    { w: seeded([4, 2, 2, 2]), b: seeded([4]) },
    { dims: [1, 4, 6, 7] },
  ),
  one(
    'SAME_UPPER',
    'ConvTranspose',
    { auto_pad: 'SAME_UPPER', ...spread2 },
    { w: seeded([3, 4, 4, 3]) },
  ),
  one(
    'SAME_LOWER',
    'ConvTranspose',
    { auto_pad: 'SAME_LOWER', ...spread2 },
    { w: seeded([3, 4, 4, 3]) },
  ),
  one('VALID', 'ConvTranspose', { auto_pad: 'VALID', ...spread2 }, back),
  one('to a size', 'ConvTranspose', { ...spread2, output_shape: [12, 14] }, back),
  one(
    'to a size, SAME_UPPER',
    'ConvTranspose',
    { ...spread2, auto_pad: 'SAME_UPPER', output_shape: [12, 14] },
    back,
  ),
];

const pools = [
  one('2×2', 'MaxPool', { kernel_shape: [2, 2], strides: [2, 2] }),
  one('padded', 'MaxPool', { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }),
  one('uneven pads', 'MaxPool', { kernel_shape: [3, 2], pads: [0, 1, 2, 0] }),
  one('rounded up', 'MaxPool', { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 }),
  one('rounded up, padded', 'MaxPool', {
    kernel_shape: [3, 3],
    strides: [2, 2],
    pads: [1, 1, 1, 1],
    ceil_mode: 1,
  }),
  one('rounded up, a last window in the padding', 'MaxPool', {
    kernel_shape: [2, 2],
    strides: [2, 2],
    pads: [1, 1, 1, 1],
    ceil_mode: 1,
  }),
  one('SAME_LOWER', 'MaxPool', { kernel_shape: [2, 2], auto_pad: 'SAME_LOWER' }),
  one('2×2', 'AveragePool', { kernel_shape: [2, 2], strides: [2, 2] }),
  one('padded', 'AveragePool', { kernel_shape: [3, 3], pads: [1, 1, 1, 1] }),
  one('padding counted', 'AveragePool', {
    kernel_shape: [3, 3],
    pads: [1, 0, 1, 2],
    count_include_pad: 1,
  }),
  one('rounded up', 'AveragePool', { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 }),
  one('SAME_UPPER', 'AveragePool', {
    kernel_shape: [3, 3],
    strides: [2, 2],
    auto_pad: 'SAME_UPPER',
  }),
  one('', 'GlobalAveragePool'),
  one('', 'GlobalMaxPool'),
  one('', 'LRN', { size: 3, alpha: { float: 0.3 }, beta: { float: 0.6 }, bias: { float: 2 } }),
];

const activations = [
  ...['Relu', 'Sigmoid', 'Tanh', 'Erf', 'Softplus', 'Abs', 'Neg', 'Exp', 'HardSwish'].map((op) =>
    one('', op, {}, {}, { opset: 14 }),
  ),
  one('', 'LeakyRelu', slope(0.3)),
  one('', 'Elu', slope(0.7)),
  one('', 'Selu', {}),
  one('', 'HardSigmoid', { alpha: { float: 0.4 }, beta: { float: 0.3 } }),
  one('', 'Gelu', {}, {}, { opset: 20 }),
  one('by tanh', 'Gelu', { approximate: 'tanh' }, {}, { opset: 20 }),
  one('', 'Mish', {}, {}, { opset: 18 }),
  one('per channel', 'PRelu', {}, { s: seeded([3, 1, 1]) }),
  one('one slope', 'PRelu', {}, { s: seeded([1]) }),
  one('with attributes', 'Clip', { min: { float: -0.3 }, max: { float: 0.4 } }, {}, { opset: 10 }),
  one('with inputs', 'Clip', {}, { low: scalar(-0.3), high: scalar(0.4) }),
  {
    title: 'Clip without a lower bound',
    nodes: [{ op: 'Clip', inputs: ['x', '', 'high'] }],
    weights: { high: scalar(0.2) },
  },
  one('over channels', 'Softmax', { axis: 1 }),
  one('of old: all that follows', 'Softmax', { axis: 1 }, {}, { opset: 11 }),
  chain('LogSoftmax of a vector', [['Flatten'], ['LogSoftmax', { axis: 1 }]]),
  chain('Sqrt of squares', [['Pow', {}, { two: scalar(2) }], ['Sqrt']]),
  chain('Log of squares', [['Pow', {}, { two: floats(2) }], ['Log']]),
];

const sums = [
  one('per channel', 'Add', {}, { b: seeded([3, 1, 1]) }),
  one('along columns', 'Mul', {}, { b: seeded([7]) }),
  one('full', 'Sub', {}, { b: seeded([1, 3, 6, 7]) }),
  one('', 'Div', {}, { b: positive([1, 3, 1, 1]) }),
  {
    title: 'Sub from a constant',
    nodes: [{ op: 'Sub', inputs: ['b', 'x'] }],
    weights: { b: seeded([3, 1, 1]) },
  },
  one('of three', 'Sum', {}, { a: seeded([1, 3, 6, 7]), b: seeded([3, 1, 1], 2) }),
  one('of two', 'Mean', {}, { a: seeded([1, 3, 6, 7]) }),
  one('', 'Max', {}, { a: seeded([1, 3, 6, 7]) }),
  one('', 'Min', {}, { a: scalar(0.1) }),
  {
    title: 'squeeze and excite: x times its own channel means',
    nodes: [
      { op: 'GlobalAveragePool', inputs: ['x'], outputs: ['means'] },
      { op: 'Conv', inputs: ['means', 'w'], outputs: ['gate'] },
      { op: 'Mul', inputs: ['x', 'gate'] },
    ],
    weights: { w: seeded([3, 3, 1, 1]) },
  },
];

const normalisations = [
  one(
    '',
    'BatchNormalization',
    { epsilon: { float: 0.01 } },
    { g: seeded([3], 2), b: seeded([3], 3), m: seeded([3], 4), v: positive([3], 5) },
  ),
  chain('BatchNormalization of a vector', [
    ['GlobalAveragePool'],
    ['Flatten'],
    [
      'BatchNormalization',
      {},
      { g: seeded([3], 2), b: seeded([3], 3), m: seeded([3], 4), v: positive([3], 5) },
    ],
  ]),
  one('', 'InstanceNormalization', {}, { g: seeded([3], 2), b: seeded([3], 3) }),
  chain(
    'a group normalisation (PyTorch)',
    [
      ['Reshape', {}, { groups: integers(0, 2, -1) }],
      ['InstanceNormalization', {}, { g: seeded([2], 2), b: seeded([2], 3) }],
      ['Reshape', {}, { whole: integers(1, 6, 6, 7) }],
      ['Mul', {}, { scale: seeded([6, 1, 1], 4) }],
    ],
    { dims: [1, 6, 6, 7] },
  ),
  {
    title: 'a squeeze-and-excite gate that comes first (EfficientNet of PyTorch)',
    dims: [1, 3, null, null],
    picture: [1, 3, 6, 7],
    nodes: [
      { op: 'GlobalAveragePool', inputs: ['x'], outputs: ['m'] },
      { op: 'Sigmoid', inputs: ['m'], outputs: ['gate'] },
      { op: 'Mul', inputs: ['gate', 'x'], outputs: ['scaled'] },
      { op: 'Conv', inputs: ['scaled', 'w'], settings: { strides: [2, 2] } },
    ],
    weights: { w: seeded([2, 3, 3, 3]) },
  },
  one(
    'over columns',
    'LayerNormalization',
    {},
    { g: seeded([7], 2), b: seeded([7], 3) },
    { opset: 17 },
  ),
];

const products = [
  chain('Flatten, Gemm: rows permuted', [
    ['Flatten'],
    ['Gemm', { transB: 1 }, { w: seeded([5, 126]), b: seeded([5], 2) }],
  ]),
  chain('Flatten, Relu, MatMul', [['Flatten'], ['Relu'], ['MatMul', {}, { w: seeded([126, 5]) }]]),
  chain('Flatten, a sum per cell', [['Flatten'], ['Add', {}, { b: seeded([126]) }]]),
  chain('Reshape to [0, −1], Gemm with factors', [
    ['Reshape', {}, { s: integers(0, -1) }],
    [
      'Gemm',
      { alpha: { float: 0.5 }, beta: { float: 2 } },
      { w: seeded([126, 5]), b: seeded([5]) },
    ],
  ]),
  chain('MatMul over the last of four axes', [
    ['Transpose', { perm: [0, 2, 3, 1] }],
    ['MatMul', {}, { w: seeded([3, 4]) }],
    ['Flatten'],
  ]),
];

const shapes = [
  one('to a vector', 'Flatten'),
  chain('Squeeze by attribute', [['GlobalAveragePool'], ['Squeeze', { axes: [2, 3] }]], {
    opset: 11,
  }),
  chain('Squeeze by input', [['GlobalAveragePool'], ['Squeeze', {}, { a: integers(-1, 2) }]]),
  chain('Unsqueeze by input', [
    ['GlobalAveragePool'],
    ['Flatten'],
    ['Unsqueeze', {}, { a: integers(2, 3) }],
    ['Relu'],
  ]),
  chain(
    'a channel shuffle',
    [
      ['Reshape', {}, { a: integers(1, 2, 3, 6, 7) }],
      ['Transpose', { perm: [0, 2, 1, 3, 4] }],
      ['Reshape', {}, { b: integers(1, 6, 6, 7) }],
    ],
    { dims: [1, 6, 6, 7] },
  ),
  chain('a Reshape that mixes rows with channels', [
    ['Reshape', {}, { a: integers(1, 9, 14, 1) }],
    ['Conv', {}, { w: seeded([2, 9, 3, 1]) }],
  ]),
  one('rows', 'Concat', { axis: 2 }, { b: seeded([1, 3, 2, 7]) }),
  {
    title: 'Concat of flattened tensors',
    nodes: [
      { op: 'Relu', inputs: ['x'], outputs: ['r'] },
      { op: 'Flatten', inputs: ['x'], outputs: ['a'] },
      { op: 'Flatten', inputs: ['r'], outputs: ['b'] },
      { op: 'Concat', inputs: ['a', 'b'], settings: { axis: 1 } },
    ],
  },
  {
    title: 'Split and joined the other way round',
    nodes: [
      { op: 'Split', inputs: ['x', 's'], outputs: ['a', 'b'], settings: { axis: 1 } },
      { op: 'Concat', inputs: ['b', 'a'], settings: { axis: 1 } },
    ],
    weights: { s: integers(1, 2) },
  },
  one('by attribute', 'Pad', { pads: [0, 0, 1, 2, 0, 0, 0, 1] }, {}, { opset: 10 }),
  one('by input', 'Pad', {}, { p: integers(0, 0, 1, 2, 0, 0, 0, 1) }),
  one('that cuts', 'Pad', {}, { p: integers(0, 0, -1, 2, 0, 0, 0, -1) }),
  one(
    'by attributes',
    'Slice',
    { starts: [1, -3], ends: [3, 1000], axes: [1, 2] },
    {},
    { opset: 9 },
  ),
  one(
    'by inputs, every second column',
    'Slice',
    {},
    { s: integers(0, 1), e: integers(5, 7), a: integers(2, 3), t: integers(2, 2) },
  ),
  chain('Gather of one column', [
    ['Gather', { axis: 3 }, { i: { dims: [], values: [2], type: 7 } }],
    ['Flatten'],
  ]),
  one('of channels: blue first', 'Gather', { axis: 1 }, { i: integers(2, 1, 0) }),
  one('twice as large', 'Upsample', { mode: 'nearest' }, { s: floats(1, 1, 2, 3) }, { opset: 9 }),
  {
    title: 'Resize by scales',
    nodes: [
      {
        op: 'Resize',
        inputs: ['x', '', 's'],
        settings: {
          mode: 'nearest',
          coordinate_transformation_mode: 'asymmetric',
          nearest_mode: 'floor',
        },
      },
    ],
    weights: { s: floats(1, 1, 2, 2) },
  },
  {
    title: 'Resize by sizes',
    nodes: [{ op: 'Resize', inputs: ['x', '', '', 's'], settings: { mode: 'nearest' } }],
    weights: { s: integers(1, 3, 12, 14) },
  },
  ...[
    ['linear', {}, floats(1, 1, 2, 3)],
    ['linear, half as large', {}, floats(1, 1, 0.5, 0.5)],
    ['linear by no whole number', {}, floats(1, 1, 1.5, 0.8)],
    ['linear, corners', { coordinate_transformation_mode: 'align_corners' }, floats(1, 1, 2, 2)],
    [
      'linear from the corner',
      { coordinate_transformation_mode: 'asymmetric' },
      floats(1, 1, 2, 3),
    ],
    ['nearest by no whole number', { mode: 'nearest' }, floats(1, 1, 1.5, 0.8)],
    ['nearest, down', { mode: 'nearest', nearest_mode: 'ceil' }, floats(1, 1, 0.5, 0.5)],
  ].map(([title, settings, scales]): OnnxCase => ({
    title: `Resize ${title as string}`,
    nodes: [
      {
        op: 'Resize',
        inputs: ['x', '', 's'],
        settings: { mode: 'linear', ...(settings as Record<string, Setting>) },
      },
    ],
    weights: { s: scales as Weight },
  })),
  {
    title: 'Resize linear by sizes of two axes, as PyTorch has it',
    nodes: [
      {
        op: 'Resize',
        inputs: ['x', '', '', 's'],
        settings: {
          mode: 'linear',
          axes: [2, 3],
          coordinate_transformation_mode: 'pytorch_half_pixel',
        },
      },
    ],
    weights: { s: integers(9, 5) },
    opset: 18,
  },
  one('linear', 'Upsample', { mode: 'linear' }, { s: floats(1, 1, 2, 3) }, { opset: 9 }),
  one('', 'DepthToSpace', { blocksize: 2 }, {}, { dims: [1, 8, 2, 5] }),
  one('CRD', 'DepthToSpace', { blocksize: 2, mode: 'CRD' }, {}, { dims: [1, 8, 2, 5] }),
  one('rows and columns', 'ReduceMean', { axes: [2, 3], keepdims: 1 }),
  one('dropped', 'ReduceMean', { axes: [-1, -2], keepdims: 0 }),
  one('by input', 'ReduceSum', { keepdims: 0 }, { a: integers(2, 3) }),
  one('channels', 'ReduceMax', { axes: [1] }),
  one('channels', 'ReduceL2', { axes: [1] }),
  chain('Dropout, Identity, Cast', [['Dropout'], ['Identity'], ['Cast', { to: 1 }], ['Relu']]),
];

/** What exporters write around a network. */
const exported: readonly OnnxCase[] = [
  {
    title: 'pictures of rows, columns and channels, turned first (tf2onnx)',
    dims: [1, 6, 7, 3],
    nodes: [
      { op: 'Transpose', inputs: ['x'], outputs: ['t'], settings: { perm: [0, 3, 1, 2] } },
      { op: 'Conv', inputs: ['t', 'w'], outputs: ['c'] },
      { op: 'Transpose', inputs: ['c'], outputs: ['u'], settings: { perm: [0, 2, 3, 1] } },
      { op: 'Add', inputs: ['u', 'b'], outputs: ['s'] },
      { op: 'Reshape', inputs: ['s', 'flat'], outputs: ['f'] },
      { op: 'MatMul', inputs: ['f', 'd'] },
    ],
    weights: {
      w: seeded([4, 3, 3, 3]),
      b: seeded([4]),
      flat: integers(1, -1),
      d: seeded([80, 2]),
    },
  },
  {
    title: 'a Reshape from Shape, Gather and Concat (PyTorch)',
    dims: [null, 3, 6, 7],
    picture: [1, 3, 6, 7],
    nodes: [
      { op: 'Shape', inputs: ['x'], outputs: ['shape'] },
      { op: 'Gather', inputs: ['shape', 'zero'], outputs: ['batch'] },
      { op: 'Unsqueeze', inputs: ['batch', 'first'], outputs: ['batches'] },
      { op: 'Concat', inputs: ['batches', 'rest'], outputs: ['wanted'], settings: { axis: 0 } },
      { op: 'Reshape', inputs: ['x', 'wanted'], outputs: ['flat'] },
      { op: 'MatMul', inputs: ['flat', 'w'] },
    ],
    weights: {
      zero: { dims: [], values: [0], type: 7 },
      first: integers(0),
      rest: integers(-1),
      w: seeded([126, 3]),
    },
  },
  {
    title: 'sizes halved and doubled on the way (Shape, Slice, Cast, Mul, Floor)',
    nodes: [
      { op: 'AveragePool', inputs: ['x'], outputs: ['p'], settings: { kernel_shape: [2, 2] } },
      { op: 'Shape', inputs: ['p'], outputs: ['shape'] },
      { op: 'Slice', inputs: ['shape', 'two', 'four'], outputs: ['spatial'] },
      { op: 'Cast', inputs: ['spatial'], outputs: ['real'], settings: { to: 1 } },
      { op: 'Mul', inputs: ['real', 'factor'], outputs: ['more'] },
      { op: 'Floor', inputs: ['more'], outputs: ['whole'] },
      { op: 'Cast', inputs: ['whole'], outputs: ['sizes'], settings: { to: 7 } },
      { op: 'Shape', inputs: ['p'], outputs: ['shape2'] },
      { op: 'Slice', inputs: ['shape2', 'none', 'two'], outputs: ['front'] },
      { op: 'Concat', inputs: ['front', 'sizes'], outputs: ['all'], settings: { axis: 0 } },
      {
        op: 'Resize',
        inputs: ['p', '', '', 'all'],
        settings: {
          mode: 'nearest',
          coordinate_transformation_mode: 'asymmetric',
          nearest_mode: 'floor',
        },
      },
    ],
    weights: { none: integers(0), two: integers(2), four: integers(4), factor: floats(2, 2) },
  },
  {
    title: 'weights computed from weights, as Constant and ConstantOfShape nodes',
    nodes: [
      {
        op: 'ConstantOfShape',
        inputs: ['size'],
        outputs: ['c'],
        settings: { value: floats(0.25) },
      },
      { op: 'Constant', inputs: [], outputs: ['d'], settings: { value: seeded([1, 3, 3, 4]) } },
      { op: 'Transpose', inputs: ['d'], outputs: ['e'], settings: { perm: [3, 1, 2, 0] } },
      { op: 'Mul', inputs: ['c', 'e'], outputs: ['w0'] },
      { op: 'Reshape', inputs: ['w0', 'shape'], outputs: ['w'] },
      { op: 'Sqrt', inputs: ['v'], outputs: ['b'] },
      { op: 'Conv', inputs: ['x', 'w', 'b'] },
    ],
    weights: { size: integers(4, 3, 3, 1), shape: integers(4, 3, 3, 1), v: positive([4]) },
  },
  {
    title: 'a batch normalisation written out',
    nodes: [
      { op: 'Add', inputs: ['v', 'eps'], outputs: ['a'] },
      { op: 'Sqrt', inputs: ['a'], outputs: ['s'] },
      { op: 'Div', inputs: ['g', 's'], outputs: ['f'] },
      { op: 'Sub', inputs: ['x', 'm'], outputs: ['n'] },
      { op: 'Mul', inputs: ['n', 'f'], outputs: ['o'] },
      { op: 'Add', inputs: ['o', 'b'] },
    ],
    weights: {
      v: positive([3, 1, 1]),
      eps: scalar(0.001),
      g: seeded([3, 1, 1], 2),
      m: seeded([3, 1, 1], 3),
      b: seeded([3, 1, 1], 4),
    },
  },
];

export const onnxCases: readonly OnnxCase[] = [
  ...convolutions,
  ...transposed,
  ...pools,
  ...activations,
  ...sums,
  ...normalisations,
  ...products,
  ...shapes,
  ...exported,
];
