import { strToU8, zipSync } from 'fflate';
import type { Zippable } from 'fflate';
import { describe, expect, test } from 'vitest';
import { DreamError } from '../../src/kit/errors.ts';
import { seededRandom } from '../../src/kit/random.ts';
import { isKerasArchive, readKerasArchive } from '../../src/importers/keras-archive.ts';
import { weightsOf } from '../../src/importers/weights.ts';
import type { Tensor } from '../../src/ops/op.ts';
import { dataset, hdf5, weight } from '../helpers/hdf5-files.ts';
import type { StoredWeight } from '../helpers/hdf5-files.ts';
import { plainTensorflow } from '../helpers/tensorflow.ts';
import { run } from './run.ts';

const tf = await plainTensorflow();

const tensorOf = ({ shape, values }: StoredWeight) => tf.tensor(values, [...shape]) as never;
const picture = tf.randomUniform([1, 8, 8, 2], -1, 1, 'float32', 5);

/** A layer as Keras 3 writes it: its types are objects, its class has a registered name. */
const layer = (class_name: string, name: string, config: object = {}, from: string[] = []) => ({
  module: 'keras.layers',
  class_name,
  name,
  config: {
    name,
    dtype: {
      module: 'keras',
      class_name: 'DTypePolicy',
      config: { name: 'float32' },
      registered_name: null,
    },
    ...config,
  },
  registered_name: null,
  build_config: { input_shape: [null, 8, 8, 2] },
  inbound_nodes: from.length > 0 ? [{ args: from.map(history), kwargs: {} }] : [],
});
const history = (name: string) => ({
  class_name: '__keras_tensor__',
  config: { shape: [null, 8, 8, 2], dtype: 'float32', keras_history: [name, 0, 0] },
});
const inputLayer = (name: string) => layer('InputLayer', name, { batch_shape: [null, 8, 8, 2] });

const config = {
  module: 'keras.src.models.functional',
  class_name: 'Functional',
  registered_name: 'Functional',
  config: {
    name: 'net',
    layers: [
      inputLayer('picture'),
      layer('Resizing', 'size', { height: 8, width: 6 }, ['picture']),
      layer('Rescaling', 'scale', { scale: 2, offset: -1 }, ['size']),
      layer('RandomFlip', 'flip', { mode: 'horizontal' }, ['scale']),
      layer('Conv2D', 'conv2d_7', { filters: 3, kernel_size: [3, 3], activation: 'silu' }, [
        'flip',
      ]),
      {
        ...layer('Sequential', 'inner', {}, ['conv2d_7']),
        config: {
          name: 'inner',
          layers: [
            inputLayer('again'),
            layer('Conv2D', 'conv2d_8', { filters: 2, kernel_size: [1, 1], use_bias: false }),
            layer('PReLU', 'slope', { shared_axes: [1, 2] }),
          ],
        },
      },
      layer('Conv2D', 'conv2d_9', { filters: 2, kernel_size: [1, 1], use_bias: false }, ['inner']),
      layer('Normalization', 'norm', { axis: [-1], mean: null, variance: null }, ['conv2d_9']),
      layer('LayerNormalization', 'even', { axis: [-1], epsilon: 0.01 }, ['norm']),
      layer('GlobalAveragePooling2D', 'mean', {}, ['even']),
    ],
    input_layers: ['picture', 0, 0],
    output_layers: [['mean', 0, 0]],
  },
};

const of = {
  kernel: weight('layers/conv2d/vars/0', [3, 3, 2, 3], 1),
  bias: weight('layers/conv2d/vars/1', [3], 2),
  inner: weight('layers/sequential/layers/conv2d/vars/0', [1, 1, 3, 2], 3),
  alpha: weight('layers/sequential/layers/p_re_lu/vars/0', [1, 1, 2], 4),
  second: weight('layers/conv2d_1/vars/0', [1, 1, 2, 2], 5),
  mean: weight('layers/normalization/vars/0', [2], 6),
  variance: { ...weight('layers/normalization/vars/1', [2], 7), values: Float32Array.of(4, 0.25) },
  count: { ...weight('layers/normalization/vars/2', [1], 7), values: Float32Array.of(0) },
  gamma: weight('layers/layer_normalization/vars/0', [2], 8),
  beta: weight('layers/layer_normalization/vars/1', [2], 9),
};

function expected(): Tensor {
  const scaled = tf.sub(tf.mul(picture, 2), 1);
  const first = tf.add(
    tf.conv2d(scaled as never, tensorOf(of.kernel), 1, 'valid'),
    tensorOf(of.bias),
  );
  const hidden = tf.mul(first, tf.sigmoid(first));
  const inner = tf.prelu(
    tf.conv2d(hidden as never, tensorOf(of.inner), 1, 'valid'),
    tensorOf(of.alpha),
  );
  const second = tf.conv2d(inner, tensorOf(of.second), 1, 'valid');
  const norm = tf.div(tf.sub(second, tensorOf(of.mean)), tf.sqrt(tensorOf(of.variance)));
  const { mean, variance } = tf.moments(norm, [3], true);
  const even = tf.div(tf.sub(norm, mean), tf.sqrt(tf.add(variance, 0.01)));
  return tf.mean(tf.add(tf.mul(even, tensorOf(of.gamma)), tensorOf(of.beta)), [1, 2]);
}

const weightsFile = (weights: readonly StoredWeight[] = Object.values(of)) =>
  hdf5((root) => {
    for (const one of weights) dataset(root, one);
    dataset(root, weight('optimizer/vars/0', [40], 30));
    root.create_group('vars');
  });

async function archive(changes: Zippable = {}, level: 0 | 6 = 0): Promise<Uint8Array> {
  const files = {
    'metadata.json': strToU8('{"keras_version": "3.10.0", "date_saved": "2025-06-01@10:00:00"}'),
    'config.json': strToU8(JSON.stringify(config)),
    'model.weights.h5': await weightsFile(),
    ...changes,
  };
  return zipSync(files, { level });
}

async function outputOf(bytes: Uint8Array): Promise<Tensor> {
  const imported = await readKerasArchive(bytes);
  await imported.weights.ready(weightsOf(imported.graph));
  return run(tf, imported.graph, imported.output, { input: picture });
}

describe('.keras archives', () => {
  test.each([0, 6] as const)(
    'a functional network with a model inside, level %d',
    async (level) => {
      const bytes = await archive({}, level);
      expect(isKerasArchive(bytes)).toBe(true);
      const found = await outputOf(bytes);
      const difference = tf.max(tf.abs(tf.sub(found, expected()))).dataSync()[0];
      expect(difference).toBeLessThan(1e-5);
      const imported = await readKerasArchive(bytes);
      expect(imported.inputSize).toEqual([8, 6]);
      expect(imported.weights.has('conv2d_8/kernel')).toBe(true);
    },
  );

  test('layers under the name that TensorFlow 2.12 gave them', async () => {
    const older = Object.values(of).map((one) => ({
      ...one,
      name: one.name.replaceAll('layers/', '_layer_checkpoint_dependencies/'),
    }));
    const found = await outputOf(await archive({ 'model.weights.h5': await weightsFile(older) }));
    expect(tf.max(tf.abs(tf.sub(found, expected()))).dataSync()[0]).toBeLessThan(1e-5);
  });

  test.each([
    ['an empty config', { 'config.json': strToU8('{}') }, "the archive's config.json: class_name"],
    ['weights that are none', { 'model.weights.h5': strToU8('PK') }, 'model.weights.h5 is no HDF5'],
    [
      'weights of another network',
      { 'model.weights.h5': weightsFile([of.kernel]) },
      "layer 'conv2d_7' (Conv2D) has 1 weights in the file; expected 2: kernel, bias",
    ],
    ['no weights at all', { 'model.weights.h5': weightsFile([]) }, "hold no 'conv2d_7/kernel'"],
  ] as [string, Record<string, Uint8Array | Promise<Uint8Array>>, string][])(
    '%s',
    async (_, changes, message) => {
      const [name, contents] = Object.entries(changes)[0]!;
      const bytes = await archive({ [name]: await contents });
      await expect(outputOf(bytes)).rejects.toMatchObject({
        name: 'DreamError',
        message: expect.stringContaining(message) as string,
      });
    },
  );

  test('without its weights', async () => {
    const bytes = zipSync({ 'config.json': strToU8('{}'), 'model.weights.json': strToU8('{}') });
    await expect(outputOf(bytes)).rejects.toThrow(
      'the .keras archive has no model.weights.h5; it holds config.json, model.weights.json',
    );
  });

  test('bytes changed anywhere: a network, or one DreamError', async () => {
    const bytes = await archive({}, 6);
    const random = seededRandom(8);
    let refused = 0;
    for (let round = 0; round < 150; round++) {
      const changed = bytes.slice();
      for (let count = random.integer(1, 4); count > 0; count--) {
        changed[random.integer(0, bytes.length - 1)] = random.integer(0, 255);
      }
      try {
        const imported = await readKerasArchive(changed);
        await imported.weights.ready(weightsOf(imported.graph));
      } catch (error) {
        if (!(error instanceof DreamError)) throw error;
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(100);
  });
});
