/** Single nodes: they compute what TensorFlow computes. */
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import type { Imported } from '../../src/importers/imported.ts';
import { readFrozenGraph } from '../../src/importers/frozen-graph.ts';
import type { Tensor } from '../../src/ops/op.ts';
import { plainTensorflow } from '../helpers/tensorflow.ts';
import {
  FLOAT,
  bytesOf,
  constant,
  floats,
  graphFile,
  integers,
  list,
  node,
  shape,
  shapeOf,
  text,
  waves,
} from './graphdef-files.ts';
import type { FileNode, TensorFields } from './graphdef-files.ts';
import { run } from './run.ts';

const tf = await plainTensorflow();

const input = node('Placeholder', 'x', [], { dtype: { type: FLOAT }, shape: shape(1, 6, 7, 3) });
const picture: Tensor4D = tf.randomUniform([1, 6, 7, 3], -1, 1, 'float32', 4);
const imported = (...nodes: FileNode[]): Promise<Imported> =>
  readFrozenGraph(graphFile([input, ...nodes]), {
    names: [],
    read: () => Promise.reject(new Error()),
  });

async function valueOf(...nodes: FileNode[]): Promise<Tensor> {
  const { graph, output } = await imported(...nodes);
  return run(tf, graph, output, { input: picture });
}

function expectClose(found: Tensor, expected: Tensor, tolerance = 1e-5): void {
  expect(found.shape).toEqual(expected.shape);
  expect(tf.max(tf.abs(tf.sub(found, expected))).dataSync()[0]).toBeLessThan(tolerance);
}

const per3 = [0.5, -0.25, 0.75];
const zero = integers('zero', [0]);
const one = integers('one', [1]);

/** Rows and columns of x, times 2, as graphs compute them. */
const twice = [
  node('Shape', 'shape', ['x']),
  ...[1, 2].flatMap((axis) => [
    integers(`from${axis}`, [axis]),
    integers(`to${axis}`, [axis + 1]),
    node('StridedSlice', `length${axis}`, ['shape', `from${axis}`, `to${axis}`, 'one'], {
      shrink_axis_mask: { i: 1 },
    }),
    node('Mul', `twice${axis}`, [`length${axis}`, 'two']),
  ]),
];

describe('nodes', () => {
  const x = picture;
  const three = tf.tensor1d(per3);
  const channels = floats('c', [3], per3);
  const scalar = (value: number) => floats('s', [], [value]);
  const wide = floats('w', [7, 3]);
  test.each<[string, FileNode[], () => Tensor]>([
    [
      'LRN',
      [node('LRN', 'y', ['x'], { depth_radius: { i: 1 }, alpha: { f: 0.3 }, beta: { f: 0.75 } })],
      () => tf.localResponseNormalization(x, 1, 1, 0.3, 0.75),
    ],
    [
      'LRN by default',
      [node('LRN', 'y', ['x'])],
      () => tf.localResponseNormalization(x, 5, 1, 1, 0.5),
    ],
    ['Neg', [node('Neg', 'y', ['x'])], () => tf.neg(x)],
    ['Tanh', [node('Tanh', 'y', ['x'])], () => tf.tanh(x)],
    ['Elu', [node('Elu', 'y', ['x'])], () => tf.elu(x)],
    [
      'LeakyRelu',
      [node('LeakyRelu', 'y', ['x'], { alpha: { f: 0.1 } })],
      () => tf.leakyRelu(x, 0.1),
    ],
    ['LeakyRelu by default', [node('LeakyRelu', 'y', ['x'])], () => tf.leakyRelu(x, 0.2)],
    ['Softplus', [node('Softplus', 'y', ['x'])], () => tf.softplus(x)],
    [
      'Softplus of large numbers',
      [scalar(300), node('Mul', 'l', ['x', 's']), node('Softplus', 'y', ['l'])],
      () => tf.softplus(tf.mul(x, 300)),
    ],
    [
      'Exp, Log, Sqrt, Rsqrt',
      [
        node('Exp', 'e', ['x']),
        node('Sqrt', 'r', ['e']),
        node('Rsqrt', 'i', ['r']),
        node('Log', 'y', ['i']),
      ],
      () => tf.mul(x, -1 / 4),
    ],
    ['Max', [integers('axes', [1, 2]), node('Max', 'y', ['x', 'axes'])], () => tf.max(x, [1, 2])],
    [
      'Sum',
      [integers('axes', [-1]), node('Sum', 'y', ['x', 'axes'], { keep_dims: { b: true } })],
      () => tf.sum(x, 3, true),
    ],
    ['Square', [node('Square', 'y', ['x'])], () => tf.square(x)],
    [
      'SquaredDifference',
      [channels, node('SquaredDifference', 'y', ['x', 'c'])],
      () => tf.squaredDifference(x, three),
    ],
    [
      'Maximum, of a number',
      [scalar(0.1), node('Maximum', 'y', ['s', 'x'])],
      () => tf.maximum(x, 0.1),
    ],
    ['Maximum', [channels, node('Maximum', 'y', ['x', 'c'])], () => tf.maximum(x, three)],
    [
      'Minimum, of a number',
      [scalar(0.1), node('Minimum', 'y', ['x', 's'])],
      () => tf.minimum(x, 0.1),
    ],
    ['Minimum', [channels, node('Minimum', 'y', ['c', 'x'])], () => tf.minimum(three, x)],
    ['a constant first', [channels, node('Add', 'y', ['c', 'x'])], () => tf.add(x, three)],
    [
      'a constant of two axes',
      [wide, node('Sub', 'y', ['x', 'w'])],
      () => tf.sub(x, tf.tensor(waves([7, 3]), [7, 3])),
    ],
    [
      'Concat',
      [integers('axis', [2], []), node('Concat', 'y', ['axis', 'x', 'x'])],
      () => tf.concat([x, x], 2),
    ],
    [
      'Erf, Erfc, Pow',
      [
        node('Erf', 'e', ['x']),
        node('Erfc', 'c', ['x']),
        floats('third', [], [3]),
        node('Pow', 'p', ['e', 'third']),
        node('Mul', 'y', ['p', 'c']),
      ],
      () => tf.mul(tf.pow(tf.erf(x), 3), tf.sub(1, tf.erf(x))),
    ],
    [
      'BatchMatMulV2 of four axes',
      [
        integers('heads', [1, 3, 6, 7]),
        integers('turn', [0, 3, 1, 2]),
        node('Transpose', 't', ['x', 'turn']),
        node('Reshape', 'h', ['t', 'heads']),
        node('BatchMatMulV2', 'y', ['h', 'h'], { adj_x: { b: false }, adj_y: { b: true } }),
      ],
      () => {
        const heads = tf.transpose(x, [0, 3, 1, 2]);
        return tf.matMul(heads, heads, false, true);
      },
    ],
    [
      'Einsum: attention as Keras writes it',
      [
        integers('tokens', [1, 42, 3]),
        node('Reshape', 'q', ['x', 'tokens']),
        floats('wq', [3, 2, 4]),
        floats('wo', [2, 4, 5]),
        node('Einsum', 'heads', ['q', 'wq'], { equation: text('abc,cde->abde') }),
        node('Einsum', 'scores', ['heads', 'heads'], { equation: text('aecd,abcd->acbe') }),
        node('Softmax', 'shares', ['scores']),
        node('Einsum', 'means', ['shares', 'heads'], { equation: text('acbe,aecd->abcd') }),
        node('Einsum', 'y', ['means', 'wo'], { equation: text('abcd,cde->abe') }),
      ],
      () => {
        const of = (...dims: number[]) => tf.tensor(waves(dims), dims);
        const heads = tf.einsum('abc,cde->abde', tf.reshape(x, [1, 42, 3]), of(3, 2, 4));
        const shares = tf.softmax(tf.einsum('aecd,abcd->acbe', heads, heads));
        return tf.einsum('abcd,cde->abe', tf.einsum('acbe,aecd->abcd', shares, heads), of(2, 4, 5));
      },
    ],
    [
      'ResizeBilinear',
      [
        node('Relu', 'r', ['x']),
        integers('size', [9, 4]),
        node('ResizeBilinear', 'y', ['r', 'size'], { half_pixel_centers: { b: true } }),
      ],
      () => tf.image.resizeBilinear(tf.relu(x), [9, 4], false, true),
    ],
    [
      'ResizeBilinear of old graphs',
      [
        node('Relu', 'r', ['x']),
        integers('size', [9, 4]),
        node('ResizeBilinear', 'y', ['r', 'size']),
      ],
      () => tf.image.resizeBilinear(tf.relu(x), [9, 4]),
    ],
    [
      'ResizeNearestNeighbor',
      [
        node('Relu', 'r', ['x']),
        integers('size', [9, 4]),
        node('ResizeNearestNeighbor', 'y', ['r', 'size'], { align_corners: { b: true } }),
      ],
      () => tf.image.resizeNearestNeighbor(tf.relu(x), [9, 4], true),
    ],
    [
      'Conv2DBackpropInput',
      [
        floats('f', [3, 3, 4, 3]),
        integers('sizes', [1, 12, 14, 4]),
        node('Conv2DBackpropInput', 'y', ['sizes', 'f', 'x'], {
          strides: list(1, 2, 2, 1),
          padding: text('SAME'),
        }),
      ],
      () =>
        tf.conv2dTranspose(
          x,
          tf.tensor4d(waves([3, 3, 4, 3]), [3, 3, 4, 3]),
          [1, 12, 14, 4],
          2,
          'same',
        ),
    ],
    [
      'Conv2DBackpropInput whose size the graph computes',
      [
        one,
        integers('two', [2], []),
        ...twice,
        floats('f', [2, 2, 4, 3]),
        integers('batch', [1], []),
        integers('four', [4], []),
        node('Pack', 'sizes', ['batch', 'twice1', 'twice2', 'four']),
        node('Conv2DBackpropInput', 'y', ['sizes', 'f', 'x'], {
          strides: list(1, 2, 2, 1),
          padding: text('VALID'),
        }),
      ],
      () =>
        tf.conv2dTranspose(
          x,
          tf.tensor4d(waves([2, 2, 4, 3]), [2, 2, 4, 3]),
          [1, 12, 14, 4],
          2,
          'valid',
        ),
    ],
    [
      'Pad with zeros',
      [
        integers('p', [0, 0, 1, 2, 0, 1, 0, 0], [4, 2]),
        scalar(0),
        node('PadV2', 'y', ['x', 'p', 's']),
      ],
      () =>
        tf.pad(x, [
          [0, 0],
          [1, 2],
          [0, 1],
          [0, 0],
        ]),
    ],
    [
      'Transpose',
      [integers('order', [0, 2, 1, 3]), node('Transpose', 'y', ['x', 'order'])],
      () => tf.transpose(x, [0, 2, 1, 3]),
    ],
    [
      'FakeQuant',
      [scalar(1), node('FakeQuantWithMinMaxVars', 'q', ['x', 's', 's']), node('Neg', 'y', ['q'])],
      () => tf.neg(x),
    ],
  ])('%s', async (_, nodes, expected) => {
    expectClose(await valueOf(...nodes), expected());
  });

  test.each([
    ['FusedBatchNorm', 0.001],
    ['FusedBatchNormV2', 0.1],
    ['FusedBatchNormV3', undefined],
  ])('%s', async (op, epsilon) => {
    const attr = {
      is_training: { b: false },
      ...(epsilon !== undefined && { epsilon: { f: epsilon } }),
    };
    const found = await valueOf(
      floats('scale', [3], [1, 2, 3]),
      floats('offset', [3], per3),
      floats('mean', [3], [0.1, 0, -0.1]),
      floats('variance', [3], [1, 0.2, 2]),
      node(op, 'y', ['x', 'scale', 'offset', 'mean', 'variance'], attr),
    );
    const expected = tf.batchNorm(x, [0.1, 0, -0.1], [1, 0.2, 2], per3, [1, 2, 3], epsilon ?? 1e-4);
    expectClose(found, expected);
  });

  test('BatchNormWithGlobalNormalization with its gamma', async () => {
    const attr = { variance_epsilon: { f: 0.01 }, scale_after_normalization: { b: true } };
    const found = await valueOf(
      floats('mean', [3], [0.1, 0, -0.1]),
      floats('variance', [3], [1, 0.2, 2]),
      floats('beta', [3], per3),
      floats('gamma', [3], [1, 2, 3]),
      node(
        'BatchNormWithGlobalNormalization',
        'y',
        ['x', 'mean', 'variance', 'beta', 'gamma'],
        attr,
      ),
    );
    expectClose(found, tf.batchNorm(x, [0.1, 0, -0.1], [1, 0.2, 2], per3, [1, 2, 3], 0.01));
  });

  test.each<[string, number[], number[], object, [number[], number[]]]>([
    [
      'to an end',
      [0, 1, 2, 0],
      [1, 5, 6, 2],
      {},
      [
        [0, 1, 2, 0],
        [1, 4, 4, 2],
      ],
    ],
    [
      'from the end, with masks',
      [0, -4, 0, 1],
      [0, -1, 0, 9],
      { begin_mask: { i: 4 }, end_mask: { i: 5 } },
      [
        [0, 2, 0, 1],
        [1, 3, 7, 2],
      ],
    ],
    [
      'of fewer axes',
      [0, 2],
      [1, 6],
      {},
      [
        [0, 2, 0, 0],
        [1, 4, 7, 3],
      ],
    ],
  ])('StridedSlice %s', async (_, begin, end, attr, [from, sizes]) => {
    const nodes = [
      integers('b', begin),
      integers('e', end),
      integers(
        's',
        begin.map(() => 1),
      ),
    ];
    // Rows and columns are not known when a graph is read: a fixed picture in between.
    const fixed = [integers('f', [1, 6, 7, 3]), node('Reshape', 'r', ['x', 'f'])];
    const cut = node('StridedSlice', 'y', ['r', 'b', 'e', 's'], attr as Record<string, object>);
    const found = await valueOf(...nodes, ...fixed, cut);
    expectClose(found, tf.slice(x, from, sizes));
  });

  test('StridedSlice without the axes of one cell that it takes', async () => {
    const fixed = [integers('f', [1, 6, 7, 3]), node('Reshape', 'r', ['x', 'f'])];
    const nodes = [integers('b', [0, -2]), integers('e', [1, -1]), integers('s', [1, 1])];
    const cut = node('StridedSlice', 'y', ['r', 'b', 'e', 's'], { shrink_axis_mask: { i: 3 } });
    expectClose(
      await valueOf(...fixed, ...nodes, cut),
      tf.reshape(tf.slice(x, [0, 4, 0, 0], [1, 1, 7, 3]), [7, 3]),
    );
  });

  test('ExpandDims and Squeeze', async () => {
    const nodes = [
      integers('axes', [1, 2]),
      node('Mean', 'mean', ['x', 'axes']),
      integers('at', [1], []),
      node('ExpandDims', 'wide', ['mean', 'at']),
      node('Squeeze', 'y', ['wide'], { squeeze_dims: list(1) }),
    ];
    expectClose(await valueOf(...nodes), tf.mean(x, [1, 2]));
  });
});

describe('shapes that are computed', () => {
  test.each<[string, FileNode[]]>([
    [
      'as rows · columns',
      [node('Mul', 'cells', ['rows', 'columns']), node('Pack', 'shape', ['n', 'cells', 'k'])],
    ],
    ['as what is left', [integers('rest', [-1], []), node('Pack', 'shape', ['n', 'rest', 'k'])]],
    [
      'by parts',
      [
        node('ExpandDims', 'n1', ['n', 'at']),
        integers('rest', [-1]),
        node('ExpandDims', 'k1', ['k', 'at']),
        integers('at', [0], []),
        node('ConcatV2', 'shape', ['n1', 'rest', 'k1', 'at']),
      ],
    ],
  ])('%s', async (_, last) => {
    const [two, three, four] = [2, 3, 4].map((value) => integers(`${value}`, [value]));
    const part = (name: string, from: string, to: string) =>
      node('StridedSlice', name, ['shape_of', from, to, 'one'], { shrink_axis_mask: { i: 1 } });
    const nodes = [
      zero,
      one,
      two!,
      three!,
      four!,
      node('Shape', 'shape_of', ['x']),
      part('n', 'zero', 'one'),
      part('rows', 'one', '2'),
      part('columns', '2', '3'),
      part('k', '3', '4'),
      ...last,
      node('Reshape', 'y', ['x', 'shape']),
    ];
    expectClose(await valueOf(...nodes), tf.reshape(picture, [1, 42, 3]));
  });

  test('by Gather and Prod', async () => {
    const nodes = [
      node('Shape', 'shape_of', ['x']),
      integers('kept', [0, 3]),
      integers('at', [0], []),
      node('GatherV2', 'outer', ['shape_of', 'kept', 'at']),
      integers('last', [3], []),
      node('GatherV2', 'k', ['shape_of', 'last', 'at']),
      integers('rest', [-1], []),
      integers('axis', [0]),
      node('Prod', 'size', ['outer', 'axis']),
      integers('minus', [1], []),
      node('Sub', 'two', ['size', 'minus']),
      node('AddV2', 'three', ['two', 'minus']),
      node('Pack', 'shape', ['rest', 'three']),
      node('Reshape', 'y', ['x', 'shape']),
    ];
    expectClose(await valueOf(...nodes), tf.reshape(picture, [42, 3]));
  });
});

describe('constants', () => {
  const times = (c: FileNode, ...more: FileNode[]) =>
    valueOf(c, ...more, node('Mul', 'y', ['x', more.at(-1)?.name ?? c.name]));
  const [a, b, c] = per3 as [number, number, number];

  test.each<[string, TensorFields]>([
    ['float_val', { dtype: 1, floatVal: per3 }],
    ['double_val', { dtype: 2, doubleVal: per3 }],
    ['doubles', { dtype: 2, tensorContent: bytesOf(Float64Array.from(per3)) }],
    ['half_val', { dtype: 19, halfVal: [0x3800, 0xb400, 0x3a00] }],
    ['halves', { dtype: 19, tensorContent: bytesOf(Uint16Array.from([0x3800, 0xb400, 0x3a00])) }],
    ['bfloat16', { dtype: 14, tensorContent: bytesOf(Uint16Array.from([0x3f00, 0xbe80, 0x3f40])) }],
    ['half_val of bfloat16', { dtype: 14, halfVal: [0x3f00, 0xbe80, 0x3f40] }],
  ])('%s', async (_, tensor) => {
    const stored = constant('c', { ...tensor, tensorShape: shapeOf([3]) });
    expectClose(await times(stored), tf.mul(picture, [a, b, c]));
  });

  test('the last number of a list fills what is left; no numbers are zeros', async () => {
    const some = constant('c', { dtype: 1, tensorShape: shapeOf([3]), floatVal: [a, b] });
    expectClose(await times(some), tf.mul(picture, [a, b, b]));
    const none = constant('c', { dtype: 1, tensorShape: shapeOf([3]) });
    expectClose(await times(none), tf.zerosLike(picture));
  });

  test.each<[string, TensorFields]>([
    ['int64_val', { dtype: 9, int64Val: [-1, 2, 3] }],
    ['int64', { dtype: 9, tensorContent: bytesOf(BigInt64Array.from([-1n, 2n, 3n])) }],
    ['int8', { dtype: 6, tensorContent: bytesOf(Int8Array.from([-1, 2, 3])) }],
    ['int16', { dtype: 5, tensorContent: bytesOf(Int16Array.from([-1, 2, 3])) }],
    ['int32', { dtype: 3, tensorContent: bytesOf(Int32Array.from([-1, 2, 3])) }],
  ])('%s', async (_, tensor) => {
    const stored = constant('c', { ...tensor, tensorShape: shapeOf([3]) });
    expectClose(await times(stored), tf.mul(picture, [-1, 2, 3]));
  });

  test.each([
    ['MIN_COMBINED', [-1, 0.25, 1.5], 0],
    ['MIN_FIRST', [-1, 0.25, 1.5], 0.01],
  ])('weights of 8 bits, %s', async (mode, values, tolerance) => {
    const stored = constant('q', {
      dtype: 12,
      tensorShape: shapeOf([3]),
      tensorContent: Uint8Array.from([0, 127.5, 255]),
    });
    const limits = [floats('low', [], [-1]), floats('high', [], [1.5])];
    const attr = { mode: text(mode), T: { type: 12 } };
    const found = await times(
      stored,
      ...limits,
      node('Dequantize', 'c', ['q', 'low', 'high'], attr),
    );
    expectClose(found, tf.mul(picture, values), 0.01 + tolerance);
  });

  test('what is computed from constants alone is one, of any shape', async () => {
    const nodes = [
      floats('column', [2, 1, 1], [1, 4]),
      floats('row', [1, 3], [1, 2, 4]),
      node('RealDiv', 'table', ['row', 'column']),
      node('Sqrt', 'roots', ['table']),
      integers('flat', [1, -1, 6]),
      node('Reshape', 'reshaped', ['roots', 'flat']),
      node('Squeeze', 'six', ['reshaped']),
      integers('w/shape', [1, 1, 3, 2]),
      node('Reshape', 'w', ['six', 'w/shape']),
      node('Conv2D', 'y', ['x', 'w'], { strides: list(1, 1, 1, 1), padding: text('SAME') }),
    ];
    const values = [1, 2, 4, 1 / 4, 2 / 4, 1].map(Math.sqrt);
    const filter = tf.tensor4d(values, [1, 1, 3, 2]);
    expectClose(await valueOf(...nodes), tf.conv2d(picture, filter, 1, 'same'));
    const { graph } = await imported(...nodes);
    expect([...graph.nodes.values()].map(({ op }) => op)).toEqual(['input', 'constant', 'conv2d']);
  });
});
