/** The three networks of nsfwjs, against their own JSON walked with tensorflow.js alone. */
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { slice } from '../../src/graph/graph.ts';
import { importModel } from '../../src/importers/index.ts';
import type { Imported } from '../../src/importers/imported.ts';
import { weightsOf } from '../../src/importers/weights.ts';
import type { Tensor } from '../../src/ops/op.ts';
import { plainTensorflow } from '../helpers/tensorflow.ts';
import { run } from './run.ts';

const tf = await plainTensorflow();

interface Bundle {
  modelJson(): Promise<{ default: ModelJson }>;
  weightBundles: (() => Promise<{ default: string }>)[];
}
interface ModelJson {
  modelTopology: {
    model_config: { config: { layers: KerasLayer[] } };
    node: {
      name: string;
      op: string;
      input?: string[];
      attr: Record<string, { list?: { i: string[] } }>;
    }[];
  };
  weightsManifest: { paths: string[]; weights: never[] }[];
}
interface KerasLayer {
  class_name: string;
  config: Record<string, never>;
  name: string;
  inbound_nodes: [string][][];
}

/** The network by our importer, its JSON, and its weights by tensorflow.js's own reader. */
async function open(name: string, last: string) {
  const specifier = `nsfwjs/models/${name}`;
  const [bundle] = Object.values((await import(specifier)) as Record<string, Bundle>);
  const json = (await bundle!.modelJson()).default;
  const [{ paths, weights }] = json.weightsManifest as [ModelJson['weightsManifest'][0]];
  const shard = async (index: number) =>
    Buffer.from((await bundle!.weightBundles[index]!()).default, 'base64');
  const read = (path: string) => shard(paths.indexOf(path));
  const imported = await importModel({ json }, { names: paths, read });
  await imported.weights.ready(
    weightsOf(slice(imported.graph, [imported.graph.layers.get(last)!])),
  );
  const bytes = Buffer.concat(await Promise.all(paths.map((_, index) => shard(index))));
  const reference = tf.io.decodeWeights(new Uint8Array(bytes).buffer, weights);
  return { imported, json, reference };
}

/** Each layer's output up to `last`, in the simplest words of tensorflow.js. */
function walkKeras(
  json: ModelJson,
  weights: Record<string, Tensor>,
  picture: Tensor,
  last: string,
) {
  const values = new Map<string, Tensor>();
  for (const { class_name, config, name, inbound_nodes } of json.modelTopology.model_config.config
    .layers) {
    const inputs = (inbound_nodes[0] ?? []).map(([from]) => values.get(from)! as Tensor4D);
    const weight = (suffix: string) => weights[`${name}/${suffix}`] as Tensor4D | undefined;
    const x = inputs[0]!;
    const forms: Record<string, () => Tensor> = {
      InputLayer: () => picture,
      Conv2D: () => tf.conv2d(x, weight('kernel')!, config['strides']!, config['padding']!),
      DepthwiseConv2D: () =>
        tf.depthwiseConv2d(x, weight('depthwise_kernel')!, config['strides']!, config['padding']!),
      BatchNormalization: () =>
        tf.batchNorm(
          x,
          weight('moving_mean')!,
          weight('moving_variance')!,
          weight('beta'),
          weight('gamma'),
          config['epsilon'],
        ),
      Activation: () => tf.relu(x),
      ReLU: () => tf.clipByValue(x, 0, 6),
      MaxPooling2D: () =>
        tf.maxPool(x, config['pool_size']!, config['strides']!, config['padding']!),
      AveragePooling2D: () =>
        tf.avgPool(x, config['pool_size']!, config['strides']!, config['padding']!),
      ZeroPadding2D: () =>
        tf.pad(x, [[0, 0], ...(config['padding'] as unknown as [number, number][]), [0, 0]]),
      Concatenate: () => tf.concat(inputs, 3),
      Add: () => tf.add(inputs[0]!, inputs[1]!),
    };
    values.set(name, forms[class_name]!());
    if (name === last) break;
  }
  return values;
}

function difference(found: Tensor, expected: Tensor): number {
  expect(found.shape).toEqual(expected.shape);
  const size = tf.max(tf.abs(expected)).dataSync()[0]!;
  expect(size).toBeGreaterThan(0.1);
  return tf.max(tf.abs(tf.sub(found, expected))).dataSync()[0]! / size;
}

function compare(imported: Imported, picture: Tensor, expected: Tensor, layer: string): void {
  const found = run(tf, imported.graph, imported.graph.layers.get(layer)!, { input: picture });
  expect(difference(found, expected), layer).toBeLessThan(1e-4);
}

test('inception_v3: mixed5 of a picture as small as it can be', async () => {
  const { imported, json, reference } = await open('inception_v3', 'mixed5');
  const picture = tf.randomUniform([1, 43, 43, 3], -1, 1, 'float32', 7);
  const values = tf.tidy(() => Object.fromEntries(walkKeras(json, reference, picture, 'mixed5')));
  compare(imported, picture, values['mixed0']!, 'mixed0');
  compare(imported, picture, values['mixed5']!, 'mixed5');
  compare(imported, picture, values['activation_30']!, 'conv2d_30');
  expect(imported).toMatchObject({ inputSize: [299, 299], output: 'dense_3' });
  expect(imported.graph.layers.size).toBe(317);
});

test('mobilenet_v2: to the end of its body', async () => {
  const { imported, json, reference } = await open('mobilenet_v2', 'out_relu');
  const picture = tf.randomUniform([1, 64, 48, 3], -1, 1, 'float32', 7);
  const values = tf.tidy(() => Object.fromEntries(walkKeras(json, reference, picture, 'out_relu')));
  compare(imported, picture, values['block_2_add']!, 'block_2_add');
  compare(imported, picture, values['out_relu']!, 'out_relu');
  expect(imported).toMatchObject({ inputSize: [224, 224], output: 'dense_3' });
  expect(imported.graph.layers.size).toBe(161);
});

test('mobilenet_v2_mid: to the end of its body, by names that one can type', async () => {
  const { imported, json, reference } = await open('mobilenet_v2_mid', 'Conv_1/Relu6');
  const picture = tf.randomUniform([1, 64, 48, 3], 0, 1, 'float32', 7);
  const values = new Map<string, Tensor>(Object.entries(reference));
  for (const { name, op, input = [], attr } of json.modelTopology.node) {
    const [x, w, b] = input.map((from) => values.get(from)!) as [Tensor4D, Tensor4D, Tensor4D];
    const stride = Number(attr['strides']?.list?.i[1] ?? 1);
    // Only projections have no activation, and only they have this name.
    const limited = (y: Tensor) => (name.endsWith('FusedBatchNormV3') ? y : tf.relu6(y));
    if (op === 'Placeholder') values.set(name, picture);
    if (op === 'Mul') values.set(name, tf.mul(x, w));
    if (op === 'Sub') values.set(name, tf.sub(x, w));
    if (op === 'AddV2') values.set(name, tf.add(x, w));
    if (op === '_FusedConv2D')
      values.set(name, limited(tf.add(tf.conv2d(x, w, stride, 'same'), b)));
    if (op === 'FusedDepthwiseConv2dNative') {
      values.set(name, limited(tf.add(tf.depthwiseConv2d(x, w, stride, 'same'), b)));
    }
  }
  const full = (ending: string) => [...values.keys()].find((name) => name.endsWith(ending))!;
  compare(imported, picture, values.get(full('expanded_conv_5/add'))!, 'expanded_conv_5/add');
  compare(imported, picture, values.get(full('Conv_1/Relu6'))!, 'Conv_1/Relu6');
  expect(imported.inputSize).toEqual([224, 224]);
  const layers = [...imported.graph.layers.keys()];
  expect(layers.length).toBe(69);
  expect(layers.slice(0, 4)).toEqual([
    'hub_input/Mul',
    'hub_input/Sub',
    'Conv/Relu6',
    'expanded_conv/depthwise/depthwise',
  ]);
  expect(layers.slice(-3)).toEqual(['dense/BiasAdd', 'prediction/Softmax', 'Identity']);
});
