import { describe, expect, test } from 'vitest';
import { isGraphModel, readGraphModel } from '../../src/importers/graph-model.ts';
import type { Imported } from '../../src/importers/imported.ts';
import { importModel } from '../../src/importers/index.ts';
import type { Tensor } from '../../src/ops/op.ts';
import { plainTensorflow } from '../helpers/tensorflow.ts';
import { run } from './run.ts';
import { bytesOf, floats, weightFiles } from './tfjs-files.ts';

const tf = await plainTensorflow();

interface Node {
  name: string;
  op: string;
  input?: string[];
  attr?: Record<string, unknown>;
}
type Weight = ReturnType<typeof floats>;

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const text = (value: string) => ({ s: base64(value) });
const texts = (...values: string[]) => ({ list: { s: values.map(base64) } });
const list = (...values: number[]) => ({ list: { i: values.map(String) } });

const placeholder: Node = {
  name: 'x',
  op: 'Placeholder',
  attr: { shape: { shape: { dim: [-1, 8, 9, 2].map((size) => ({ size: String(size) })) } } },
};
const node = (op: string, name: string, input: string[], attr = {}): Node => ({
  name,
  op,
  input,
  attr,
});
const integers = (name: string, shape: number[], values: number[]): Weight => ({
  entry: { name, shape, dtype: 'int32' },
  bytes: bytesOf(Int32Array.from(values)),
});
const kernel = (name: string, shape: number[]): Weight => {
  const count = shape.reduce((product, size) => product * size, 1);
  return floats(
    name,
    shape,
    Array.from({ length: count }, (_, index) => Math.sin(index * 5) / 2),
  );
};
const tensorOf = ({ entry, bytes }: Weight): Tensor =>
  tf.tensor(new Float32Array(new Uint8Array(bytes).buffer), entry.shape);

async function read(nodes: Node[], weights: Weight[] = [], output?: string): Promise<Imported> {
  const { manifest, readShard } = weightFiles(weights);
  const constants = weights.map(({ entry: { name } }) => ({ name, op: 'Const' }));
  const json = {
    format: 'graph-model',
    modelTopology: { node: [placeholder, ...constants, ...nodes] },
    weightsManifest: manifest,
    ...(output && { signature: { outputs: { [output]: { name: output } } } }),
  };
  expect(isGraphModel(json)).toBe(true);
  const imported = await readGraphModel(json, readShard);
  await imported.weights.ready(weights.map(({ entry }) => entry.name));
  return imported;
}

async function valueOf(nodes: Node[], weights: Weight[]): Promise<[Tensor, Tensor]> {
  const { graph, output } = await read(nodes, weights);
  const picture = tf.randomUniform([1, 8, 9, 2], -1, 1, 'float32', 5);
  return [run(tf, graph, output, { input: picture }), picture];
}

function expectClose(found: Tensor, expected: Tensor): void {
  expect(found.shape).toEqual(expected.shape);
  expect(tf.max(tf.abs(tf.sub(found, expected))).dataSync()[0]).toBeLessThan(1e-5);
}

const strides = list(1, 2, 2, 1);

describe('nodes compute what TensorFlow computes', () => {
  test('a fused convolution: the last of its nodes has the name', async () => {
    const weights = [kernel('w', [3, 3, 2, 4]), kernel('b', [4])];
    const attr = {
      strides,
      padding: text('SAME'),
      fused_ops: texts('BiasAdd', 'Relu6'),
      data_format: text('NHWC'),
    };
    const nodes = [node('_FusedConv2D', 'conv', ['x', 'w', 'b'], attr)];
    const [found, x] = await valueOf(nodes, weights);
    const [filter, bias] = weights.map(tensorOf);
    expectClose(found, tf.relu6(tf.add(tf.conv2d(x as never, filter as never, 2, 'same'), bias!)));
    const { graph } = await read(nodes, weights);
    expect(graph.nodes.get('conv')).toMatchObject({ op: 'clip', inputs: ['conv2d~1'] });
    expect(graph.nodes.get('conv2d~1')!.inputs).toEqual(['input', 'w', 'b']);
  });

  test('a fused depthwise convolution, dilated, with a list of bytes for text', async () => {
    const weights = [kernel('w', [2, 3, 2, 2]), kernel('b', [4])];
    const attr = {
      strides: list(1, 1, 1, 1),
      dilations: list(1, 2, 2, 1),
      padding: { s: [...Buffer.from('VALID')] },
      fused_ops: texts('BiasAdd'),
    };
    const [found, x] = await valueOf(
      [node('FusedDepthwiseConv2dNative', 'conv', ['x', 'w', 'b'], attr)],
      weights,
    );
    const [filter, bias] = weights.map(tensorOf);
    const y = tf.depthwiseConv2d(x as never, filter as never, 1, 'valid', 'NHWC', 2);
    expectClose(found, tf.add(y, bias!));
  });

  test('explicit paddings; a bias and an activation of their own; Identity in between', async () => {
    const weights = [kernel('w', [3, 3, 2, 3]), kernel('b', [3])];
    const attr = {
      strides,
      padding: text('EXPLICIT'),
      explicit_paddings: list(0, 0, 1, 0, 2, 1, 0, 0),
    };
    const nodes = [
      node('Identity', 'w/read', ['w']),
      node('Conv2D', 'conv', ['x', 'w/read'], attr),
      node('BiasAdd', 'biased', ['conv:0', 'b', '^conv']),
      node('Relu', 'relu', ['biased']),
    ];
    const [found, x] = await valueOf(nodes, weights);
    const padded = tf.pad(x, [
      [0, 0],
      [1, 0],
      [2, 1],
      [0, 0],
    ]);
    const [filter, bias] = weights.map(tensorOf);
    expectClose(
      found,
      tf.relu(tf.add(tf.conv2d(padded as never, filter as never, 2, 'valid'), bias!)),
    );
  });

  test('pools, pads, concatenation and arithmetic', async () => {
    const weights = [
      integers('axis', [], [-1]),
      integers('paddings', [4, 2], [0, 0, 1, 2, 0, 1, 0, 0]),
      kernel('k', [2]),
    ];
    const window = { ksize: list(1, 3, 3, 1), strides, padding: text('SAME') };
    const nodes = [
      node('MaxPool', 'max', ['x'], window),
      node('AvgPool', 'mean', ['x'], { ...window, padding: text('VALID') }),
      node('Pad', 'padded', ['mean', 'paddings'], {}),
      node('Sub', 'less', ['k', 'x']),
      node('Mul', 'times', ['less', 'k']),
      node('AvgPool', 'small', ['times'], window),
      node('AddV2', 'sum', ['max', 'small']),
      node('ConcatV2', 'both', ['sum', 'max', 'axis']),
    ];
    const [found, x] = await valueOf(nodes, weights);
    const k = tensorOf(weights[2]!);
    const max = tf.maxPool(x as never, 3, 2, 'same');
    const times = tf.mul(tf.sub(k, x), k);
    const sum = tf.add(max, tf.avgPool(times as never, 3, 2, 'same'));
    expectClose(found, tf.concat([sum, max], 3));

    const [padded] = await valueOf(nodes.slice(1, 3), weights);
    const mean = tf.avgPool(x as never, 3, 2, 'valid');
    expectClose(
      padded,
      tf.pad(mean, [
        [0, 0],
        [1, 2],
        [0, 1],
        [0, 0],
      ]),
    );
  });

  test('a head: mean, squeeze, reshape, dense, softmax', async () => {
    const weights = [
      integers('axes', [2], [1, 2]),
      integers('shape', [2], [-1, 2]),
      kernel('w', [3, 2]),
      kernel('b', [3]),
      kernel('v', [3, 2]),
    ];
    const nodes = [
      node('Mean', 'mean', ['x', 'axes'], { keep_dims: { b: true } }),
      node('Squeeze', 'squeezed', ['mean'], { squeeze_dims: list(1, 2) }),
      node('PlaceholderWithDefault', 'default', ['squeezed']),
      node('Reshape', 'shaped', ['default', 'shape']),
      node('_FusedMatMul', 'dense', ['shaped', 'w', 'b'], {
        transpose_b: { b: true },
        fused_ops: texts('BiasAdd', 'Relu'),
      }),
      node('MatMul', 'dense_2', ['dense', 'v']),
      node('Sigmoid', 'sigmoid', ['dense_2']),
      node('Softmax', 'softmax', ['sigmoid']),
      node('Identity', 'result', ['softmax']),
    ];
    const [found, x] = await valueOf(nodes, weights);
    const [w, b, v] = weights.slice(2).map(tensorOf) as [never, never, never];
    const hidden = tf.relu(tf.add(tf.matMul(tf.mean(x, [1, 2]), w, false, true), b));
    expectClose(found, tf.softmax(tf.sigmoid(tf.matMul(hidden, v))));
  });
});

describe('structure', () => {
  const weights = [kernel('a/net/c1/w', [1, 1, 2, 2]), kernel('a/net/c2/w', [1, 1, 2, 2])];
  const attr = { strides, padding: text('SAME') };
  const nodes = [
    node('Relu', 'a/out/relu', ['a/net/c2/conv']),
    node('Conv2D', 'a/net/c2/conv', ['a/net/c1/conv', 'a/net/c2/w'], attr),
    node('Conv2D', 'a/net/c1/conv', ['x', 'a/net/c1/w'], attr),
    node('StridedSlice', 'unused', ['a/out/relu']),
  ];

  test('nodes in any order; only what the output needs; names without the common folders', async () => {
    const { graph, inputSize, output } = await read(nodes, weights, 'a/out/relu:0');
    expect({ inputSize, output }).toEqual({ inputSize: [8, 9], output: 'a/out/relu' });
    expect([...graph.layers]).toEqual([
      ['c1/conv', 'a/net/c1/conv'],
      ['c2/conv', 'a/net/c2/conv'],
      ['out/relu', 'a/out/relu'],
    ]);
    expect([...graph.nodes.keys()][0]).toBe('input');
  });

  test('a size that the graph does not tell is unknown', async () => {
    const { manifest, readShard } = weightFiles(weights);
    const bare = { name: 'x', op: 'Placeholder', attr: { shape: { shape: {} } } };
    const node = [bare, { name: 'r', op: 'Relu', input: ['x'] }];
    const { inputSize } = await readGraphModel(
      { modelTopology: { node }, weightsManifest: manifest },
      readShard,
    );
    expect(inputSize).toEqual([null, null]);
  });
});

describe('failures', () => {
  const conv = { strides, padding: text('SAME') };
  test.each([
    [
      'an unknown op',
      [node('Digamma', 'e', ['x'])],
      'unsupported-op',
      "node 'e' is a Digamma, which is not supported; supported: Conv2D,",
    ],
    [
      'an op every object has',
      [node('toString', 'e', ['x'])],
      'unsupported-op',
      "node 'e' is a toString",
    ],
    [
      'a second output',
      [node('Relu', 'r', ['x:1'])],
      'unsupported-op',
      "node 'r' reads output 1 of 'x'; only first outputs",
    ],
    [
      'an input that is not there',
      [node('Relu', 'r', ['y'])],
      'bad-model',
      "node 'r' reads 'y', which is not in the graph",
    ],
    [
      'a loop',
      [node('Add', 'a', ['x', 'b']), node('Relu', 'b', ['a']), node('Relu', 'c', ['b'])],
      'unsupported-op',
      'a loop',
    ],
    [
      'two pictures',
      [{ ...placeholder, name: 'y' }, node('Add', 'a', ['x', 'y'])],
      'unsupported-op',
      "the graph has 2 inputs (Placeholder) 'x', 'y'; expected 1",
    ],
    [
      'channels first',
      [node('Conv2D', 'c', ['x', 'w'], { ...conv, data_format: text('NCHW') })],
      'unsupported-op',
      'node \'c\' (Conv2D): data_format "NCHW" is not supported',
    ],
    [
      'another fused op',
      [node('_FusedConv2D', 'c', ['x', 'w'], { ...conv, fused_ops: texts('Elu') })],
      'unsupported-op',
      "node 'c' (_FusedConv2D): fused_ops = Elu is not supported",
    ],
    [
      'no strides',
      [node('Conv2D', 'c', ['x', 'w'], { padding: text('SAME') })],
      'bad-model',
      "node 'c' (Conv2D) has strides = undefined, expected four whole numbers above 0",
    ],
    [
      'no padding',
      [node('MaxPool', 'p', ['x'], { strides, ksize: strides })],
      'unsupported-op',
      "node 'p' (MaxPool): padding undefined is not supported",
    ],
    [
      'a filter that is computed',
      [node('Conv2D', 'c', ['x', 'x'], conv)],
      'unsupported-op',
      "node 'c' (Conv2D): input 1 that is not a constant is not supported",
    ],
    [
      'a missing input',
      [node('Add', 'a', ['x'])],
      'bad-model',
      "node 'a' (Add) has 1 inputs, expected more",
    ],
    [
      'shapes that do not fit',
      [node('MatMul', 'm', ['x', 'w'])],
      'bad-model',
      "node 'm' (MatMul): matMul: 2 inputs meet weights for 3",
    ],
  ])('%s', async (_, nodes, code, message) => {
    const weights = [kernel('w', [3, 3])];
    const wide =
      code === 'bad-model' && message.includes('matMul') ? weights : [kernel('w', [3, 3, 2, 2])];
    await expect(read(nodes, wide)).rejects.toMatchObject({
      name: 'DreamError',
      code,
      message: expect.stringContaining(message) as string,
    });
  });

  test('a graph without input, a constant output, a Const without values', async () => {
    const { manifest, readShard } = weightFiles([kernel('w', [1])]);
    const readNodes = (node: Node[]) =>
      readGraphModel({ modelTopology: { node }, weightsManifest: manifest }, readShard);
    const constant = { name: 'w', op: 'Const' };
    await expect(readNodes([constant, node('Relu', 'r', ['w'])])).rejects.toThrow(
      'the graph has 0 inputs (Placeholder); expected 1',
    );
    await expect(
      readNodes([placeholder, { name: 'v', op: 'Const' }, node('Add', 'a', ['x', 'v'])]),
    ).rejects.toThrow("the weights hold no 'v', which the network needs");
  });

  test('a file of no known format', async () => {
    await expect(
      importModel({ json: { hello: 1 } }, { names: [], read: () => Promise.reject(new Error()) }),
    ).rejects.toMatchObject({
      code: 'bad-model',
      message: expect.stringContaining("the model's file has a format that is not known") as string,
    });
  });
});
