import type { Tensor1D } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { isKerasLayers, readKerasLayers } from '../../src/importers/keras-layers.ts';
import { inferShapes } from '../../src/ops/shapes.ts';
import type { Tensor } from '../../src/ops/op.ts';
import {
  expectClose,
  functionCall,
  functional,
  kernel,
  layer,
  operation,
  read,
  tensor,
  tensorOf,
  tf,
  valueOf,
} from './keras-files.ts';
import type { Layer, Weight } from './keras-files.ts';
import { floats, weightFiles } from './tfjs-files.ts';

describe('layers compute what Keras computes', () => {
  test('Conv2D with bias and activation', async () => {
    const weights = [kernel('c/kernel', [3, 3, 2, 4]), kernel('c/bias', [4])];
    const config = {
      filters: 4,
      kernel_size: [3, 3],
      strides: [2, 2],
      padding: 'same',
      activation: 'relu',
    };
    const [found, x] = await valueOf([layer('Conv2D', 'c', config, 'picture_in')], weights);
    const y = tf.conv2d(x as never, tensorOf(weights[0]!) as never, 2, 'same');
    expectClose(found, tf.relu(tf.add(y, tensorOf(weights[1]!))));
  });

  test('DepthwiseConv2D with two outputs a channel, dilated', async () => {
    const weights = [kernel('d/depthwise_kernel', [3, 3, 2, 2]), kernel('d/bias', [4])];
    const config = {
      kernel_size: 3,
      depth_multiplier: 2,
      dilation_rate: [2, 2],
      activation: 'relu6',
    };
    const [found, x] = await valueOf(
      [layer('DepthwiseConv2D', 'd', config, 'picture_in')],
      weights,
    );
    const filter = tensorOf(weights[0]!);
    const y = tf.depthwiseConv2d(x as never, filter as never, 1, 'valid', 'NHWC', 2);
    expectClose(found, tf.relu6(tf.add(y, tensorOf(weights[1]!))));
  });

  test('SeparableConv2D', async () => {
    const weights = [
      kernel('s/depthwise_kernel', [3, 3, 2, 2]),
      kernel('s/pointwise_kernel', [1, 1, 4, 3]),
      kernel('s/bias', [3]),
    ];
    const config = { filters: 3, kernel_size: [3, 3], depth_multiplier: 2, padding: 'same' };
    const [found, x] = await valueOf(
      [layer('SeparableConv2D', 's', config, 'picture_in')],
      weights,
    );
    const [depthwise, pointwise, bias] = weights.map(tensorOf);
    const y = tf.separableConv2d(x as never, depthwise as never, pointwise as never, 1, 'same');
    expectClose(found, tf.add(y, bias!));
  });

  test.each([
    ['with gamma and beta', {}, ['gamma', 'beta']],
    ['without gamma', { scale: false }, ['beta']],
    ['without beta', { center: false, axis: [3] }, ['gamma']],
    ['with neither', { scale: false, center: false, axis: 3 }, []],
  ])('BatchNormalization %s', async (_, options, trained) => {
    const weights = ['moving_mean', ...trained].map((name, index) =>
      floats(`b/${name}`, [2], [0.3 + index, -0.2 * index - 0.1]),
    );
    weights.push(floats('b/moving_variance', [2], [0.5, 2]));
    const config = { epsilon: 0.01, axis: -1, ...options };
    const [found, x] = await valueOf(
      [layer('BatchNormalization', 'b', config, 'picture_in')],
      weights,
    );
    const of = (name: string): Tensor1D | undefined => {
      const weight = weights.find(({ entry }) => entry.name === `b/${name}`);
      return weight && (tensorOf(weight) as Tensor1D);
    };
    const expected = tf.batchNorm(
      x,
      of('moving_mean')!,
      of('moving_variance')!,
      of('beta'),
      of('gamma'),
      0.01,
    );
    expectClose(found, expected);
  });

  const gate = (x: Tensor): Tensor => tf.clipByValue(tf.add(tf.div(x, 6), 0.5), 0, 1);

  test.each([
    ['tanh', (x) => tf.tanh(x)],
    ['elu', (x) => tf.elu(x)],
    ['leaky_relu', (x) => tf.leakyRelu(x, 0.2)],
    ['exponential', (x) => tf.exp(x)],
    ['swish', (x) => tf.mul(x, tf.sigmoid(x))],
    ['silu', (x) => tf.mul(x, tf.sigmoid(x))],
    ['hard_sigmoid', (x) => tf.clipByValue(tf.add(tf.mul(x, 0.2), 0.5), 0, 1)],
    ['hard_swish', (x) => tf.mul(x, gate(x))],
    ['hard_silu', (x) => tf.mul(x, gate(x))],
    ['gelu', (x) => tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1))],
    [{ class_name: 'function', config: 'relu6' }, (x) => tf.relu6(x)],
  ] as [unknown, (x: Tensor) => Tensor][])('Activation %s', async (activation, expected) => {
    const layers = [
      layer('Rescaling', 'wide', { scale: 7 }, 'picture_in'),
      layer('Activation', 'a', { activation }, 'wide'),
    ];
    const [found, x] = await valueOf(layers, []);
    expectClose(found, expected(tf.mul(x, 7)));
  });

  test.each([
    ['LeakyReLU', { alpha: 0.1 }, (x) => tf.leakyRelu(x, 0.1)],
    ['LeakyReLU', { negative_slope: 0.4 }, (x) => tf.leakyRelu(x, 0.4)],
    ['ELU', { alpha: 0.5 }, (x) => tf.add(tf.relu(x), tf.mul(tf.minimum(tf.elu(x), 0), 0.5))],
    ['ReLU', { negative_slope: 0.1, max_value: 0.3 }, (x) => tf.leakyRelu(tf.minimum(x, 0.3), 0.1)],
    ['GlobalMaxPooling2D', {}, (x) => tf.max(x, [1, 2])],
    ['GlobalMaxPooling2D', { keepdims: true }, (x) => tf.max(x, [1, 2], true)],
    [
      'UpSampling2D',
      { size: [2, 3], interpolation: 'nearest' },
      (x) => tf.image.resizeNearestNeighbor(x as never, [16, 24]),
    ],
    ['Average', {}, (x) => x, 'picture_in', 'picture_in'],
    [
      'Normalization',
      { axis: -1, mean: [[[[0.5, -1]]]], variance: [4, 0.25] },
      (x) => tf.div(tf.sub(x, tf.tensor([0.5, -1])), tf.tensor([2, 0.5])),
    ],
    ['RandomRotation', { factor: 0.2 }, (x) => x],
    ['CenterCrop', { height: 4, width: 4 }, (x) => x],
  ] as [string, object, (x: Tensor) => Tensor, ...string[]][])(
    '%s %j',
    async (kind, config, expected, ...from) => {
      const one = layer(kind, 'one', config, ...(from.length > 0 ? from : ['picture_in']));
      const [found, x] = await valueOf([one], []);
      expectClose(found, expected(x));
    },
  );

  test('pools, with the window as stride where none is given', async () => {
    const [max, x] = await valueOf(
      [layer('MaxPooling2D', 'p', { pool_size: [2, 2], strides: null }, 'picture_in')],
      [],
    );
    expectClose(max, tf.maxPool(x as never, 2, 2, 'valid'));
    const average = { pool_size: [3, 3], strides: [1, 1], padding: 'same' };
    const [mean, y] = await valueOf([layer('AveragePooling2D', 'p', average, 'picture_in')], []);
    expectClose(mean, tf.avgPool(y as never, 3, 1, 'same'));
    const [global, z] = await valueOf([layer('GlobalAveragePooling2D', 'p', {}, 'picture_in')], []);
    expectClose(global, tf.mean(z, [1, 2]));
  });

  test('a head: flatten, dense, dropout, softmax', async () => {
    const weights = [
      kernel('f/kernel', [128, 3]),
      kernel('f/bias', [3]),
      kernel('g/kernel', [3, 2]),
    ];
    const layers = [
      layer('Flatten', 'flat', {}, 'picture_in'),
      layer('Dense', 'f', { units: 3, activation: 'sigmoid' }, 'flat'),
      layer('Dropout', 'drop', { rate: 0.5 }, 'f'),
      layer('Dense', 'g', { units: 2, use_bias: false, activation: 'softmax' }, 'drop'),
    ];
    const [found, x] = await valueOf(layers, weights);
    const [first, bias, second] = weights.map(tensorOf) as [never, never, never];
    const hidden = tf.sigmoid(tf.add(tf.matMul(tf.reshape(x, [1, 128]), first), bias));
    expectClose(found, tf.softmax(tf.matMul(hidden, second)));
  });

  test('arithmetic, concatenation, borders and relu with a limit', async () => {
    const layers = [
      layer('ReLU', 'r', { max_value: 0.5, negative_slope: 0, threshold: 0 }, 'picture_in'),
      layer('Add', 'sum', {}, 'r', 'picture_in', 'r'),
      layer('Multiply', 'product', {}, 'sum', 'r'),
      layer('Concatenate', 'both', { axis: -1 }, 'product', 'sum'),
      layer(
        'ZeroPadding2D',
        'pad',
        {
          padding: [
            [0, 1],
            [2, 3],
          ],
        },
        'both',
      ),
      layer('Cropping2D', 'crop', { cropping: 1 }, 'pad'),
      layer('Rescaling', 'scaled', { scale: 0.5, offset: -1 }, 'crop'),
      layer('Permute', 'turned', { dims: [2, 1, 3] }, 'scaled'),
    ];
    const [found, x] = await valueOf(layers, []);
    const limited = tf.clipByValue(x, 0, 0.5);
    const sum = tf.add(tf.add(limited, x), limited);
    const both = tf.concat([tf.mul(sum, limited), sum], 3);
    const padded = tf.pad(both, [
      [0, 0],
      [0, 1],
      [2, 3],
      [0, 0],
    ]);
    const cropped = tf.slice(padded, [0, 1, 1, 0], [1, 7, 11, 4]);
    expectClose(found, tf.transpose(tf.sub(tf.mul(cropped, 0.5), 1), [0, 2, 1, 3]));
  });
});

describe('structure', () => {
  const convolution = (name: string, from: string, config = {}): Layer =>
    layer('Conv2D', name, { filters: 2, kernel_size: 1, use_bias: false, ...config }, from);
  const normalisation = (name: string, from: string): Layer =>
    layer('BatchNormalization', name, { scale: false, center: false }, from);
  const weightsFor = (convolutions: string[], normalisations: string[] = []): Weight[] => [
    ...convolutions.map((name) => kernel(`${name}/kernel`, [1, 1, 2, 2])),
    ...normalisations.flatMap((name) => [
      floats(`${name}/moving_mean`, [2]),
      floats(`${name}/moving_variance`, [2]),
    ]),
  ];

  test('a linear layer is named for what follows it, every other for its own output', async () => {
    const { graph } = await read(
      functional([
        convolution('conv', 'picture_in'),
        normalisation('norm', 'conv'),
        layer('Activation', 'act', { activation: 'relu' }, 'norm'),
        layer('Activation', 'again', { activation: 'sigmoid' }, 'act'),
        layer('Dropout', 'drop', {}, 'again'),
      ]),
      weightsFor(['conv'], ['norm']),
    );
    expect([...graph.layers]).toEqual([
      ['conv', 'act'],
      ['norm', 'norm'],
      ['act', 'act'],
      ['again', 'again'],
      ['drop', 'again'],
    ]);
    expect(graph.nodes.get('conv')!.op).toBe('conv2d');
    expect(graph.nodes.get('norm')!.inputs[0]).toBe('mul~1');
  });

  test('not where something else reads it too, nor past its own activation', async () => {
    const { graph } = await read(
      functional([
        convolution('conv', 'picture_in'),
        normalisation('norm', 'conv'),
        convolution('other', 'conv', { activation: 'relu' }),
        layer('Activation', 'act', { activation: 'sigmoid' }, 'other'),
        layer('Add', 'sum', {}, 'norm', 'act'),
      ]),
      weightsFor(['conv', 'other'], ['norm']),
    );
    expect(graph.layers.get('conv')).toBe('conv');
    expect(graph.layers.get('other')).toBe('other');
    expect(graph.nodes.get('other')).toMatchObject({ op: 'relu', inputs: ['conv2d~1'] });
  });

  test('a Sequential, its layers a bare array; sizes stay unknown', async () => {
    const bare = [
      {
        class_name: 'Conv2D',
        config: {
          name: 'c',
          filters: 2,
          kernel_size: [1, 1],
          use_bias: false,
          batch_input_shape: [null, 80, 90, 2],
        },
      },
      { class_name: 'GlobalAveragePooling2D', config: { name: 'mean' } },
    ];
    const { graph, inputSize, output } = await read(
      { class_name: 'Sequential', config: bare },
      weightsFor(['c']),
    );
    expect({ inputSize, output }).toEqual({ inputSize: [80, 90], output: 'mean' });
    expect(inferShapes(graph).get('c')).toEqual([1, null, null, 2]);
    expect(inferShapes(graph).get('mean')).toEqual([1, 2]);
  });

  test("tensorflow.js's own save: the config is the topology; models inside models", () => {
    const inner = functional([convolution('a', 'picture_in'), convolution('b', 'a')]) as Layer;
    const sequential = {
      class_name: 'Sequential',
      config: {
        name: 'outer',
        layers: [
          { ...inner, config: { ...(inner['config'] as object), name: 'features' } },
          {
            class_name: 'Sequential',
            config: {
              name: 'head',
              layers: [{ class_name: 'GlobalAveragePooling2D', config: { name: 'mean' } }],
            },
          },
        ],
      },
    };
    const { manifest, readShard } = weightFiles(weightsFor(['a', 'b']));
    const imported = readKerasLayers(
      { modelTopology: sequential, weightsManifest: manifest },
      readShard,
    );
    expect(imported.inputSize).toEqual([8, 8]);
    expect([...imported.graph.layers]).toEqual([
      ['a', 'a'],
      ['b', 'b'],
      ['features', 'b'],
      ['mean', 'mean'],
      ['head', 'mean'],
    ]);
  });

  test.each([
    [
      'Keras 2',
      [
        functionCall('math.truediv', 'half', ['picture_in', 0, 0, { y: 2, name: null }]),
        functionCall('math.subtract', 'less', ['half', 0, 0, { y: 1, name: null }]),
        functionCall('nn.bias_add', 'shift', ['less', 0, 0, { bias: [1, -3], name: null }]),
        functionCall('math.subtract', 'other', ['_CONSTANT_VALUE', -1, 5, { y: ['shift', 0, 0] }]),
        functionCall('nn.relu6', 'last', ['other', 0, 0, { name: null }]),
      ],
    ],
    [
      'Keras 3',
      [
        operation('TrueDivide', 'half', [tensor('picture_in'), 2]),
        operation('Subtract', 'less', [tensor('half'), 1]),
        operation('Add', 'shift', [
          tensor('less'),
          { class_name: '__numpy__', config: { value: [1, -3] } },
        ]),
        operation('Subtract', 'other', [5, tensor('shift')]),
        layer('ReLU', 'last', { max_value: 6 }, 'other'),
      ],
    ],
  ])('functions between layers, as %s writes them', async (_, layers) => {
    const [found, x] = await valueOf(layers, []);
    const shifted = tf.add(tf.sub(tf.div(x, 2), 1), tf.tensor([1, -3]));
    expectClose(found, tf.relu6(tf.sub(5, shifted)));
  });

  test('layers in any order; calls as Keras 3 writes them', async () => {
    const history = (name: string) => ({
      class_name: '__keras_tensor__',
      config: { shape: [1], keras_history: [name, 0, 0] },
    });
    const late = {
      ...layer('Add', 'sum', {}),
      inbound_nodes: [{ args: [[history('r'), history('picture_in')]], kwargs: {} }],
    };
    const { graph } = await read(functional([late, layer('ReLU', 'r', {}, 'picture_in')], 'sum'));
    expect(graph.nodes.get('sum')!.inputs).toEqual(['r', 'input']);
  });

  test('thousands of layers, the last of them first', async () => {
    const layers = Array.from({ length: 9000 }, (_, index) =>
      layer('ReLU', `r${index}`, {}, index === 0 ? 'picture_in' : `r${index - 1}`),
    );
    const { graph } = await read(functional(layers.reverse(), 'r8999'));
    expect(graph.nodes.get('r8999')!.inputs).toEqual(['r8998']);
    expect([...graph.nodes.keys()].slice(0, 3)).toEqual(['input', 'r0', 'r1']);
  });
});

describe('failures', () => {
  const readOne = (one: Layer, weights: Weight[] = []) => read(functional([one]), weights);

  test.each([
    [
      'an unknown class',
      layer('Lambda', 'l', {}, 'picture_in'),
      'unsupported-op',
      "layer 'l' is a Lambda, which is not supported; supported: Conv2D,",
    ],
    [
      'a class every object has',
      layer('constructor', 'l', {}, 'picture_in'),
      'unsupported-op',
      "layer 'l' is a constructor",
    ],
    [
      'an activation',
      layer('Activation', 'l', { activation: 'sparsemax' }, 'picture_in'),
      'unsupported-op',
      "layer 'l' (Activation): the activation 'sparsemax' is not supported; supported: linear, relu,",
    ],
    [
      'a cut behind other layers',
      layer('CenterCrop', 'l', { height: 3, width: 3 }, 'flat'),
      'unsupported-op',
      "layer 'l' (CenterCrop): a cut behind other layers is not supported",
    ],
    [
      'a relu that begins later',
      layer('ReLU', 'l', { threshold: 0.1 }, 'picture_in'),
      'unsupported-op',
      "layer 'l' (ReLU): threshold = 0.1 is not supported",
    ],
    [
      'normalisation over rows',
      layer('BatchNormalization', 'l', { axis: 1 }, 'picture_in'),
      'unsupported-op',
      "layer 'l' (BatchNormalization): axis = 1 is not supported",
    ],
    [
      'an option of another kind',
      layer('Dense', 'l', { units: 'many' }, 'picture_in'),
      'bad-model',
      'layer \'l\' (Dense) has units = "many", expected a number',
    ],
    [
      'no input',
      layer('Concatenate', 'l', { axis: -1 }),
      'bad-model',
      "layer 'l' (Concatenate) has no input",
    ],
    [
      'one input too few',
      layer('Add', 'l', {}, 'picture_in'),
      'bad-model',
      "layer 'l' (Add) has 1 input, expected 2 or more",
    ],
    [
      'one input too many',
      layer('ReLU', 'l', {}, 'picture_in', 'picture_in'),
      'bad-model',
      "layer 'l' (ReLU) has 2 inputs, expected 1",
    ],
    [
      'a layer that is not there',
      layer('ReLU', 'l', {}, 'nobody'),
      'bad-model',
      "layer 'l' (ReLU) reads 'nobody', of which one is not in the network",
    ],
    [
      'no weights',
      layer('Dense', 'l', { units: 3 }, 'picture_in'),
      'bad-model',
      "the weights hold no 'l/kernel', which the network needs",
    ],
    [
      'shapes that do not fit',
      layer('Reshape', 'l', { target_shape: [3, 3] }, 'flat'),
      'bad-model',
      "layer 'l' (Reshape): reshape: 2 cells do not fit in [1, 3, 3]",
    ],
  ])('%s', async (_, one, code, message) => {
    const flat = layer('GlobalAveragePooling2D', 'flat', {}, 'picture_in');
    await expect(read(functional([flat, one]))).rejects.toMatchObject({
      name: 'DreamError',
      code,
      message: expect.stringContaining(message) as string,
    });
  });

  test('a weight of another shape', async () => {
    const one = layer('Conv2D', 'c', { filters: 4, kernel_size: [3, 3] }, 'picture_in');
    await expect(
      readOne(one, [kernel('c/kernel', [3, 3, 2, 5]), kernel('c/bias', [5])]),
    ).rejects.toThrow("layer 'c' (Conv2D) has a kernel of [3, 3, 2, 5], expected [3, 3, 2, 4]");
  });

  test('no network, or none for pictures', async () => {
    const config = { layers: [] };
    await expect(read({ class_name: 'Sequential', config })).rejects.toThrow(
      'the layers model: config.layers: the network has no layers',
    );
    const text = {
      class_name: 'Sequential',
      config: [
        { class_name: 'Dense', config: { name: 'd', units: 1, batch_input_shape: [null, 9] } },
      ],
    };
    await expect(read(text)).rejects.toThrow(
      "the network's input has [any, 9]; expected [batch, rows,",
    );
    expect(isKerasLayers(null) || isKerasLayers({ modelTopology: { node: [] } })).toBe(false);
  });
});
