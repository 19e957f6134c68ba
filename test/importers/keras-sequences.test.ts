import { describe, expect, test } from 'vitest';
import type { Tensor } from '../../src/ops/op.ts';
import {
  expectClose,
  functionCall,
  kernel,
  layer,
  operation,
  tensor,
  tensorOf,
  tf,
  valueOf,
} from './keras-files.ts';
import type { Layer } from './keras-files.ts';
import { floats } from './tfjs-files.ts';

const tokens = layer('Reshape', 'tokens', { target_shape: [64, 2] }, 'picture_in');
const tokensOf = (x: Tensor): Tensor => tf.reshape(x, [1, 64, 2]);

describe('layers of sequences', () => {
  test.each([
    ['valid, stride 2', { strides: [2], padding: 'valid' }],
    ['same', { strides: 1, padding: 'same' }],
    ['same, dilated', { dilation_rate: [2], padding: 'same' }],
  ])('Conv1D %s', async (_, config) => {
    const weights = [kernel('c/kernel', [3, 2, 4]), kernel('c/bias', [4])];
    const options = { filters: 4, kernel_size: [3], activation: 'relu', ...config };
    const [found, x] = await valueOf([tokens, layer('Conv1D', 'c', options, 'tokens')], weights);
    const {
      strides = 1,
      dilation_rate: [dilation] = [1],
      padding,
    } = config as {
      strides?: number | number[];
      dilation_rate?: number[];
      padding: 'same' | 'valid';
    };
    const stride = [strides].flat()[0]!;
    const filter = tensorOf(weights[0]!) as never;
    const y = tf.conv1d(tokensOf(x) as never, filter, stride, padding, 'NWC', dilation);
    expectClose(found, tf.relu(tf.add(y, tensorOf(weights[1]!))));
  });

  test('Conv1D, causal: no cell looks ahead', async () => {
    const weights = [kernel('c/kernel', [3, 2, 4])];
    const config = {
      filters: 4,
      kernel_size: 3,
      padding: 'causal',
      dilation_rate: 2,
      use_bias: false,
    };
    const [found, x] = await valueOf([tokens, layer('Conv1D', 'c', config, 'tokens')], weights);
    const padded = tf.pad(tokensOf(x), [
      [0, 0],
      [4, 0],
      [0, 0],
    ]);
    const filter = tensorOf(weights[0]!) as never;
    expectClose(found, tf.conv1d(padded as never, filter, 1, 'valid', 'NWC', 2));
  });

  test.each([
    [
      'MaxPooling1D',
      { pool_size: [3], strides: [2], padding: 'same' },
      (x) => {
        const row = tf.reshape(x, [1, 1, 64, 2]) as never;
        return tf.reshape(tf.maxPool(row, [1, 3], [1, 2], 'same'), [1, 32, 2]);
      },
    ],
    ['AveragePooling1D', { pool_size: 2 }, (x) => tf.mean(tf.reshape(x, [1, 32, 2, 2]), 2)],
    ['GlobalAveragePooling1D', {}, (x) => tf.mean(x, 1)],
    ['GlobalMaxPooling1D', { keepdims: true }, (x) => tf.max(x, 1, true)],
    ['SpatialDropout1D', { rate: 0.5 }, (x) => x],
    [
      'Softmax',
      { axis: 1 },
      (x) => tf.transpose(tf.softmax(tf.transpose(x, [0, 2, 1])), [0, 2, 1]),
    ],
    ['Softmax', { axis: [-1] }, (x) => tf.softmax(x)],
    ['UnitNormalization', { axis: -1 }, (x) => tf.div(x, tf.sqrt(tf.sum(tf.square(x), 2, true)))],
  ] as [string, object, (x: Tensor) => Tensor][])('%s %j', async (kind, config, expected) => {
    const [found, x] = await valueOf([tokens, layer(kind, 'l', config, 'tokens')], []);
    expectClose(found, expected(tokensOf(x)));
  });

  test('RMSNormalization', async () => {
    const weights = [floats('r/scale', [2], [0.5, -2])];
    const one = layer('RMSNormalization', 'r', { axis: [-1], epsilon: 0.01 }, 'picture_in');
    const [found, x] = await valueOf([one], weights);
    const spread = tf.sqrt(tf.add(tf.mean(tf.square(x), 3, true), 0.01));
    expectClose(found, tf.mul(tf.div(x, spread), tensorOf(weights[0]!)));
  });

  test('RepeatVector', async () => {
    const mean = layer('GlobalAveragePooling2D', 'mean', {}, 'picture_in');
    const [found, x] = await valueOf([mean, layer('RepeatVector', 'r', { n: 3 }, 'mean')], []);
    expectClose(found, tf.tile(tf.expandDims(tf.mean(x, [1, 2]), 1), [1, 3, 1]));
  });

  test.each([
    ['Conv1D', { filters: 1, kernel_size: 1 }, 'picture_in', 'has an input of 4 axes, expected 3'],
    ['MaxPooling1D', { data_format: 'channels_first' }, 'tokens', "data_format 'channels_first'"],
    ['Softmax', { axis: [1, 2] }, 'tokens', 'axis = [1,2] is not supported'],
    [
      'AveragePooling1D',
      { padding: 'causal', pool_size: [2, 2] },
      'tokens',
      'pool_size = [2,2], expected a number',
    ],
  ])('%s %j of %s is refused', async (kind, config, from, message) => {
    await expect(valueOf([tokens, layer(kind, 'l', config, from)], [])).rejects.toThrow(message);
  });
});

describe('functions between layers', () => {
  const tensorflow = (name: string, options: object, from = 'tokens'): Layer =>
    functionCall(name, 'l', [from, 0, 0, { ...options, name: null }]);
  const keras = (kind: string, config: object, from = ['tokens']): Layer => ({
    ...operation(kind, 'l', from.map(tensor)),
    config: { name: 'l', ...config },
  });

  test.each([
    [tensorflow('math.reduce_mean', { axis: 1, keepdims: true }), (x) => tf.mean(x, 1, true)],
    [tensorflow('math.reduce_max', { axis: [1, -1] }), (x) => tf.max(x, [1, 2])],
    [tensorflow('math.reduce_sum', { axis: -1 }), (x) => tf.sum(x, 2)],
    [tensorflow('reshape', { shape: [-1, 8, 16] }), (x) => tf.reshape(x, [1, 8, 16])],
    [tensorflow('compat.v1.transpose', { perm: [0, 2, 1] }), (x) => tf.transpose(x, [0, 2, 1])],
    [tensorflow('expand_dims', { axis: -2 }), (x) => tf.expandDims(x, 2)],
    [
      tensorflow('nn.softmax', { axis: 1 }),
      (x) => tf.transpose(tf.softmax(tf.transpose(x, [0, 2, 1])), [0, 2, 1]),
    ],
    [tensorflow('nn.leaky_relu', { alpha: 0.3 }), (x) => tf.leakyRelu(x, 0.3)],
    [
      tensorflow('nn.gelu', { approximate: true }),
      (x) => {
        const inner = tf.mul(tf.add(x, tf.mul(tf.pow(x, 3), 0.044715)), Math.sqrt(2 / Math.PI));
        return tf.mul(tf.mul(x, 0.5), tf.add(tf.tanh(inner), 1));
      },
    ],
    [
      tensorflow('linalg.matmul', { b: ['tokens', 0, 0], transpose_b: true }),
      (x) => tf.matMul(x, x, false, true),
    ],
    [tensorflow('identity', {}), (x) => x],
    [
      tensorflow('math.add', { y: [[[1, 2]], [[3, 4]]] }, 'rows'),
      (x) => tf.add(tf.reshape(x, [1, 2, 32, 2]), tf.tensor([1, 2, 3, 4], [2, 1, 2])),
    ],
    [keras('Mean', { axis: 1, keepdims: false }), (x) => tf.mean(x, 1)],
    [keras('Max', { axis: null, keepdims: true }), (x) => tf.max(x, undefined, true)],
    [keras('Reshape', { newshape: [-1, 8, 16] }), (x) => tf.reshape(x, [1, 8, 16])],
    [keras('Transpose', { axes: [0, 2, 1] }), (x) => tf.transpose(x, [0, 2, 1])],
    [
      keras('Gelu', { approximate: false }),
      (x) => tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1)),
    ],
    [keras('LeakyRelu', { negative_slope: 0.1 }), (x) => tf.leakyRelu(x, 0.1)],
  ] as [Layer, (x: Tensor) => Tensor][])('%j', async (one, expected) => {
    const rows = layer('Reshape', 'rows', { target_shape: [2, 32, 2] }, 'picture_in');
    const [found, x] = await valueOf([tokens, rows, one], []);
    expectClose(found, expected(tokensOf(x)));
  });

  test('products of stacks of matrices: heads written out by hand', async () => {
    const layers = [
      layer('Reshape', 'split', { target_shape: [64, 2, 1] }, 'picture_in'),
      layer('Permute', 'heads', { dims: [2, 1, 3] }, 'split'),
      layer('Permute', 'keys', { dims: [2, 3, 1] }, 'split'),
      keras('Matmul', {}, ['heads', 'keys']),
    ];
    const [found, x] = await valueOf(layers, []);
    const heads = tf.transpose(tf.reshape(x, [1, 64, 2, 1]), [0, 2, 1, 3]);
    expectClose(found, tf.matMul(heads, heads, false, true));
  });

  test.each([
    [tensorflow('math.reduce_mean', { axis: 5 }), 'names the axis 5 of 3'],
    [tensorflow('squeeze', { axis: 1 }), 'drops axes that have more than one cell: 1'],
    [tensorflow('transpose', { perm: [0, 1] }), 'has perm = [0,1] for 3 axes'],
    [
      tensorflow('image.crop_and_resize', {}),
      "the function 'image.crop_and_resize' is not supported",
    ],
    [tensorflow('reshape', { shape: [-1, ['tokens', 0, 0]] }), 'shape = '],
  ])('%j is refused', async (one, message) => {
    await expect(valueOf([tokens, one], [])).rejects.toThrow(message);
  });
});
