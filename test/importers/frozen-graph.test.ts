/** Whole networks as people's tools write them, from the file's bytes to the scores. */
import type { Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { simplifyForward } from '../../src/graph/rewrites/index.ts';
import type { Imported } from '../../src/importers/imported.ts';
import { weightsOf } from '../../src/importers/weights.ts';
import { importModel } from '../../src/importers/index.ts';
import type { Tensor } from '../../src/ops/op.ts';
import { plainTensorflow } from '../helpers/tensorflow.ts';
import {
  FLOAT,
  STRING,
  constant,
  floats,
  graphFile,
  integers,
  list,
  node,
  savedModelFile,
  shape,
  shapeOf,
  text,
  waves,
} from './graphdef-files.ts';
import type { FileNode, TensorFields } from './graphdef-files.ts';
import { run } from './run.ts';
import { weightFiles } from './tfjs-files.ts';

const tf = await plainTensorflow();

const read = (bytes: Uint8Array): Promise<Imported> =>
  Promise.resolve(importModel({ bytes }, { names: [], read: () => Promise.reject(new Error()) }));

const conv = (stride: number, padding = 'SAME') => ({
  strides: list(1, stride, stride, 1),
  padding: text(padding),
});
const pool = (size: number, stride: number, padding = 'VALID') => ({
  ksize: list(1, size, size, 1),
  ...conv(stride, padding),
});
const picture = (rows: number, columns = rows, channels = 3): Tensor4D =>
  tf.randomUniform([1, rows, columns, channels], 0, 255, 'float32', 9);
const scaled = (x: Tensor4D, by: number): Tensor4D => tf.div(x, by);
const filter = (sizes: [number, number, number, number]): Tensor4D =>
  tf.tensor4d(waves(sizes), sizes);
const matrix = (sizes: [number, number]): Tensor2D => tf.tensor2d(waves(sizes), sizes);

function scoresOf({ graph, output }: Imported, input: Tensor): Tensor {
  return run(tf, graph, output, { input });
}

function expectClose(found: Tensor, expected: Tensor): void {
  expect(found.shape).toEqual(expected.shape);
  expect(tf.max(tf.abs(tf.sub(found, expected))).dataSync()[0]).toBeLessThan(1e-5);
  // Scores that are all the same would agree with anything.
  const spread = tf.sub(tf.max(expected), tf.min(expected)).dataSync()[0]!;
  expect(spread).toBeGreaterThan(1e-3);
}

/** classify_image_graph_def.pb with a new head, as the tutorial's retrain.py leaves it. */
const retrainedInception: FileNode[] = [
  constant('DecodeJpeg/contents', { dtype: STRING, tensorShape: shapeOf([]) }),
  node('DecodeJpeg', 'DecodeJpeg', ['DecodeJpeg/contents'], { channels: { i: 3 } }),
  node('Cast', 'Cast', ['DecodeJpeg'], { DstT: { type: FLOAT } }),
  integers('ExpandDims/dim', [0], []),
  node('ExpandDims', 'ExpandDims', ['Cast', 'ExpandDims/dim']),
  integers('ResizeBilinear/size', [19, 17]),
  node('ResizeBilinear', 'ResizeBilinear', ['ExpandDims', 'ResizeBilinear/size']),
  floats('Sub/y', [], [128]),
  node('Sub', 'Sub', ['ResizeBilinear', 'Sub/y']),
  floats('Mul/y', [], [1 / 128]),
  node('Mul', 'Mul', ['Sub', 'Mul/y']),
  floats('conv/w', [3, 3, 3, 4]),
  node('Conv2D', 'conv/Conv2D', ['Mul', 'conv/w'], conv(2, 'VALID')),
  floats('conv/beta', [4], [0.1, 0.2, 0.3, 0.4]),
  floats('conv/gamma', [4], [9, 9, 9, 9]),
  floats('conv/mean', [4], [0, 0.1, -0.1, 0.2]),
  floats('conv/variance', [4], [1, 0.5, 2, 0.7]),
  node(
    'BatchNormWithGlobalNormalization',
    'conv/batchnorm',
    ['conv/Conv2D', 'conv/mean', 'conv/variance', 'conv/beta', 'conv/gamma'],
    { variance_epsilon: { f: 0.001 }, scale_after_normalization: { b: false } },
  ),
  node('CheckNumerics', 'conv/CheckNumerics', ['conv/batchnorm']),
  node('Identity', 'conv/control_dependency', ['conv/CheckNumerics', '^conv/Conv2D']),
  node('Relu', 'conv', ['conv/control_dependency']),
  node('MaxPool', 'pool', ['conv'], pool(3, 1, 'SAME')),
  integers('mixed/join/concat_dim', [3], []),
  node('Concat', 'mixed/join', ['mixed/join/concat_dim', 'conv', 'pool']),
  node('AvgPool', 'pool_3', ['mixed/join'], { ...pool(9, 1), ksize: list(1, 9, 8, 1) }),
  integers('pool_3/_reshape/shape', [1, 8]),
  node('Reshape', 'pool_3/_reshape', ['pool_3', 'pool_3/_reshape/shape']),
  node('PlaceholderWithDefault', 'input/BottleneckInputPlaceholder', ['pool_3/_reshape'], {
    shape: shape(-1, 8),
  }),
  floats('weights/final_weights', [8, 3]),
  node('Identity', 'weights/final_weights/read', ['weights/final_weights']),
  node('MatMul', 'Wx_plus_b/MatMul', [
    'input/BottleneckInputPlaceholder',
    'weights/final_weights/read',
  ]),
  floats('biases/final_biases', [3], [0.1, -0.1, 0]),
  node('Add', 'Wx_plus_b/add', ['Wx_plus_b/MatMul', 'biases/final_biases']),
  node('Softmax', 'final_result', ['Wx_plus_b/add']),
];

function inceptionScores(x: Tensor4D): Tensor {
  const y = tf.conv2d(scaled(tf.sub(x, 128), 128), filter([3, 3, 3, 4]), 2, 'valid');
  const [mean, variance, beta] = [
    [0, 0.1, -0.1, 0.2],
    [1, 0.5, 2, 0.7],
    [0.1, 0.2, 0.3, 0.4],
  ].map((values) => tf.tensor1d(values)) as [Tensor1D, Tensor1D, Tensor1D];
  const normal: Tensor4D = tf.batchNorm4d(y, mean, variance, beta, undefined, 1e-3);
  const a = tf.relu(normal);
  const joined = tf.concat([a, tf.maxPool(a, 3, 1, 'same')], 3);
  const bottleneck = tf.reshape(tf.avgPool(joined, [9, 8], 1, 'valid'), [1, 8]);
  const logits = tf.matMul(bottleneck, matrix([8, 3]));
  return tf.softmax(tf.add(logits, [0.1, -0.1, 0]));
}

describe('networks', () => {
  test('a retrained Inception: entered after the resizing, with the scaling that is inside', async () => {
    const imported = await read(graphFile(retrainedInception));
    expect(imported).toMatchObject({
      inputSize: [19, 17],
      output: 'final_result',
      enteredAfter: 'ResizeBilinear',
    });
    expect(imported.graph.nodes.get('input')!.attributes['shape']).toEqual([1, null, null, 3]);
    expect([...imported.graph.layers.keys()]).toEqual(
      expect.arrayContaining(['Sub', 'conv', 'mixed/join', 'final_result']),
    );
    expect(imported.graph.layers.has('Cast')).toBe(false);
    const x = picture(19, 17);
    expectClose(scoresOf(imported, x), inceptionScores(x));
  });

  test('what a training left beside the network changes nothing', async () => {
    const leftovers = [
      node('Placeholder', 'input/GroundTruthInput', [], { dtype: { type: 9 }, shape: shape(-1) }),
      node('Log', 'cross_entropy/log', ['final_result']),
      node('Mul', 'cross_entropy/mul', ['cross_entropy/log', 'input/GroundTruthInput']),
      floats('rate', [], [0.01]),
      node('MatMul', 'gradients/MatMul', ['pool_3/_reshape', 'cross_entropy/mul'], {
        transpose_a: { b: true },
      }),
      node('ApplyGradientDescent', 'train', ['weights/final_weights', 'rate', 'gradients/MatMul']),
      node('HistogramSummary', 'activations', ['rate', 'final_result']),
      integers('accuracy/dimension', [1], []),
      node('ArgMax', 'accuracy/ArgMax', ['final_result', 'accuracy/dimension']),
      node('Equal', 'accuracy/Equal', ['accuracy/ArgMax', 'input/GroundTruthInput']),
      node('NoOp', 'init', ['^train']),
    ];
    const { graph, output } = await read(graphFile([...retrainedInception, ...leftovers]));
    expect(output).toBe('final_result');
    const { nodes } = (await read(graphFile(retrainedInception))).graph;
    expect([...graph.nodes.values()]).toEqual([...nodes.values()]);
  });

  test("a retrained MobileNet: normalisation in single steps, and the tutorial's head", async () => {
    const normalised = (name: string, x: string, mean: number[], variance: number[]) => [
      floats(`${name}/gamma`, [3], [1.5, 0.5, 2]),
      node('Identity', `${name}/gamma/read`, [`${name}/gamma`]),
      floats(`${name}/beta`, [3], [0.1, 0.2, -0.1]),
      floats(`${name}/moving_mean`, [3], mean),
      floats(`${name}/moving_variance`, [3], variance),
      floats(`${name}/add/y`, [], [0.001]),
      node('Add', `${name}/add`, [`${name}/moving_variance`, `${name}/add/y`]),
      node('Rsqrt', `${name}/Rsqrt`, [`${name}/add`]),
      node('Mul', `${name}/mul`, [`${name}/Rsqrt`, `${name}/gamma/read`]),
      node('Mul', `${name}/mul_1`, [x, `${name}/mul`]),
      node('Mul', `${name}/mul_2`, [`${name}/moving_mean`, `${name}/mul`]),
      node('Sub', `${name}/sub`, [`${name}/beta`, `${name}/mul_2`]),
      node('Add', `${name}/add_1`, [`${name}/mul_1`, `${name}/sub`]),
      node('Relu6', `${name}/Relu6`, [`${name}/add_1`]),
    ];
    const nodes = [
      // An optimised graph says nothing of its shape.
      node('Placeholder', 'input', [], { dtype: { type: FLOAT } }),
      floats('a/w', [3, 3, 3, 3]),
      node('Conv2D', 'a/convolution', ['input', 'a/w'], conv(2)),
      ...normalised('a', 'a/convolution', [0, 1, -1], [40, 30, 20]),
      floats('b/w', [3, 3, 3, 1]),
      node('DepthwiseConv2dNative', 'b/depthwise', ['a/Relu6', 'b/w'], conv(1)),
      ...normalised('b', 'b/depthwise', [0.5, 1, 0], [4, 3, 2]),
      node('AvgPool', 'AvgPool_1a', ['b/Relu6'], pool(80, 2)),
      floats('c/w', [1, 1, 3, 5]),
      node('Conv2D', 'Conv2d_1c_1x1', ['AvgPool_1a', 'c/w'], conv(1)),
      node('Squeeze', 'SpatialSqueeze', ['Conv2d_1c_1x1'], { squeeze_dims: list(1, 2) }),
      integers('Reshape/shape', [-1, 5]),
      node('Reshape', 'Reshape', ['SpatialSqueeze', 'Reshape/shape']),
      node('PlaceholderWithDefault', 'BottleneckInputPlaceholder', ['Reshape']),
      floats('final_weights', [5, 3]),
      node('MatMul', 'logits', ['BottleneckInputPlaceholder', 'final_weights']),
      node('Softmax', 'final_result', ['logits']),
    ];
    const imported = await read(graphFile(nodes));
    expect(imported).toMatchObject({ inputSize: [160, 160], output: 'final_result' });

    const x = scaled(picture(160), 255);
    const normal = (y: Tensor4D, mean: number[], variance: number[]): Tensor4D => {
      const z = tf.batchNorm(y, mean, variance, [0.1, 0.2, -0.1], [1.5, 0.5, 2], 1e-3);
      return tf.clipByValue<Tensor4D>(z, 0, 6);
    };
    const a = normal(tf.conv2d(x, filter([3, 3, 3, 3]), 2, 'same'), [0, 1, -1], [40, 30, 20]);
    const b = normal(
      tf.depthwiseConv2d(a, filter([3, 3, 3, 1]), 1, 'same'),
      [0.5, 1, 0],
      [4, 3, 2],
    );
    const means: Tensor2D = tf.mean(b, [1, 2]);
    const last: Tensor2D = tf.reshape(filter([1, 1, 3, 5]), [3, 5]);
    const expected = tf.softmax(tf.matMul(tf.matMul(means, last), matrix([5, 3])));
    expectClose(scoresOf(imported, x), expected);

    // Of a normalisation, nothing is left but the convolution before it.
    const { nodes: simple } = simplifyForward(imported.graph, [imported.output]);
    const kinds = [...simple.values()].map(({ op }) => op).filter((op) => op !== 'constant');
    expect(kinds).toEqual(
      ['input', 'conv2d', 'clip', 'conv2d', 'clip', 'conv2d', 'averagePool'].concat(
        ...['reshape', 'reshape', 'matMul', 'softmax'],
      ),
    );
  });

  test('an export with an empty shape, whose scores are those of the first picture', async () => {
    const nodes = [
      node('Placeholder', 'Placeholder', [], { dtype: { type: FLOAT }, shape: shape() }),
      floats('w', [3, 3, 3, 4]),
      node('Conv2D', 'conv', ['Placeholder', 'w'], conv(2, 'VALID')),
      node('Shape', 'flat/Shape', ['conv']),
      integers('zero', [0]),
      integers('one', [1]),
      integers('four', [4]),
      node('StridedSlice', 'flat/batch', ['flat/Shape', 'zero', 'one', 'one'], {
        shrink_axis_mask: { i: 1 },
      }),
      node('StridedSlice', 'flat/rest', ['flat/Shape', 'one', 'four', 'one']),
      integers('axis', [0]),
      node('Prod', 'flat/size', ['flat/rest', 'axis']),
      node('Pack', 'flat/shape', ['flat/batch', 'flat/size']),
      node('Reshape', 'flat', ['conv', 'flat/shape']),
      floats('v', [15 * 15 * 4, 3]),
      node('MatMul', 'dense', ['flat', 'v']),
      node('Softmax', 'softmax', ['dense']),
      node('StridedSlice', 'first', ['softmax', 'zero', 'one', 'one'], {
        shrink_axis_mask: { i: 1 },
      }),
      node('Identity', 'loss', ['first']),
    ];
    const imported = await read(graphFile(nodes));
    // 31 and 32 pixels give 15 cells.
    expect(imported.inputSize).toEqual([32, 32]);
    expect(imported.graph.layers.has('loss')).toBe(true);
    const x = scaled(picture(32), 2550);
    const cells = tf.conv2d(x, filter([3, 3, 3, 4]), 2, 'valid');
    const dense = tf.matMul(tf.reshape(cells, [1, 900]), matrix([900, 3]));
    expectClose(scoresOf(imported, x), tf.softmax(dense));
  });

  test('of several heads the deepest is the network', async () => {
    const head = (name: string, x: string) => [
      integers(`${name}/axes`, [1, 2]),
      node('Mean', `${name}/mean`, [x, `${name}/axes`]),
      floats(`${name}/w`, [3, 3]),
      node('MatMul', `${name}/pre`, [`${name}/mean`, `${name}/w`]),
      node('Softmax', name, [`${name}/pre`]),
    ];
    const layer = (name: string, x: string) => [
      floats(`${name}/w`, [1, 1, 3, 3]),
      node('Conv2D', name, [x, `${name}/w`], conv(1)),
    ];
    const nodes = [
      node('Placeholder', 'input', [], { dtype: { type: FLOAT }, shape: shape(-1, -1, -1, 3) }),
      ...layer('a', 'input'),
      ...layer('b', 'a'),
      ...layer('c', 'b'),
      ...head('softmax2', 'c'),
      node('Identity', 'output2', ['softmax2']),
      ...head('softmax0', 'a'),
      node('Identity', 'output', ['softmax0']),
    ];
    const imported = await read(graphFile(nodes));
    expect(imported.output).toBe('softmax2');
    expect(imported.graph.layers.get('output2')).toBe('softmax2');
    expect(imported.inputSize).toEqual([null, null]);
  });

  test('a gate is no head: without probabilities, what the last learned layer gives', async () => {
    const nodes = [
      node('Placeholder', 'input', [], { dtype: { type: FLOAT }, shape: shape(1, 8, 8, 3) }),
      floats('w', [1, 1, 3, 3]),
      node('Conv2D', 'conv', ['input', 'w'], conv(1)),
      node('Sigmoid', 'gate', ['conv']),
      node('Mul', 'swish', ['conv', 'gate']),
      integers('axes', [1, 2]),
      node('Mean', 'features', ['swish', 'axes']),
      integers('axis', [1], []),
      node('ArgMax', 'best', ['features', 'axis']),
    ];
    expect((await read(graphFile(nodes))).output).toBe('features');
  });

  test('flat grey pictures enter where they get their rows and columns', async () => {
    const nodes = [
      node('Placeholder', 'x', [], { dtype: { type: FLOAT }, shape: shape(-1, 64) }),
      integers('shape', [-1, 8, 8, 1]),
      node('Reshape', 'Reshape', ['x', 'shape']),
      floats('w', [8, 8, 1, 2]),
      node('Conv2D', 'conv', ['Reshape', 'w'], conv(1, 'VALID')),
      node('Squeeze', 'logits', ['conv'], { squeeze_dims: list(1, 2) }),
      node('Softmax', 'y', ['logits']),
    ];
    const imported = await read(graphFile(nodes));
    expect(imported).toMatchObject({ inputSize: [8, 8], output: 'y', enteredAfter: 'Reshape' });
    const x = scaled(picture(8, 8, 1), 255);
    const cells = tf.conv2d(x, filter([8, 8, 1, 2]), 1, 'valid');
    expectClose(scoresOf(imported, x), tf.softmax(tf.reshape(cells, [1, 2])));
  });

  test('branches for the training and dropout fall away', async () => {
    const nodes = [
      node('Placeholder', 'x', [], { dtype: { type: FLOAT }, shape: shape(-1, 4, 4, 2) }),
      node('Placeholder', 'is_training', [], { dtype: { type: 10 } }),
      node('Placeholder', 'keep_prob', [], { dtype: { type: FLOAT } }),
      floats('w', [4, 4, 2, 3]),
      node('Conv2D', 'conv', ['x', 'w'], conv(1, 'VALID')),
      node('Switch', 'cond/Switch', ['is_training', 'is_training']),
      node('Identity', 'cond/switch_t', ['cond/Switch:1']),
      node('Identity', 'cond/switch_f', ['cond/Switch']),
      floats('batch', [], [7]),
      node('Switch', 'cond/data', ['conv', 'is_training']),
      node('Mul', 'cond/trained', ['cond/data:1', 'batch', '^cond/switch_t']),
      floats('half', [], [0.5]),
      node('Mul', 'cond/used', ['cond/data', 'half', '^cond/switch_f']),
      node('Merge', 'cond/Merge', ['cond/used', 'cond/trained']),
      node('Shape', 'dropout/Shape', ['cond/Merge']),
      node('RandomUniform', 'dropout/random', ['dropout/Shape']),
      node('Add', 'dropout/add', ['keep_prob', 'dropout/random']),
      node('Floor', 'dropout/Floor', ['dropout/add']),
      node('RealDiv', 'dropout/div', ['cond/Merge', 'keep_prob']),
      node('Mul', 'dropout/mul', ['dropout/div', 'dropout/Floor']),
      node('Squeeze', 'logits', ['dropout/mul'], { squeeze_dims: list(1, 2) }),
      node('Softmax', 'y', ['logits']),
    ];
    const imported = await read(graphFile(nodes));
    const x = scaled(picture(4, 4, 2), 255);
    const cells = tf.conv2d(x, filter([4, 4, 2, 3]), 1, 'valid');
    expectClose(scoresOf(imported, x), tf.softmax(tf.mul(tf.reshape(cells, [1, 3]), 0.5)));
  });

  test('a server that scales before it resizes: what scales stays', async () => {
    const nodes = [
      node('Placeholder', 'contents', [], { dtype: { type: STRING }, shape: shape() }),
      node('DecodeJpeg', 'decode', ['contents'], { channels: { i: 3 } }),
      node('Cast', 'convert/Cast', ['decode'], { DstT: { type: FLOAT } }),
      floats('convert/y', [], [1 / 255]),
      node('Mul', 'convert', ['convert/Cast', 'convert/y']),
      integers('dim', [0], []),
      node('ExpandDims', 'expanded', ['convert', 'dim']),
      integers('size', [7, 5]),
      node('ResizeBilinear', 'resized', ['expanded', 'size']),
      node('Squeeze', 'squeezed', ['resized'], { squeeze_dims: list(0) }),
      floats('half', [], [0.5]),
      node('Sub', 'centred', ['squeezed', 'half']),
      node('ExpandDims', 'batch', ['centred', 'dim']),
      floats('w', [7, 5, 3, 3]),
      node('Conv2D', 'conv', ['batch', 'w'], conv(1, 'VALID')),
      node('Squeeze', 'logits', ['conv'], { squeeze_dims: list(1, 2) }),
      node('Softmax', 'y', ['logits']),
    ];
    const imported = await read(graphFile(nodes));
    expect(imported).toMatchObject({ inputSize: [7, 5], enteredAfter: 'convert/Cast' });
    const x = picture(7, 5);
    const cells = tf.conv2d(
      tf.sub<Tensor4D>(scaled(x, 255), 0.5),
      filter([7, 5, 3, 3]),
      1,
      'valid',
    );
    expectClose(scoresOf(imported, x), tf.softmax(tf.reshape(cells, [1, 3])));
  });

  test('pictures whose channels are put in another order', async () => {
    const nodes = [
      node('Placeholder', 'rgb', [], { dtype: { type: FLOAT }, shape: shape(-1, 6, 6, 3) }),
      integers('axis', [3], []),
      node('Split', 'split', ['axis', 'rgb'], { num_split: { i: 3 } }),
      floats('mean', [], [0.5]),
      node('Sub', 'red', ['split', 'mean']),
      node('ConcatV2', 'bgr', ['split:2', 'split:1', 'red', 'axis']),
      floats('w', [6, 6, 3, 3]),
      node('Conv2D', 'conv', ['bgr', 'w'], conv(1, 'VALID')),
      node('Squeeze', 'logits', ['conv'], { squeeze_dims: list(1, 2) }),
      node('Softmax', 'y', ['logits']),
    ];
    const imported = await read(graphFile(nodes));
    expect(imported.inputSize).toEqual([6, 6]);
    const x = scaled(picture(6), 255);
    const [red, green, blue] = tf.split(x, 3, 3) as [Tensor4D, Tensor4D, Tensor4D];
    const turned: Tensor4D = tf.concat([blue, green, tf.sub<Tensor4D>(red, 0.5)], 3);
    const cells = tf.conv2d(turned, filter([6, 6, 3, 3]), 1, 'valid');
    expectClose(scoresOf(imported, x), tf.softmax(tf.reshape(cells, [1, 3])));
  });

  test('an old tensorflow.js model: the graph, and its weights in files of their own', async () => {
    const stripped = retrainedInception.map((each) => {
      const { tensor } = (each.attr?.['value'] ?? {}) as { tensor?: TensorFields };
      if (!tensor?.tensorContent) return each;
      return constant(each.name, { dtype: FLOAT, tensorShape: tensor.tensorShape! });
    });
    const names = ['conv/w', 'weights/final_weights', 'conv/variance', 'conv/beta', 'conv/mean'];
    const weights = retrainedInception.flatMap((each) => {
      const { tensor } = (each.attr?.['value'] ?? {}) as { tensor?: TensorFields };
      if (!tensor?.tensorContent || !tensor.tensorShape) return [];
      const { dim } = tensor.tensorShape as { dim: { size: number }[] };
      const entry = { name: each.name, shape: dim.map(({ size }) => size), dtype: 'float32' };
      return [{ entry, bytes: tensor.tensorContent as Uint8Array }];
    });
    expect(weights.map(({ entry }) => entry.name)).toEqual(expect.arrayContaining(names));
    const { manifest, readShard } = weightFiles(weights);
    const imported = await importModel(
      { bytes: graphFile(stripped) },
      {
        names: ['weights_manifest.json', 'shard1'],
        read: (path) =>
          path === 'weights_manifest.json'
            ? Promise.resolve(Buffer.from(JSON.stringify(manifest)))
            : readShard(path),
      },
    );
    await imported.weights.ready(weightsOf(imported.graph));
    const x = picture(19, 17);
    expectClose(scoresOf(imported, x), inceptionScores(x));

    await expect(read(graphFile(stripped))).rejects.toMatchObject({
      message: "the graph's constants hold no numbers: its weights are missing",
      hint: expect.stringContaining('weights_manifest.json') as string,
    });
  });

  test('a SavedModel without variables, with the output that it declares', async () => {
    const bytes = savedModelFile(retrainedInception, 'Wx_plus_b/add:0');
    expect((await read(bytes)).output).toBe('Wx_plus_b/add');
  });
});
