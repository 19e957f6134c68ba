/** What Keras's own networks need beyond the usual layers, and how its versions write it. */
import { describe, expect, test } from 'vitest';
import { onnxCompiler } from '../../src/engines/onnx.ts';
import type { Tensor } from '../../src/ops/op.ts';
import {
  expectClose,
  functional,
  functionCall,
  kernel,
  layer,
  operation,
  read,
  tensor,
  tensorOf,
  tf,
  valueOf,
} from './keras-files.ts';
import type { Layer } from './keras-files.ts';
import { floats } from './tfjs-files.ts';

describe('layers of keras.applications', () => {
  test.each([
    [
      'EfficientNet: a scale for each channel',
      layer('Rescaling', 'l', { scale: [2, -3], offset: 1 }, 'picture_in'),
      (x) => tf.add(tf.mul(x, tf.tensor([2, -3])), 1),
    ],
    [
      'EfficientNet of qubvel: FixedDropout',
      layer('FixedDropout', 'l', { rate: 0.2 }, 'picture_in'),
      (x) => x,
    ],
    [
      'ConvNeXt: StochasticDepth',
      layer('StochasticDepth', 'l', { drop_path_rate: 0.1 }, 'picture_in'),
      (x) => x,
    ],
    [
      'Inception-ResNet: CustomScaleLayer',
      layer('CustomScaleLayer', 'l', { scale: 0.17 }, 'picture_in', 'picture_in'),
      (x) => tf.mul(x, 1.17),
    ],
    [
      'Maximum',
      layer('Maximum', 'l', {}, 'picture_in', 'half'),
      (x) => tf.maximum(x, tf.mul(x, 0.5)),
    ],
    [
      'Minimum',
      layer('Minimum', 'l', {}, 'picture_in', 'half'),
      (x) => tf.minimum(x, tf.mul(x, 0.5)),
    ],
  ] as [string, Layer, (x: Tensor) => Tensor][])('%s', async (_, one, expected) => {
    const half = layer('Rescaling', 'half', { scale: 0.5 }, 'picture_in');
    const [found, x] = await valueOf([half, one], []);
    expectClose(found, expected(x));
  });

  test('ConvNeXt: a block of dense layers on cells, with a LayerScale', async () => {
    const weights = [
      kernel('d/depthwise_kernel', [3, 3, 2, 1]),
      kernel('d/bias', [2]),
      floats('n/gamma', [2], [1.5, 0.5]),
      floats('n/beta', [2], [0.1, -0.2]),
      kernel('wide/kernel', [2, 8]),
      kernel('wide/bias', [8]),
      kernel('narrow/kernel', [8, 2]),
      kernel('narrow/bias', [2]),
      floats('scale/gamma', [2], [0.3, -0.4]),
    ];
    const layers = [
      layer('DepthwiseConv2D', 'd', { kernel_size: 3, padding: 'same' }, 'picture_in'),
      layer('LayerNormalization', 'n', { axis: [-1], epsilon: 1e-6 }, 'd'),
      layer('Dense', 'wide', { units: 8 }, 'n'),
      layer('Activation', 'gelu', { activation: 'gelu' }, 'wide'),
      layer('Dense', 'narrow', { units: 2 }, 'gelu'),
      layer('LayerScale', 'scale', { init_values: 1e-6, projection_dim: 2 }, 'narrow'),
      layer('StochasticDepth', 'drop', { drop_path_rate: 0 }, 'scale'),
      layer('Add', 'sum', {}, 'picture_in', 'drop'),
    ];
    const [found, x] = await valueOf(layers, weights);
    const tensors = weights.map(tensorOf);
    const [d, , , , wide, , narrow] = tensors as never[];
    const [, db, gamma, beta, , wideBias, , narrowBias, scale] = tensors;
    const spread = tf.add(tf.depthwiseConv2d(x as never, d!, 1, 'same'), db!);
    const { mean, variance } = tf.moments(spread, 3, true);
    const even = tf.div(tf.sub(spread, mean), tf.sqrt(tf.add(variance, 1e-6)));
    const normal = tf.reshape(tf.add(tf.mul(even, gamma!), beta!), [64, 2]);
    const h = tf.add(tf.matMul(normal, wide!), wideBias!);
    const share = tf.mul(tf.add(tf.erf(tf.mul(h, Math.SQRT1_2)), 1), 0.5);
    const out = tf.add(tf.matMul(tf.mul(h, share), narrow!), narrowBias!);
    expectClose(found, tf.add(x, tf.mul(tf.reshape(out, [1, 8, 8, 2]), scale!)));
  });

  test('a dense layer on cells is the same by onnxruntime, where channels lie elsewhere', async () => {
    const weights = [kernel('f/kernel', [2, 3]), kernel('f/bias', [3])];
    const { graph, output } = await read(
      functional([layer('Dense', 'f', { units: 3, activation: 'relu' }, 'picture_in')]),
      weights,
    );
    const planes = Float32Array.from({ length: 128 }, (_, cell) => Math.sin(cell));
    const program = await onnxCompiler({ threads: 1 }).compile({ graph, outputs: [output] });
    const feeds = new Map([['input', { shape: [1, 2, 8, 8], data: planes }]]);
    const { data, shape } = (await program.run(feeds)).get(output)!;
    await program.dispose();
    const x = tf.transpose(tf.tensor(planes, [1, 2, 8, 8]), [0, 2, 3, 1]);
    const [w, b] = weights.map(tensorOf) as [never, never];
    const product = tf.add(tf.matMul(tf.reshape(x, [64, 2]), w), b);
    const expected = tf.reshape(tf.relu(product), [1, 8, 8, 3]);
    expectClose(tf.tensor(data, [...shape]), tf.transpose(expected, [0, 3, 1, 2]));
  });

  test('EfficientNet: squeeze and excite', async () => {
    const weights = [kernel('r/kernel', [1, 1, 2, 1]), kernel('e/kernel', [1, 1, 1, 2])];
    const one = { kernel_size: 1, use_bias: false, padding: 'same' };
    const layers = [
      layer('GlobalAveragePooling2D', 'squeeze', {}, 'picture_in'),
      layer('Reshape', 'shape', { target_shape: [1, 1, 2] }, 'squeeze'),
      layer('Conv2D', 'r', { ...one, filters: 1, activation: 'swish' }, 'shape'),
      layer('Conv2D', 'e', { ...one, filters: 2, activation: 'sigmoid' }, 'r'),
      layer('Multiply', 'excite', {}, 'picture_in', 'e'),
    ];
    const [found, x] = await valueOf(layers, weights);
    const [r, e] = weights.map((weight) => tf.squeeze(tensorOf(weight), [0, 1]));
    const hidden = tf.matMul(tf.mean(x, [1, 2]), r!);
    const gate = tf.sigmoid(tf.matMul(tf.mul(hidden, tf.sigmoid(hidden)), e!));
    expectClose(found, tf.mul(x, tf.reshape(gate, [1, 1, 1, 2])));
  });

  test.each([[1], [2], [-1]])('GroupNormalization of %d groups', async (groups) => {
    const weights = [floats('g/gamma', [2], [1.5, 0.5]), floats('g/beta', [2], [0.1, -0.2])];
    const config = { groups, epsilon: 0.01, axis: -1 };
    const [found, x] = await valueOf(
      [layer('GroupNormalization', 'g', config, 'picture_in')],
      weights,
    );
    const axes = groups === 1 ? [1, 2, 3] : [1, 2];
    const { mean, variance } = tf.moments(x, axes, true);
    const even = tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, 0.01)));
    const [gamma, beta] = weights.map(tensorOf) as [Tensor, Tensor];
    expectClose(found, tf.add(tf.mul(even, gamma), beta));
  });

  test.each([
    ['mish', (x) => tf.mul(x, tf.tanh(tf.softplus(x)))],
    ['softplus', (x) => tf.softplus(x)],
    ['softsign', (x) => tf.div(x, tf.add(tf.abs(x), 1))],
    ['selu', (x) => tf.selu(x)],
  ] as [string, (x: Tensor) => Tensor][])('Activation %s', async (activation, expected) => {
    const [found, x] = await valueOf([layer('Activation', 'a', { activation }, 'picture_in')], []);
    expectClose(found, expected(x));
  });
});

describe('functions between layers', () => {
  const from = ['picture_in', 0, 0] as const;
  const slices = [null, null, null, -1].map((step) => ({ start: null, stop: null, step }));

  test.each([
    [
      'Keras 2: preprocess_input of ResNet50',
      [
        {
          ...functionCall('__operators__.getitem', 'bgr', [
            ...from,
            { slice_spec: [{ class_name: '__ellipsis__' }, slices[3]] },
          ]),
          class_name: 'SlicingOpLambda',
        },
        functionCall('nn.bias_add', 'less', ['bgr', 0, 0, { bias: [-1, -3] }]),
        functionCall('cast', 'last', ['less', 0, 0, { dtype: 'float32' }]),
      ],
    ],
    [
      'Keras 3: the same, every axis written',
      [
        operation('GetItem', 'bgr', [
          tensor('picture_in'),
          slices.map((config) => ({ class_name: '__slice__', config })),
        ]),
        operation('Add', 'last', [
          tensor('bgr'),
          { class_name: '__numpy__', config: { value: [-1, -3] } },
        ]),
      ],
    ],
    [
      'Keras 2.3: nodes of TensorFlow',
      [
        {
          ...functionCall('__operators__.getitem', 'bgr', [...from, { slice_spec: slices }]),
          class_name: 'SlicingOpLambda',
        },
        layer(
          'TensorFlowOpLayer',
          'last',
          { node_def: { name: 'AddV2', op: 'AddV2' }, constants: { 1: [-1, -3] } },
          'bgr',
        ),
      ],
    ],
  ])('%s', async (_, layers) => {
    const [found, x] = await valueOf(layers, []);
    expectClose(found, tf.add(tf.reverse(x, 3), tf.tensor([-1, -3])));
  });

  test('a hard swish of MobileNetV3, as nodes of TensorFlow', async () => {
    const node = (op: string): object => ({ node_def: JSON.stringify({ name: op, op }) });
    const layers = [
      layer('TensorFlowOpLayer', 'a', { ...node('AddV2'), constants: { 1: 3 } }, 'picture_in'),
      layer('ReLU', 'r', { max_value: 6 }, 'a'),
      layer('TensorFlowOpLayer', 'm', { ...node('Mul'), constants: { 1: 1 / 6 } }, 'r'),
      layer('TensorFlowOpLayer', 'y', { ...node('Mul'), constants: null }, 'picture_in', 'm'),
    ];
    const [found, x] = await valueOf(layers, []);
    expectClose(found, tf.mul(x, tf.div(tf.relu6(tf.add(x, 3)), 6)));
  });

  test.each([
    [
      'another part of a tensor',
      operation('GetItem', 'l', [tensor('picture_in'), [{ config: { start: 1, step: null } }]]),
      "layer 'l' (GetItem): a part of a tensor (only channels the other way round are)",
    ],
    [
      'the pictures of a batch the other way round',
      operation('GetItem', 'l', [tensor('picture_in'), [{ config: { step: -1 } }]]),
      "layer 'l' (GetItem): a part of a tensor (only channels the other way round are)",
    ],
    [
      'another function',
      functionCall('image.adjust_gamma', 'l', [...from, { size: [3, 3] }]),
      "layer 'l' (TFOpLambda): the function 'image.adjust_gamma' is not supported",
    ],
    [
      'another node',
      layer('TensorFlowOpLayer', 'l', { node_def: { op: 'Conv3D' } }, 'picture_in'),
      "layer 'l' (TensorFlowOpLayer): the activation 'conv3d' is not supported",
    ],
    [
      'a node without an op',
      layer('TensorFlowOpLayer', 'l', { node_def: '{' }, 'picture_in'),
      "layer 'l' (TensorFlowOpLayer) has a node_def that names no op",
    ],
    [
      'constants that are no numbers',
      layer(
        'TensorFlowOpLayer',
        'l',
        { node_def: { op: 'Mul' }, constants: { 1: 'two' } },
        'picture_in',
      ),
      'layer \'l\' (TensorFlowOpLayer) has constants of "two", expected numbers',
    ],
    [
      'a scale of other channels',
      layer('Rescaling', 'l', { scale: [1, 2, 3] }, 'picture_in'),
      "layer 'l' (Rescaling) has scale = [1,2,3], expected a number for each channel",
    ],
    [
      'groups that do not fit',
      layer('GroupNormalization', 'l', { groups: 3 }, 'picture_in'),
      "layer 'l' (GroupNormalization) has groups = 3 for an input of 2 channels",
    ],
  ])('%s is refused in words', async (_, one, message) => {
    await expect(read(functional([one]))).rejects.toMatchObject({
      name: 'DreamError',
      message: expect.stringContaining(message) as string,
    });
  });
});
