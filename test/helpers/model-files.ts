/** One small classifier in the files of every format: 8 features of 16×16 pictures, three classes. */
import { strToU8, zipSync } from 'fflate';
import { netType } from '../../src/importers/caffe/schema.ts';
import { modelType } from '../../src/kit/onnx-format.ts';
import { seededRandom } from '../../src/kit/random.ts';
import {
  floats,
  graphFile,
  integers,
  list,
  node,
  savedModelFile,
  shape,
  text,
} from '../importers/graphdef-files.ts';
import { bundleFiles } from '../importers/bundle-files.ts';
import { floats as stored, weightFiles } from '../importers/tfjs-files.ts';
import { dataset, hdf5, kerasHdf5 } from './hdf5-files.ts';

export const SIDE = 16;
export const CLASSES = 3;
const FEATURES = 8;

/** Files by name; the first is the network. */
export interface ModelFixture {
  readonly format: string;
  readonly files: Readonly<Record<string, Uint8Array>>;
}

interface Numbers {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** Its weights, filters as [rows, columns, channels, filters]. */
export interface SmallWeights {
  readonly filter: Numbers;
  readonly mean: Numbers;
  readonly variance: Numbers;
  readonly second: Numbers;
  readonly dense: Numbers;
  readonly bias: Numbers;
}

/**
 * The first filters look at single pixels; what the normalisation after them remembers is that of
 * photographs brought to `range`.
 */
export function smallWeights(range: readonly [number, number] = [-1, 1]): SmallWeights {
  const random = seededRandom(7);
  const numbers = (sizes: readonly number[], value: (index: number) => number): Numbers => {
    const count = sizes.reduce((product, size) => product * size, 1);
    return { shape: sizes, values: Float32Array.from({ length: count }, (_, at) => value(at)) };
  };
  const waves = (scale: number) => (): number => scale * random.normal();
  const filter = numbers([1, 1, 3, FEATURES], waves(1));
  const perPixel = (range[1] - range[0]) / 255;
  const sum = (feature: number, of: readonly number[]): number =>
    of.reduce(
      (total, value, channel) => total + value * filter.values[channel * FEATURES + feature]!,
      0,
    );
  const means = [124, 116, 104].map((mean) => range[0] + perPixel * mean);
  return {
    filter,
    mean: numbers([FEATURES], (feature) => sum(feature, means)),
    // Red, green and blue of photographs go together: their spreads add up.
    variance: numbers(
      [FEATURES],
      (feature) => (sum(feature, [1, 1, 1]) * 65 * perPixel) ** 2 + (12 * perPixel) ** 2,
    ),
    second: numbers([3, 3, FEATURES, FEATURES], waves(0.2)),
    dense: numbers([FEATURES, CLASSES], waves(1)),
    bias: numbers([CLASSES], waves(0.1)),
  };
}

export async function modelFixtures(): Promise<ModelFixture[]> {
  const weights = smallWeights();
  return [
    { format: 'Keras HDF5 (.h5)', files: { 'small.h5': await kerasFile(weights) } },
    { format: 'Keras archive (.keras)', files: { 'small.keras': await kerasArchive(weights) } },
    { format: 'tensorflow.js layers model (Keras)', files: tfjsFiles(weights) },
    { format: 'tensorflow.js graph model', files: graphModelFiles(weights) },
    {
      format: 'tensorflow.js model in a zip archive',
      files: { 'small.zip': zipSync(tfjsFiles(weights)) },
    },
    {
      format: 'TensorFlow frozen graph (.pb)',
      files: { 'small.pb': graphFile(graphNodes(weights)) },
    },
    {
      format: 'TensorFlow SavedModel (saved_model.pb)',
      files: { 'saved_model.pb': savedModelFile(graphNodes(weights), 'scores:0') },
    },
    { format: 'TensorFlow SavedModel (saved_model.pb)', files: filesWithVariables(weights) },
    { format: 'ONNX (.onnx)', files: { 'small.onnx': onnxFile(weights) } },
    {
      format: 'Caffe (.caffemodel)',
      files: { 'small.caffemodel': caffeFile(weights), 'deploy.prototxt': Buffer.from(PROTOTXT) },
    },
  ];
}

function layer(class_name: string, name: string, config: object = {}): object {
  return { class_name, config: { name, ...config } };
}

function convolution(name: string, size: number, more: object = {}): object {
  return layer('Conv2D', name, {
    ...{ filters: FEATURES, kernel_size: [size, size], strides: [1, 1], padding: 'same' },
    ...{ use_bias: false, activation: 'linear', ...more },
  });
}

const kerasConfig = {
  class_name: 'Sequential',
  config: {
    name: 'small',
    layers: [
      convolution('first', 1, { batch_input_shape: [null, SIDE, SIDE, 3] }),
      layer('BatchNormalization', 'norm', {
        axis: [3],
        epsilon: 1e-3,
        scale: false,
        center: false,
      }),
      layer('Activation', 'active', { activation: 'relu' }),
      convolution('second', 3, { activation: 'relu' }),
      layer('GlobalAveragePooling2D', 'pool'),
      layer('Dense', 'scores', { units: CLASSES, activation: 'softmax', use_bias: true }),
    ],
  },
};

const weightNames = {
  first: ['kernel'],
  norm: ['moving_mean', 'moving_variance'],
  second: ['kernel'],
  scores: ['kernel', 'bias'],
} as const;

function kerasWeights({
  filter,
  mean,
  variance,
  second,
  dense,
  bias,
}: SmallWeights): Record<string, readonly Numbers[]> {
  return { first: [filter], norm: [mean, variance], second: [second], scores: [dense, bias] };
}

export function kerasFile(weights: SmallWeights): Promise<Uint8Array> {
  const groups = Object.entries(kerasWeights(weights)).map(([name, list]) => [
    name,
    list.map((numbers, index) => ({
      name: `${name}/${weightNames[name as 'first'][index as 0]}:0`,
      ...numbers,
    })),
  ]);
  return kerasHdf5({ config: kerasConfig, groups: Object.fromEntries(groups) as never });
}

async function kerasArchive(weights: SmallWeights): Promise<Uint8Array> {
  const paths = {
    first: 'conv2d',
    norm: 'batch_normalization',
    second: 'conv2d_1',
    scores: 'dense',
  };
  const h5 = await hdf5((root) => {
    for (const [name, list] of Object.entries(kerasWeights(weights))) {
      list.forEach((numbers, index) => {
        dataset(root, { name: `layers/${paths[name as 'first']}/vars/${index}`, ...numbers });
      });
    }
  });
  const config = structuredClone(kerasConfig) as { config: { layers: object[] } };
  config.config.layers.unshift(
    layer('InputLayer', 'input', { batch_shape: [null, SIDE, SIDE, 3] }),
  );
  return zipSync({
    'metadata.json': strToU8(JSON.stringify({ keras_version: '3.10.0' })),
    'config.json': strToU8(JSON.stringify(config)),
    'model.weights.h5': h5,
  });
}

export function tfjsFiles(weights: SmallWeights): Record<string, Uint8Array> {
  const all = Object.entries(kerasWeights(weights)).flatMap(([name, list]) =>
    list.map(({ shape: sizes, values }, index) =>
      stored(`${name}/${weightNames[name as 'first'][index as 0]}`, [...sizes], [...values]),
    ),
  );
  const { manifest, shards } = weightFiles(all, [400]);
  const json = {
    format: 'layers-model',
    modelTopology: { keras_version: '2.4.0', model_config: kerasConfig },
    weightsManifest: manifest,
  };
  return { 'model.json': strToU8(JSON.stringify(json)), ...Object.fromEntries(shards) };
}

/** The frozen graph as tensorflow.js has it: nodes in JSON, constants among the weights. */
function graphModelFiles(weights: SmallWeights): Record<string, Uint8Array> {
  const numbers = [
    stored('first/weights', [...weights.filter.shape], [...weights.filter.values]),
    stored('second/weights', [...weights.second.shape], [...weights.second.values]),
    stored('dense/weights', [...weights.dense.shape], [...weights.dense.values]),
    stored('dense/bias', [...weights.bias.shape], [...weights.bias.values]),
    {
      entry: { name: 'axes', shape: [2], dtype: 'int32' },
      bytes: bytesOf(Int32Array.of(1, 2)),
    },
  ];
  const same = Buffer.from('SAME').toString('base64');
  const settings = { strides: { list: { i: ['1', '1', '1', '1'] } }, padding: { s: same } };
  const dim = ['-1', `${SIDE}`, `${SIDE}`, '3'].map((size) => ({ size }));
  const nodes = [
    { name: 'image', op: 'Placeholder', attr: { shape: { shape: { dim } } } },
    ...numbers.map(({ entry: { name } }) => ({ name, op: 'Const' })),
    { name: 'first', op: 'Conv2D', input: ['image', 'first/weights'], attr: settings },
    { name: 'active', op: 'Relu', input: ['first'] },
    { name: 'second', op: 'Conv2D', input: ['active', 'second/weights'], attr: settings },
    { name: 'second/active', op: 'Relu', input: ['second'] },
    { name: 'pool', op: 'Mean', input: ['second/active', 'axes'] },
    { name: 'dense', op: 'MatMul', input: ['pool', 'dense/weights'] },
    { name: 'logits', op: 'BiasAdd', input: ['dense', 'dense/bias'] },
    { name: 'scores', op: 'Softmax', input: ['logits'] },
  ];
  const { manifest, shards } = weightFiles(numbers, [400]);
  const json = {
    format: 'graph-model',
    modelTopology: { node: nodes },
    weightsManifest: manifest,
  };
  return { 'model.json': strToU8(JSON.stringify(json)), ...Object.fromEntries(shards) };
}

function graphNodes(weights: SmallWeights) {
  const constant = (name: string, { shape: sizes, values }: Numbers) =>
    floats(name, sizes, [...values]);
  const settings = { strides: list(1, 1, 1, 1), padding: text('SAME'), data_format: text('NHWC') };
  const ones = new Float32Array(FEATURES).fill(1);
  return [
    node('Placeholder', 'image', [], {
      ...{ dtype: { type: 1 }, shape: shape(-1, SIDE, SIDE, 3) },
    }),
    constant('first/weights', weights.filter),
    node('Conv2D', 'first', ['image', 'first/weights'], settings),
    constant('norm/gamma', { shape: [FEATURES], values: ones }),
    constant('norm/beta', { shape: [FEATURES], values: new Float32Array(FEATURES) }),
    constant('norm/moving_mean', weights.mean),
    constant('norm/moving_variance', weights.variance),
    node(
      'FusedBatchNorm',
      'norm',
      ['first', 'norm/gamma', 'norm/beta', 'norm/moving_mean', 'norm/moving_variance'],
      {
        is_training: { b: false },
        epsilon: { f: 1e-3 },
      },
    ),
    node('Relu', 'active', ['norm']),
    constant('second/weights', weights.second),
    node('Conv2D', 'second', ['active', 'second/weights'], settings),
    node('Relu', 'second/active', ['second']),
    integers('axes', [1, 2]),
    node('Mean', 'pool', ['second/active', 'axes'], { keep_dims: { b: false } }),
    constant('dense/weights', weights.dense),
    node('MatMul', 'dense', ['pool', 'dense/weights']),
    constant('dense/bias', weights.bias),
    node('BiasAdd', 'logits', ['dense', 'dense/bias']),
    node('Softmax', 'scores', ['logits']),
  ];
}

/** The same graph as TensorFlow 2 saves it, with its numbers in a checkpoint beside it. */
function filesWithVariables(weights: SmallWeights): Record<string, Uint8Array> {
  const numbers = new Map([
    ['first/weights', weights.filter],
    ['norm/moving_mean', weights.mean],
    ['norm/moving_variance', weights.variance],
    ['second/weights', weights.second],
    ['dense/weights', weights.dense],
    ['dense/bias', weights.bias],
  ]);
  const nodes = graphNodes(weights).flatMap((each) => {
    const { name } = each;
    if (!numbers.has(name)) return [each];
    const handle = node('VarHandleOp', `${name}/handle`, [], { shared_name: text(name) });
    return [handle, node('ReadVariableOp', name, [handle.name])];
  });
  const variables = [...numbers].map(([key, { shape: sizes, values }]) => {
    return { key, sizes, values: [...values] };
  });
  return { 'saved_model.pb': savedModelFile(nodes, 'scores:0'), ...bundleFiles(variables) };
}

/** [rows, columns, channels, filters] → [filters, channels, rows, columns] */
function filtersFirst({ shape: sizes, values }: Numbers): Numbers {
  const [rows, columns, channels, filters] = sizes as [number, number, number, number];
  const turned = new Float32Array(values.length);
  for (let cell = 0; cell < rows * columns; cell++) {
    for (let channel = 0; channel < channels; channel++) {
      for (let filter = 0; filter < filters; filter++) {
        turned[(filter * channels + channel) * rows * columns + cell] =
          values[(cell * channels + channel) * filters + filter]!;
      }
    }
  }
  return { shape: [filters, channels, rows, columns], values: turned };
}

function transposed({ shape: sizes, values }: Numbers): Numbers {
  const [rows, columns] = sizes as [number, number];
  const turned = values.map((_, at) => values[(at % rows) * columns + Math.floor(at / rows)]!);
  return { shape: [columns, rows], values: turned };
}

export function onnxFile(weights: SmallWeights): Uint8Array {
  const initializer = Object.entries({
    'first.weight': filtersFirst(weights.filter),
    'norm.weight': { shape: [FEATURES], values: new Float32Array(FEATURES).fill(1) },
    'norm.bias': { shape: [FEATURES], values: new Float32Array(FEATURES) },
    'norm.running_mean': weights.mean,
    'norm.running_var': weights.variance,
    'second.weight': filtersFirst(weights.second),
    'dense.weight': transposed(weights.dense),
    'dense.bias': weights.bias,
  }).map(([name, { shape: dims, values }]) => ({
    name,
    dims,
    dataType: 1,
    rawData: bytesOf(values),
  }));
  const tensor = (sizes: readonly (number | string)[]): object => ({
    tensorType: {
      elemType: 1,
      shape: {
        dim: sizes.map((size) =>
          typeof size === 'number' ? { dimValue: size } : { dimParam: size },
        ),
      },
    },
  });
  const whole = (name: string, ...ints: number[]): object => ({ name, type: 7, ints });
  const graph = {
    name: 'small',
    node: [
      onnxNode('Conv', 'first', ['image', 'first.weight'], [whole('kernel_shape', 1, 1)]),
      onnxNode('BatchNormalization', 'norm', [
        'first',
        'norm.weight',
        'norm.bias',
        'norm.running_mean',
        'norm.running_var',
      ]),
      onnxNode('Relu', 'active', ['norm']),
      onnxNode(
        'Conv',
        'second',
        ['active', 'second.weight'],
        [whole('kernel_shape', 3, 3), whole('pads', 1, 1, 1, 1)],
      ),
      onnxNode('Relu', 'active2', ['second']),
      onnxNode('GlobalAveragePool', 'pool', ['active2']),
      onnxNode('Flatten', 'flat', ['pool'], [{ name: 'axis', type: 2, i: 1 }]),
      onnxNode(
        'Gemm',
        'logits',
        ['flat', 'dense.weight', 'dense.bias'],
        [{ name: 'transB', type: 2, i: 1 }],
      ),
      onnxNode('Softmax', 'scores', ['logits'], [{ name: 'axis', type: 2, i: 1 }]),
    ],
    initializer,
    input: [{ name: 'image', type: tensor(['batch', 3, SIDE, SIDE]) }],
    output: [{ name: 'scores', type: tensor(['batch', CLASSES]) }],
  };
  const model = { irVersion: 8, opsetImport: [{ domain: '', version: 13 }], graph };
  return modelType.encode(modelType.fromObject(model)).finish();
}

function onnxNode(
  opType: string,
  name: string,
  input: readonly string[],
  attribute: readonly object[] = [],
): object {
  return { opType, name, input, output: [name], attribute };
}

const PROTOTXT = `name: "small"
layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 1 dim: 3 dim: ${SIDE} dim: ${SIDE} } } }
layer { name: "first" type: "Convolution" bottom: "data" top: "first" convolution_param { num_output: ${FEATURES} kernel_size: 1 bias_term: false } }
layer { name: "relu1" type: "ReLU" bottom: "first" top: "first" }
layer { name: "second" type: "Convolution" bottom: "first" top: "second" convolution_param { num_output: ${FEATURES} kernel_size: 3 pad: 1 bias_term: false } }
layer { name: "relu2" type: "ReLU" bottom: "second" top: "second" }
layer { name: "pool" type: "Pooling" bottom: "second" top: "pool" pooling_param { pool: AVE global_pooling: true } }
layer { name: "dense" type: "InnerProduct" bottom: "pool" top: "dense" inner_product_param { num_output: ${CLASSES} } }
layer { name: "prob" type: "Softmax" bottom: "dense" top: "prob" }
`;

export function caffeFile({ filter, second, dense, bias }: SmallWeights): Uint8Array {
  const blob = ({ shape: sizes, values }: Numbers): object => ({
    shape: { dim: sizes },
    data: [bytesOf(values)],
  });
  const of = (name: string, type: string, bottom: string, more: object = {}): object => ({
    ...{ name, type, bottom: [bottom], top: [name], ...more },
  });
  const net = {
    name: 'small',
    layer: [
      of('first', 'Convolution', 'data', {
        convolution_param: { num_output: FEATURES, kernel_size: [1] },
        blobs: [blob(filtersFirst(filter))],
      }),
      of('second', 'Convolution', 'first', {
        convolution_param: { num_output: FEATURES, kernel_size: [3], pad: [1] },
        blobs: [blob(filtersFirst(second))],
      }),
      of('dense', 'InnerProduct', 'second', {
        inner_product_param: { num_output: CLASSES },
        blobs: [blob(transposed(dense)), blob(bias)],
      }),
    ],
  };
  return netType.encode(netType.fromObject(net)).finish();
}

function bytesOf(array: ArrayBufferView): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
