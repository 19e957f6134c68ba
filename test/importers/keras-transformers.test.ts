/** A small transformer as every kind of file keeps it: the same network, the same values. */
import { strToU8, zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import type { Imported } from '../../src/importers/imported.ts';
import { readKerasArchive } from '../../src/importers/keras-archive.ts';
import { readKerasHdf5 } from '../../src/importers/keras-hdf5.ts';
import { readKerasLayers } from '../../src/importers/keras-layers.ts';
import { weightsOf } from '../../src/importers/weights.ts';
import type { Tensor } from '../../src/ops/op.ts';
import { dataset, hdf5, kerasHdf5, weight } from '../helpers/hdf5-files.ts';
import type { StoredWeight } from '../helpers/hdf5-files.ts';
import {
  expectClose,
  functional,
  kernel,
  layer as plainLayer,
  functionCall,
  operation,
  read,
  tensor,
  tensorOf,
  tf,
  valueOf,
} from './keras-files.ts';
import type { Layer } from './keras-files.ts';
import { run } from './run.ts';
import { bytesOf, weightFiles } from './tfjs-files.ts';

const policy = {
  module: 'keras',
  class_name: 'DTypePolicy',
  config: { name: 'mixed_float16' },
  registered_name: null,
};
const history = (name: string, call = 0) => ({
  class_name: '__keras_tensor__',
  config: { shape: [null, 4, 6], dtype: 'float16', keras_history: [name, call, 0] },
});
const layer = (class_name: string, name: string, config: object, calls: string[][]) => ({
  module: 'keras.layers',
  class_name,
  name,
  config: { name, trainable: true, dtype: policy, ...config },
  registered_name: null,
  inbound_nodes: calls.map((from) => ({ args: from.map((one) => history(one)), kwargs: {} })),
});

const inner = {
  ...layer('Functional', 'body', {}, [['picture']]),
  config: {
    name: 'body',
    trainable: true,
    layers: [
      layer('InputLayer', 'in', { batch_shape: [null, 8, 8, 2] }, []),
      layer('Conv2D', 'patches', { filters: 6, kernel_size: [4, 4], strides: [4, 4] }, [['in']]),
      layer('Reshape', 'tokens', { target_shape: [4, 6] }, [['patches']]),
      layer('LayerNormalization', 'even', { axis: [-1], epsilon: 1e-6 }, [['tokens']]),
      layer(
        'MultiHeadAttention',
        'attention',
        { num_heads: 2, key_dim: 3, value_dim: 4, dropout: 0.1, use_bias: true, seed: null },
        [['even', 'even']],
      ),
      layer('Add', 'sum', {}, [['attention', 'tokens']]),
    ],
    input_layers: [['in', 0, 0]],
    output_layers: [['sum', 0, 0]],
  },
};
const config = {
  module: 'keras.src.models.functional',
  class_name: 'Functional',
  registered_name: 'Functional',
  config: {
    name: 'net',
    layers: [
      layer('InputLayer', 'picture', { batch_shape: [null, 8, 8, 2] }, []),
      inner,
      layer('GlobalAveragePooling1D', 'mean', {}, [['body']]),
      layer('Dense', 'top', { units: 3, activation: 'softmax' }, [['mean']]),
    ],
    input_layers: [['picture', 0, 0]],
    output_layers: [['top', 0, 0]],
  },
};

const own: Readonly<Record<string, readonly [string, number[]][]>> = {
  patches: [
    ['kernel', [4, 4, 2, 6]],
    ['bias', [6]],
  ],
  even: [
    ['gamma', [6]],
    ['beta', [6]],
  ],
  attention: [
    ['query/kernel', [6, 2, 3]],
    ['query/bias', [2, 3]],
    ['key/kernel', [6, 2, 3]],
    ['key/bias', [2, 3]],
    ['value/kernel', [6, 2, 4]],
    ['value/bias', [2, 4]],
    ['attention_output/kernel', [2, 4, 6]],
    ['attention_output/bias', [6]],
  ],
  top: [
    ['kernel', [6, 3]],
    ['bias', [3]],
  ],
};
const stored = (layers: readonly string[]): StoredWeight[] =>
  layers.flatMap((name) =>
    own[name]!.map(([last, shape], index) =>
      weight(`${name}/${last}`, shape, 10 * Object.keys(own).indexOf(name) + index),
    ),
  );

const picture = tf.randomUniform([1, 8, 8, 2], -1, 1, 'float32', 5);

async function outputOf(imported: Imported): Promise<Tensor> {
  await imported.weights.ready(weightsOf(imported.graph));
  return run(tf, imported.graph, imported.output, { input: picture });
}

function asLayersModel(): Promise<Tensor> {
  const { manifest, readShard } = weightFiles(
    stored(Object.keys(own)).map(({ name, shape, values }) => ({
      entry: { name, shape: [...shape], dtype: 'float32' },
      bytes: bytesOf(values),
    })),
  );
  const json = { modelTopology: { model_config: config }, weightsManifest: manifest };
  return outputOf(readKerasLayers(json, readShard));
}

/** Where `.keras` archives keep each layer, and what they call the layers inside attention. */
const paths: Readonly<Record<string, string>> = {
  patches: 'layers/functional/layers/conv2d',
  even: 'layers/functional/layers/layer_normalization',
  attention: 'layers/functional/layers/multi_head_attention',
  top: 'layers/dense',
};
const attributes: Readonly<Record<string, string>> = {
  query: 'query_dense/',
  key: 'key_dense/',
  value: 'value_dense/',
  attention_output: 'output_dense/',
};

function asArchive(mark: string): Promise<Uint8Array> {
  return hdf5((root) => {
    const counts = new Map<string, number>();
    for (const one of stored(Object.keys(own))) {
      const [name, ...rest] = one.name.split('/') as [string, ...string[]];
      const part = rest.length > 1 ? mark + attributes[rest[0]!]! : '';
      const group = `${paths[name]!}/${part}vars`;
      const count = counts.get(group) ?? 0;
      counts.set(group, count + 1);
      dataset(root, { ...one, name: `${group}/${count}` });
    }
    const seed = weight(`${paths['attention']!}/_dropout_layer/seed_generator/vars/0`, [2], 1);
    dataset(root, seed);
  });
}

describe('a transformer inside a model, trained in half precision', () => {
  test.each([
    ['its names', (name: string) => name],
    [
      "the names of Keras 2, in another session's",
      (name: string) => `mha_7/${name.replace('attention/', 'attention_3/')}:0`,
    ],
  ])('in HDF5, by %s', async (_, named) => {
    const groups = {
      body: stored(['patches', 'even', 'attention']).map((one) => ({
        ...one,
        name: named(one.name),
      })),
      top: stored(['top']),
    };
    const bytes = await kerasHdf5({ config, groups, version: '3.5.0' });
    expectClose(await outputOf(readKerasHdf5(bytes)), await asLayersModel());
  });

  test.each([
    ['Keras 3', ''],
    ['earlier versions', '_'],
  ])('in a .keras archive of %s', async (_, mark) => {
    const bytes = zipSync({
      'metadata.json': strToU8('{"keras_version": "3.5.0"}'),
      'config.json': strToU8(JSON.stringify(config)),
      'model.weights.h5': await asArchive(mark),
    });
    expectClose(await outputOf(await readKerasArchive(bytes)), await asLayersModel());
  });

  test('without the biases of which its config speaks', async () => {
    const groups = {
      body: stored(['patches', 'even', 'attention']).filter(
        ({ name }) => !name.endsWith('value/bias'),
      ),
      top: stored(['top']),
    };
    const bytes = await kerasHdf5({ config, groups });
    expect(() => readKerasHdf5(bytes)).toThrow(
      "layer 'body' (Functional) has the weights patches/kernel, patches/bias, even/gamma, " +
        'even/beta, attention/query/kernel, attention/query/bias and 5 more in the file; expected',
    );
  });
});

describe('pictures cut into patches', () => {
  /** Row by row, and so the cells of each patch. */
  const patchesOf = (x: Tensor, [rows, columns]: readonly [number, number]): Tensor => {
    const [down, across] = [8 / rows, 8 / columns];
    const split = tf.transpose(tf.reshape(x, [down, rows, across, columns, 2]), [0, 2, 1, 3, 4]);
    return tf.reshape(split, [1, down, across, rows * columns * 2]);
  };

  test.each([
    [
      'TensorFlow',
      functionCall('image.extract_patches', 'p', [
        'picture_in',
        0,
        0,
        { sizes: [1, 4, 2, 1], strides: [1, 4, 2, 1], rates: [1, 1, 1, 1], padding: 'VALID' },
      ]),
    ],
    [
      'Keras 3',
      {
        ...operation('ExtractPatches', 'p', [tensor('picture_in')]),
        config: { name: 'p', size: [4, 2], strides: null, dilation_rate: 1, padding: 'valid' },
      },
    ],
  ] as [string, Layer][])('by a function of %s', async (_, one) => {
    const [found, x] = await valueOf([one], []);
    expectClose(found, patchesOf(x, [4, 2]));
  });

  const encoder = [
    kernel('encoder/projection/kernel', [32, 6]),
    kernel('encoder/projection/bias', [6]),
    kernel('encoder/position_embedding/embeddings', [4, 6]),
  ];
  const example = (prefix: string): Layer[] => [
    plainLayer('Normalization', 'even', { mean: [0.5, 0], variance: [1, 4] }, 'picture_in'),
    plainLayer('Resizing', 'sized', { height: 8, width: 8 }, 'even'),
    plainLayer('RandomZoom', 'zoomed', {}, 'sized'),
    plainLayer(`${prefix}Patches`, 'patches', { patch_size: 4 }, 'zoomed'),
    plainLayer(`${prefix}PatchEncoder`, 'encoder', { num_patches: 4 }, 'patches'),
    plainLayer('Flatten', 'flat', {}, 'encoder'),
  ];
  const encoded = (x: Tensor): Tensor => {
    const even = tf.div(tf.sub(x, tf.tensor([0.5, 0])), tf.tensor([1, 2]));
    const rows = tf.reshape(patchesOf(even, [4, 4]), [4, 32]);
    const [weights, bias, places] = encoder.map(tensorOf) as [Tensor, Tensor, Tensor];
    const sum = tf.add(tf.add(tf.matMul(rows, weights), bias), places);
    return tf.reshape(sum, [1, 24]);
  };

  test.each(['', 'Custom>'])("by the classes of Keras's example, under '%s'", async (prefix) => {
    const [found, x] = await valueOf(example(prefix), encoder);
    expectClose(found, encoded(x));
    const { inputSize } = await read(functional(example(prefix)), encoder);
    expect(inputSize).toEqual([8, 8]);
  });

  test('in HDF5, where the layers inside are numbered', async () => {
    const names = ['dense_9/kernel:0', 'dense_9/bias:0', 'embedding_2/embeddings:0'];
    const groups = {
      encoder: encoder.map((one, index) => ({
        name: `encoder/${names[index]!}`,
        shape: one.entry.shape,
        values: tensorOf(one).dataSync() as Float32Array,
      })),
    };
    const bytes = await kerasHdf5({ config: functional(example('')), groups });
    expectClose(await outputOf(readKerasHdf5(bytes)), encoded(picture));
  });

  test.each([
    ['rates', { sizes: [1, 4, 4, 1], strides: [1, 4, 4, 1], rates: [1, 2, 2, 1] }, 'rates is not'],
    ['sizes', { sizes: [4, 4], rates: [1, 1, 1, 1] }, 'has sizes = [4,4], expected [1, rows,'],
    [
      'very large ones',
      { sizes: [1, 64, 64, 1], strides: [1, 4, 4, 1], rates: [1, 1, 1, 1] },
      'a patch of 8192 values is not supported',
    ],
  ])('%s are refused', async (_, options, message) => {
    const one = functionCall('image.extract_patches', 'p', ['picture_in', 0, 0, options]);
    await expect(valueOf([one], [])).rejects.toThrow(message);
  });
});
