import type { Tensor2D } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { DreamError } from '../../src/kit/errors.ts';
import { seededRandom } from '../../src/kit/random.ts';
import { readKerasHdf5 } from '../../src/importers/keras-hdf5.ts';
import type { Imported } from '../../src/importers/imported.ts';
import { weightsOf } from '../../src/importers/weights.ts';
import type { Tensor } from '../../src/ops/op.ts';
import { dataset, hdf5, kerasHdf5, texts, weight, writeWeights } from '../helpers/hdf5-files.ts';
import type { KerasFile, StoredWeight } from '../helpers/hdf5-files.ts';
import { plainTensorflow } from '../helpers/tensorflow.ts';
import { run } from './run.ts';

const tf = await plainTensorflow();

const tensorOf = ({ shape, values }: StoredWeight) => tf.tensor(values, [...shape]) as never;
const picture = tf.randomUniform([1, 8, 8, 2], -1, 1, 'float32', 5);

async function outputOf(bytes: Uint8Array, x: Tensor = picture): Promise<Tensor> {
  const imported = readKerasHdf5(bytes);
  return valueOf(imported, x);
}

async function valueOf(imported: Imported, x: Tensor): Promise<Tensor> {
  await imported.weights.ready(weightsOf(imported.graph));
  return run(tf, imported.graph, imported.output, { input: x });
}

function expectClose(found: Tensor, expected: Tensor): void {
  expect(found.shape).toEqual(expected.shape);
  expect(tf.max(tf.abs(tf.sub(found, expected))).dataSync()[0]).toBeLessThan(1e-5);
}

const layer = (class_name: string, name: string, config: object = {}) => ({
  class_name,
  config: { name, ...config },
});
const convolution = (name: string, filters: number, config: object = {}) =>
  layer('Conv2D', name, { filters, kernel_size: [3, 3], ...config });
const first = { batch_input_shape: [null, 8, 8, 2] };

const kernel = weight('conv_1/kernel:0', [3, 3, 2, 4], 1);
const bias = weight('conv_1/bias:0', [4], 2);
const dense = [weight('top/kernel:0', [144, 3], 3), weight('top/bias:0', [3], 4)];
/** A bare array, as Keras 2.0 wrote it; weights by the names of another session. */
const small: KerasFile = {
  config: {
    class_name: 'Sequential',
    config: [
      convolution('conv', 4, { ...first, activation: 'relu', kernel_regularizer: { l2: 0.1 } }),
      layer('Dropout', 'drop', { rate: 0.5 }),
      layer('Flatten', 'flat'),
      layer('Dense', 'top', { units: 3, activation: 'softmax' }),
    ],
  },
  version: '2.0.4',
  groups: { conv: [kernel, bias], drop: [], flat: [], top: dense },
};

function smallByHand(): Tensor {
  const hidden = tf.relu(
    tf.add(tf.conv2d(picture as never, tensorOf(kernel), 1, 'valid'), tensorOf(bias)),
  );
  const flat = tf.reshape(hidden, [1, 144]);
  return tf.softmax(tf.add(tf.matMul(flat, tensorOf(dense[0]!)), tensorOf(dense[1]!)));
}

describe('networks', () => {
  test.each([
    ['as h5py writes them', {}],
    ['in double precision', { dtype: '<f8' }],
    ['compressed', { compressed: true }],
    ['with the newer kind of groups', { libver: 'v110' }],
    ['with their lists in several attributes', { listLength: 1 }],
    [
      'with layers under a key',
      {
        config: {
          ...(small.config as object),
          config: { layers: (small.config as { config: unknown }).config },
        },
      },
    ],
  ] as [string, Partial<KerasFile>][])('a Sequential: weights %s', async (_, changes) => {
    expectClose(await outputOf(await kerasHdf5({ ...small, ...changes })), smallByHand());
  });

  test('only what is asked for has to be ready; the optimizer is left alone', async () => {
    const imported = readKerasHdf5(await kerasHdf5(small));
    expect([...weightsOf(imported.graph)].sort()).toEqual([
      'conv/bias',
      'conv/kernel',
      'top/bias',
      'top/kernel',
    ]);
    expect(imported.weights.has('conv/kernel')).toBe(true);
    expect(imported.weights.has('Variable')).toBe(false);
    expect(imported).toMatchObject({ inputSize: [8, 8], output: 'top' });
  });

  const inner = (frozen: string[] = []) => ({
    class_name: 'Functional',
    config: {
      name: 'body',
      layers: [
        { ...layer('InputLayer', 'in', first), name: 'in', inbound_nodes: [] },
        {
          ...convolution('a', 3, { use_bias: false, trainable: !frozen.includes('a') }),
          name: 'a',
          inbound_nodes: [[['in', 0, 0, {}]]],
        },
        {
          ...layer('BatchNormalization', 'b', { trainable: !frozen.includes('b'), epsilon: 0.01 }),
          name: 'b',
          inbound_nodes: [[['a', 0, 0, {}]]],
        },
        {
          ...convolution('c', 2, { trainable: !frozen.includes('c') }),
          name: 'c',
          inbound_nodes: [[['b', 0, 0, {}]]],
        },
      ],
      input_layers: [['in', 0, 0]],
      output_layers: [['c', 0, 0]],
    },
  });
  const nested = (frozen?: string[]) => ({
    class_name: 'Sequential',
    config: {
      name: 'outer',
      layers: [
        {
          class_name: 'Sequential',
          config: { name: 'middle', layers: [inner(frozen), layer('GlobalMaxPooling2D', 'pool')] },
        },
        {
          class_name: 'Sequential',
          config: { name: 'head', layers: [layer('Dense', 'd', { units: 2, activation: 'tanh' })] },
        },
      ],
    },
  });
  const of = {
    a: weight('a/kernel:0', [3, 3, 2, 3], 11),
    gamma: weight('b/gamma:0', [3], 12),
    beta: weight('b/beta:0', [3], 13),
    mean: weight('b/moving_mean:0', [3], 14),
    variance: { ...weight('b/moving_variance:0', [3], 15), values: Float32Array.of(0.5, 1, 2) },
    c: weight('c/kernel:0', [3, 3, 3, 2], 16),
    cBias: weight('c/bias:0', [2], 17),
    d: weight('d/kernel:0', [2, 2], 18),
    dBias: weight('d/bias:0', [2], 19),
  };
  const { a, gamma, beta, mean, variance, c, cBias, d, dBias } = of;
  const nestedByHand = (): Tensor => {
    const body = tf.conv2d(picture as never, tensorOf(a), 1, 'valid');
    const even = tf.batchNorm(
      body,
      tensorOf(mean),
      tensorOf(variance),
      tensorOf(beta),
      tensorOf(gamma),
      0.01,
    );
    const last = tf.add(tf.conv2d(even as never, tensorOf(c), 1, 'valid'), tensorOf(cBias));
    return tf.tanh(tf.add(tf.matMul(tf.max<Tensor2D>(last, [1, 2]), tensorOf(d)), tensorOf(dBias)));
  };
  const renamed = (weights: StoredWeight[]) =>
    weights.map((one, index) => ({ ...one, name: `session_${index}/${one.name.split('/')[1]!}` }));

  test.each([
    ['what is trained first', [], [a, gamma, beta, c, cBias, mean, variance]],
    ['layers as they come', [], [a, gamma, beta, mean, variance, c, cBias]],
    ['frozen layers last', ['a', 'b'], [c, cBias, a, gamma, beta, mean, variance]],
    ['by the names of another session', [], renamed([a, gamma, beta, c, cBias, mean, variance])],
    ['in no order of Keras, by their own names', [], [c, cBias, variance, mean, beta, gamma, a]],
  ])('models three deep, all weights in one group: %s', async (_, frozen, weights) => {
    const groups = { middle: weights, head: [d, dBias] };
    const bytes = await kerasHdf5({ config: nested(frozen), groups });
    expectClose(await outputOf(bytes), nestedByHand());
    const { graph } = readKerasHdf5(bytes);
    expect([...graph.layers.keys()]).toEqual([
      'a',
      'b',
      'c',
      'body',
      'pool',
      'middle',
      'd',
      'head',
    ]);
  });

  test('a model in a functional one, whose first call counts as its second', async () => {
    const config = {
      class_name: 'Functional',
      config: {
        name: 'outer',
        layers: [
          { ...layer('InputLayer', 'picture', first), name: 'picture', inbound_nodes: [] },
          { ...inner(), name: 'body', inbound_nodes: [[['picture', 0, 0, {}]]] },
          { ...layer('ReLU', 'end'), name: 'end', inbound_nodes: [[['body', 1, 0, {}]]] },
        ],
        input_layers: [['picture', 0, 0]],
        output_layers: [['end', 0, 0]],
      },
    };
    const groups = { body: [a, gamma, beta, c, cBias, mean, variance], end: [] };
    const found = await outputOf(await kerasHdf5({ config, groups }));
    expect(found.shape).toEqual([1, 4, 4, 2]);
    expect(tf.max(found).dataSync()[0]).toBeGreaterThan(0.1);
  });

  test('Keras 3: a grey picture, names without numbers, its own hard_sigmoid', async () => {
    const config = {
      class_name: 'Sequential',
      config: {
        layers: [
          { class_name: 'InputLayer', config: { name: 'in', batch_shape: [null, 8, 8, 1] } },
          layer('DepthwiseConv2D', 'dw', {
            kernel_size: [2, 2],
            activation: 'hard_sigmoid',
            dtype: { class_name: 'DTypePolicy', config: { name: 'float32' } },
          }),
        ],
      },
    };
    const stored = [
      weight('sequential/dw/kernel', [2, 2, 1, 1], 1),
      weight('sequential/dw/bias', [1], 2),
    ];
    const bytes = await kerasHdf5({ config, version: '3.10.0', groups: { dw: stored } });
    const x = tf.randomUniform([1, 8, 8, 1], -1, 1, 'float32', 6);
    const sum = tf.add(
      tf.conv2d(x as never, tensorOf(stored[0]!), 1, 'valid'),
      tensorOf(stored[1]!),
    );
    expectClose(await outputOf(bytes, x), tf.clipByValue(tf.add(tf.div(sum, 6), 0.5), 0, 1));
    const older = await kerasHdf5({ config, version: '2.4.0', groups: { dw: stored } });
    expectClose(await outputOf(older, x), tf.clipByValue(tf.add(tf.mul(sum, 0.2), 0.5), 0, 1));
  });

  test.each([
    ['told of the channels', { data_format: 'channels_first' }],
    ['as they lie', {}],
  ])('channels first, flattened %s', async (how, flatten) => {
    const channels = { data_format: 'channels_first' };
    const config = {
      class_name: 'Sequential',
      config: [
        convolution('conv', 4, {
          ...channels,
          batch_input_shape: [null, 2, 8, 8],
          padding: 'same',
        }),
        layer('BatchNormalization', 'norm', { axis: 1, scale: false, center: false }),
        layer('MaxPooling2D', 'pool', { ...channels, pool_size: [4, 4] }),
        layer('Flatten', 'flat', flatten),
        layer('Dense', 'top', { units: 3, use_bias: false }),
      ],
    };
    const statistics = [
      weight('norm/moving_mean', [4], 5),
      { ...weight('norm/moving_variance', [4], 6), values: Float32Array.of(1, 2, 3, 4) },
    ];
    const top = weight('top/kernel', [16, 3], 7);
    const groups = { conv: [kernel, bias], norm: statistics, top: [top] };
    const found = await outputOf(await kerasHdf5({ config, groups }));
    const y = tf.add(tf.conv2d(picture as never, tensorOf(kernel), 1, 'same'), tensorOf(bias));
    const even = tf.div(
      tf.sub(y, tensorOf(statistics[0]!)),
      tf.sqrt(tf.add(tensorOf(statistics[1]!), 1e-3)),
    );
    const pooled = tf.maxPool(even as never, 4, 4, 'valid');
    const flat = tf.reshape(
      how === 'as they lie' ? tf.transpose(pooled, [0, 3, 1, 2]) : pooled,
      [1, 16],
    );
    expectClose(found, tf.matMul(flat, tensorOf(top)));
  });
});

describe('what is no network, or not one that can be dreamed with', () => {
  const read = async (changes: Partial<KerasFile>) =>
    outputOf(await kerasHdf5({ ...small, ...changes }));
  const sequence = (...layers: object[]) => ({ class_name: 'Sequential', config: layers });

  test.each([
    ['Keras 1', { version: '1.2.2' }, 'unsupported-op', 'saved by Keras 1.2.2, expected 2 or 3'],
    ['Theano', { backend: 'theano' }, 'unsupported-op', 'Theano backend'],
    ['no JSON', { config: '{"class_name": ' }, 'bad-model', "the file's model_config is not JSON"],
    [
      'no model',
      { config: { class_name: 'Sequential' } },
      'bad-model',
      "the file's model_config: config",
    ],
    [
      'a config without an end',
      {
        config: `{"class_name":"Sequential","config":{"layers":${'['.repeat(5000)}${']'.repeat(5000)}}}`,
      },
      'bad-model',
      'nested more than 200 deep',
    ],
    [
      'a class that is not known',
      { config: sequence(convolution('conv', 4, first), layer('MyAttention', 'mine')) },
      'unsupported-op',
      "layer 'mine' is a MyAttention, which is not supported",
    ],
    [
      'a Lambda',
      { config: sequence(convolution('conv', 4, first), layer('Lambda', 'half')) },
      'unsupported-op',
      "layer 'half' is a Lambda",
    ],
    [
      'one weight too few',
      { groups: { ...small.groups, conv: [kernel] } },
      'bad-model',
      "the weights hold no 'conv/bias', which the network needs",
    ],
    [
      'weights of other names',
      {
        groups: {
          ...small.groups,
          conv: [
            { ...kernel, name: 'x' },
            { ...bias, name: 'y/x' },
          ],
        },
      },
      'bad-model',
      "layer 'conv' (Conv2D) has the weights x, y/x in the file; expected conv/kernel, conv/bias",
    ],
    [
      'a weight of another shape',
      { groups: { ...small.groups, conv: [weight('k/kernel', [3, 3, 2, 5], 1), bias] } },
      'bad-model',
      "layer 'conv' (Conv2D) has a kernel of [3, 3, 2, 5], expected [3, 3, 2, 4]",
    ],
    [
      'a weight that is no number',
      {
        groups: {
          ...small.groups,
          conv: [kernel, { ...bias, values: Float32Array.of(0, NaN, 1, 2) }],
        },
      },
      'bad-model',
      "the weight 'conv/bias' holds NaN, expected finite numbers",
    ],
    [
      'pictures whose channels move',
      {
        config: sequence(
          convolution('conv', 4, { ...first, data_format: 'channels_first' }),
          layer('MaxPooling2D', 'pool', { data_format: 'channels_last' }),
        ),
        groups: { conv: [weight('conv/kernel', [3, 3, 8, 4], 1), bias] },
      },
      'unsupported-op',
      "layer 'pool' (MaxPooling2D): data_format 'channels_last' in a network of 'channels_first'",
    ],
  ] as [string, Partial<KerasFile>, string, string][])('%s', async (_, changes, code, message) => {
    await expect(read(changes)).rejects.toMatchObject({
      name: 'DreamError',
      code,
      message: expect.stringContaining(message) as string,
    });
  });

  test('layers that read each other', async () => {
    const ring = ['x', 'y'].map((name, index) => ({
      ...layer('ReLU', name),
      name,
      inbound_nodes: [[[['y', 'x'][index]!, 0, 0, {}]]],
    }));
    const config = {
      class_name: 'Model',
      config: {
        layers: [{ ...layer('InputLayer', 'in', first), name: 'in', inbound_nodes: [] }, ...ring],
        input_layers: [['in', 0, 0]],
        output_layers: [['y', 0, 0]],
      },
    };
    await expect(read({ config })).rejects.toThrow(
      "layer 'x' (ReLU) reads 'y', of which one needs this layer itself",
    );
  });

  test('weights alone: what is missing, and how to save it', async () => {
    const bytes = await hdf5((root) => {
      writeWeights(root, small);
      root.create_attribute('backend', 'theano');
    });
    await expect(outputOf(bytes)).rejects.toMatchObject({
      code: 'bad-model',
      message:
        'the HDF5 file holds weights only, saved by Keras on theano without the network they ' +
        'belong to; expected an attribute model_config',
      hint: expect.stringContaining("model.save('model.h5')") as string,
    });
  });

  test('another HDF5 file', async () => {
    const bytes = await hdf5((root) => {
      root.create_group('galaxies');
    });
    await expect(outputOf(bytes)).rejects.toThrow('holds no Keras network: galaxies; expected');
  });

  test('a list that names a weight which is not there', async () => {
    const bytes = await hdf5((root) => {
      root.create_attribute('model_config', JSON.stringify(small.config));
      const group = root.create_group('model_weights').create_group('conv');
      texts(group, 'weight_names', ['conv/kernel:0', 'conv/bias:0']);
      dataset(group, weight('conv/kernel:0', [3, 3, 2, 4], 1));
    });
    await expect(outputOf(bytes)).rejects.toThrow(
      "the group 'model_weights/conv' lists the weight 'conv/bias:0' and does not hold it",
    );
  });

  test('a file that is cut short, wherever', async () => {
    const bytes = await kerasHdf5(small);
    const random = seededRandom(3);
    for (let round = 0; round < 40; round++) {
      const length = 8 + random.integer(0, bytes.length - 9);
      await expect(outputOf(bytes.slice(0, length))).rejects.toThrow(
        `the model holds ${length} bytes, by its own header`,
      );
    }
  });

  test.each([
    ['in one piece', false],
    ['compressed', true],
  ])('bytes changed anywhere, weights %s: a network, or one DreamError', async (_, compressed) => {
    const bytes = await kerasHdf5({ ...small, compressed });
    const random = seededRandom(4);
    let refused = 0;
    for (let round = 0; round < 300; round++) {
      const changed = bytes.slice();
      for (let count = random.integer(1, 6); count > 0; count--) {
        const value = [0, 1, 255, random.integer(0, 255)][random.integer(0, 3)]!;
        changed[random.integer(8, bytes.length - 1)] = value;
      }
      try {
        const imported = readKerasHdf5(changed);
        await imported.weights.ready(weightsOf(imported.graph));
      } catch (error) {
        if (!(error instanceof DreamError)) throw error;
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(30);
  });
});
