import { describe, expect, test } from 'vitest';
import type { Tensor } from '../../src/ops/op.ts';
import {
  expectClose,
  functionCall,
  functional,
  input,
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
import { run } from './run.ts';

const bilinear = (x: Tensor, size: [number, number]): Tensor =>
  tf.image.resizeBilinear(x as never, size, false, true);
const nearest = (x: Tensor, size: [number, number]): Tensor =>
  tf.image.resizeNearestNeighbor(x as never, size, false, true);

const bent = layer('ReLU', 'bent', {}, 'picture_in');

describe('changes of size behind other layers', () => {
  test.each([
    ['UpSampling2D', { size: [2, 3], interpolation: 'bilinear' }, (x) => bilinear(x, [16, 24])],
    ['UpSampling2D', { size: 2, interpolation: 'nearest' }, (x) => nearest(x, [16, 16])],
    ['Resizing', { height: 5, width: 13 }, (x) => bilinear(x, [5, 13])],
    ['Resizing', { height: 3, width: 12, interpolation: 'nearest' }, (x) => nearest(x, [3, 12])],
  ] as [string, object, (x: Tensor) => Tensor][])('%s %j', async (kind, config, expected) => {
    const [found, x] = await valueOf([bent, layer(kind, 'l', config, 'bent')], []);
    expectClose(found, expected(tf.relu(x)));
  });

  test.each([
    [
      'TensorFlow',
      functionCall('image.resize', 'l', [
        'bent',
        0,
        0,
        { size: [11, 4], method: 'bilinear', antialias: false },
      ]),
    ],
    [
      'Keras 3',
      {
        ...operation('Resize', 'l', [tensor('bent')]),
        config: { name: 'l', size: [11, 4], interpolation: 'bilinear', antialias: false },
      },
    ],
  ] as [string, Layer][])('image.resize as %s writes it', async (_, resize) => {
    const [found, x] = await valueOf([bent, resize], []);
    expectClose(found, bilinear(tf.relu(x), [11, 4]));
  });

  test.each([
    ['2.15.0', true],
    ['2.2.4-tf', true],
    ['3.10.0', true],
    [undefined, true],
    ['2.3.1', false],
    ['tfjs-layers 4.22.0', false],
  ])('Keras %s counts from the middles of cells: %s', async (version, halfPixels) => {
    const up = layer('UpSampling2D', 'l', { size: 2, interpolation: 'bilinear' }, 'bent');
    const imported = await read(functional([bent, up]), [], version);
    const x = tf.randomUniform([1, 8, 8, 2], 0, 1, 'float32', 5);
    const found = run(tf, imported.graph, imported.output, { input: x });
    expectClose(found, tf.image.resizeBilinear(x as never, [16, 16], false, halfPixels));
  });

  test('of the picture itself is left to whoever feeds the network', async () => {
    const layers = [
      layer('Rescaling', 'scaled', { scale: 0.5, offset: [1, 2] }, 'picture_in'),
      layer('Normalization', 'even', { mean: [0.5, 1], variance: [1, 4] }, 'scaled'),
      layer('Resizing', 'sized', { height: 12, width: 20, antialias: true }, 'even'),
      bent,
    ];
    const [found, x] = await valueOf([...layers.slice(0, 3)], []);
    const scaled = tf.add(tf.mul(x, 0.5), tf.tensor([1, 2]));
    expectClose(found, tf.div(tf.sub(scaled, tf.tensor([0.5, 1])), tf.tensor([1, 2])));
    const { inputSize } = await read(functional(layers.slice(0, 3)));
    expect(inputSize).toEqual([12, 20]);
  });

  test.each([
    [{ interpolation: 'lanczos3' }, "interpolation 'lanczos3' is not supported"],
    [{ antialias: true }, 'antialias behind other layers is not supported'],
    [{ crop_to_aspect_ratio: true }, 'crop_to_aspect_ratio behind other layers is not supported'],
    [{ height: 0 }, 'has height = 0 and width = 4, expected whole numbers from 1 to 4096'],
  ])('%j is refused', async (config, message) => {
    const one = layer('Resizing', 'l', { height: 4, width: 4, ...config }, 'bent');
    await expect(valueOf([bent, one], [])).rejects.toThrow(`layer 'l' (Resizing)`);
    await expect(valueOf([bent, one], [])).rejects.toThrow(message);
  });
});

/** Each cell puts its multiple of the filter into the output, walked through one by one. */
function transposedByHand(
  x: Tensor,
  filter: Tensor,
  [stride, dilation, before, length]: readonly [number, number, number, number],
): Tensor {
  const [, side, , channels] = x.shape as [number, number, number, number];
  const [size, , outputs] = filter.shape as [number, number, number, number];
  const [from, weights] = [x.dataSync(), filter.dataSync()];
  const target = new Float32Array(length * length * outputs);
  const each = (count: number, visit: (index: number) => void): void => {
    for (let index = 0; index < count; index++) visit(index);
  };
  const place = (cell: number, tap: number): number => cell * stride + tap * dilation - before;
  each(side, (row) => {
    each(side, (column) => {
      each(size, (down) => {
        each(size, (across) => {
          const [y, z] = [place(row, down), place(column, across)];
          if (y < 0 || z < 0 || y >= length || z >= length) return;
          each(outputs, (output) => {
            each(channels, (channel) => {
              const value = from[(row * side + column) * channels + channel]!;
              const weight =
                weights[((down * size + across) * outputs + output) * channels + channel]!;
              target[(y * length + z) * outputs + output]! += value * weight;
            });
          });
        });
      });
    });
  });
  return tf.tensor(target, [1, length, length, outputs]);
}

describe('Conv2DTranspose', () => {
  test.each([
    ['valid', 3, { padding: 'valid' }, [1, 1, 0, 10]],
    ['same', 3, { padding: 'same' }, [1, 1, 1, 8]],
    ['stride 2, same', 3, { strides: 2, padding: 'same' }, [2, 1, 0, 16]],
    ['stride 2, same, even', 4, { strides: [2, 2], padding: 'same' }, [2, 1, 1, 16]],
    ['stride 2, valid', 5, { strides: [2, 2], padding: 'valid' }, [2, 1, 0, 19]],
    [
      'a stride wider than the filter, same',
      2,
      { strides: [3, 3], padding: 'same' },
      [3, 1, 0, 24],
    ],
    ['a stride wider than the filter, valid', 1, { strides: [2, 2] }, [2, 1, 0, 16]],
    ['output_padding, same', 3, { strides: 2, padding: 'same', output_padding: 1 }, [2, 1, 0, 16]],
    [
      'output_padding 0, same',
      3,
      { strides: 2, padding: 'same', output_padding: [0, 0] },
      [2, 1, 1, 15],
    ],
    [
      'output_padding, same, even',
      4,
      { strides: 2, padding: 'same', output_padding: 1 },
      [2, 1, 1, 15],
    ],
    ['output_padding, valid', 3, { strides: 2, output_padding: 1 }, [2, 1, 0, 18]],
    ['dilated', 3, { dilation_rate: [2, 2], padding: 'same' }, [1, 2, 2, 8]],
  ] as [string, number, object, [number, number, number, number]][])(
    '%s',
    async (_, size, config, place) => {
      const weights = [kernel('t/kernel', [size, size, 3, 2]), kernel('t/bias', [3])];
      const options = { filters: 3, kernel_size: [size, size], activation: 'relu', ...config };
      const one = layer('Conv2DTranspose', 't', options, 'picture_in');
      const [found, x] = await valueOf([one], weights);
      const sum = transposedByHand(x, tensorOf(weights[0]!), place);
      expectClose(found, tf.relu(tf.add(sum, tensorOf(weights[1]!))));
    },
  );

  test('is named for the normalisation and activation behind it', async () => {
    const config = { filters: 2, kernel_size: 2, strides: 2, use_bias: false };
    const { graph } = await read(
      functional([
        layer('Conv2DTranspose', 't', config, 'picture_in'),
        layer('ReLU', 'r', {}, 't'),
      ]),
      [kernel('t/kernel', [2, 2, 2, 2])],
    );
    expect(graph.layers.get('t')).toBe('r');
  });

  test.each([
    [{ output_padding: 2 }, 'unsupported-op', 'output_padding = 2 with strides of 2'],
    [
      { output_padding: 0, kernel_size: 2 },
      'unsupported-op',
      'output_padding = 0 with strides of 2',
    ],
    [
      { dilation_rate: 100_000 },
      'bad-model',
      'has dilation_rate = [100000, 100000], expected numbers from 1',
    ],
  ])('%j is refused', async (config, code, message) => {
    const options = {
      filters: 2,
      kernel_size: 3,
      strides: 2,
      padding: 'same',
      use_bias: false,
      ...config,
    };
    const side = options.kernel_size;
    const one = layer('Conv2DTranspose', 't', options, 'picture_in');
    await expect(valueOf([one], [kernel('t/kernel', [side, side, 2, 2])])).rejects.toMatchObject({
      code,
      message: expect.stringContaining(`layer 't' (Conv2DTranspose)`) as string,
    });
    await expect(valueOf([one], [kernel('t/kernel', [side, side, 2, 2])])).rejects.toThrow(message);
  });
});

test('channels first: the same network', async () => {
  const weights = [kernel('t/kernel', [3, 3, 3, 2]), kernel('t/bias', [3])];
  const network = (format: string): object => {
    const data_format = format;
    const layers = [
      layer(
        'Conv2DTranspose',
        't',
        { filters: 3, kernel_size: 3, strides: 2, data_format },
        'picture_in',
      ),
      layer('UpSampling2D', 'u', { size: [1, 2], interpolation: 'bilinear', data_format }, 't'),
      layer('Resizing', 'r', { height: 9, width: 5, data_format }, 'u'),
    ];
    const shape = format === 'channels_first' ? [null, 2, 8, 8] : [null, 8, 8, 2];
    const model = functional(layers) as { config: { layers: Layer[] } };
    model.config.layers[0] = input(shape);
    return model;
  };
  const picture = tf.randomUniform([1, 8, 8, 2], -1, 1, 'float32', 5);
  const [first, last] = await Promise.all(
    ['channels_first', 'channels_last'].map(async (format) => {
      const { graph, output } = await read(network(format), weights);
      return run(tf, graph, output, { input: picture });
    }),
  );
  expectClose(first!, last!);
  expect(first!.shape).toEqual([1, 9, 5, 3]);
});
