/** SavedModels whose weights are variables, as TensorFlow 1 and 2 write them. */
import { expect, test } from 'vitest';
import type { Imported } from '../../src/importers/imported.ts';
import { importModel } from '../../src/importers/index.ts';
import { weightsOf } from '../../src/importers/weights.ts';
import { DreamError } from '../../src/kit/errors.ts';
import { seededRandom } from '../../src/kit/random.ts';
import { plainTensorflow } from '../helpers/tensorflow.ts';
import { bundleFiles, tableFile } from './bundle-files.ts';
import type { Variable } from './bundle-files.ts';
import {
  FLOAT,
  STRING,
  constant,
  floats,
  graphFile,
  integers,
  list,
  node,
  savedModelFile,
  shape,
  shapeOf,
  text,
  waves,
} from './graphdef-files.ts';
import type { FileFunction, FileNode } from './graphdef-files.ts';
import { run } from './run.ts';

const tf = await plainTensorflow();

const read = async (bytes: Uint8Array, files: Record<string, Uint8Array> = {}): Promise<Imported> =>
  importModel(
    { bytes },
    {
      names: Object.keys(files),
      read: (name) =>
        files[name] ? Promise.resolve(files[name]) : Promise.reject(new Error('there is none')),
    },
  );

const texts = (name: string, ...values: string[]): FileNode =>
  constant(name, {
    dtype: STRING,
    tensorShape: shapeOf([values.length]),
    stringVal: values.map((value) => Buffer.from(value)),
  });
const variable = (key: string, sizes: number[], from = 0): Variable => ({
  key,
  sizes,
  values: waves(sizes).map((value) => value + from),
});
const placeholder = (name: string): FileNode =>
  node('Placeholder', name, [], { dtype: { type: FLOAT }, shape: shape(-1, 6, 6, 3) });
const conv = { strides: list(1, 1, 1, 1), padding: text('SAME') };
const call = (name: string, called: string, inputs: string[]): FileNode =>
  node('StatefulPartitionedCall', name, inputs, { f: { func: { name: called } } });

const [kernel, bias, dense] = [
  variable('layer_with_weights-0/kernel/.ATTRIBUTES/VARIABLE_VALUE', [3, 3, 3, 4]),
  variable('layer_with_weights-0/bias/.ATTRIBUTES/VARIABLE_VALUE', [4], 1),
  variable('layer_with_weights-1/kernel/.ATTRIBUTES/VARIABLE_VALUE', [4, 5]),
];
const checkpoint = bundleFiles([kernel, bias, dense]);

/** The same network with its weights as constants. */
const frozen = graphFile([
  placeholder('x'),
  floats('kernel', kernel.sizes, kernel.values),
  floats('bias', bias.sizes, bias.values),
  floats('dense', dense.sizes, dense.values),
  node('Conv2D', 'conv', ['x', 'kernel'], conv),
  node('BiasAdd', 'biased', ['conv', 'bias']),
  integers('axes', [1, 2]),
  node('Mean', 'mean', ['biased', 'axes']),
  node('MatMul', 'logits', ['mean', 'dense']),
  node('Softmax', 'y', ['logits']),
]);

const network: FileFunction = {
  name: '__inference__wrapped_model_12',
  parameters: ['x', 'conv_resource', 'bias_resource', 'dense_resource'],
  nodes: [
    node('ReadVariableOp', 'conv/ReadVariableOp', ['conv_resource']),
    node('Conv2D', 'conv/Conv2D', ['x', 'conv/ReadVariableOp:value:0'], conv),
    node('ReadVariableOp', 'bias/ReadVariableOp', ['bias_resource']),
    node('BiasAdd', 'conv/BiasAdd', ['conv/Conv2D:output:0', 'bias/ReadVariableOp:value:0']),
    integers('axes', [1, 2]),
    node('Mean', 'mean', ['conv/BiasAdd:output:0', 'axes:output:0']),
    node('ReadVariableOp', 'dense/ReadVariableOp', ['dense_resource']),
    node('MatMul', 'dense/MatMul', ['mean:output:0', 'dense/ReadVariableOp:value:0']),
    node('Softmax', 'dense/Softmax', ['dense/MatMul:product:0']),
    node('Identity', 'Identity', ['dense/Softmax:softmax:0', '^NoOp']),
    node('NoOp', 'NoOp', ['^conv/ReadVariableOp']),
  ],
  results: { identity: 'Identity:output:0' },
};
const wrapper: FileFunction = {
  name: '__inference_signature_wrapper_34',
  parameters: ['input_1', 'unknown', 'unknown_0', 'unknown_1'],
  nodes: [
    call('StatefulPartitionedCall', network.name, ['input_1', 'unknown', 'unknown_0', 'unknown_1']),
    node('Identity', 'Identity', ['StatefulPartitionedCall:output:0', '^NoOp']),
    node('NoOp', 'NoOp', ['^StatefulPartitionedCall']),
  ],
  results: { identity: 'Identity:output:0' },
};
/** In an order that is not the network's. */
const restore: FileFunction = {
  name: '__inference__traced_restore_56',
  parameters: ['file_prefix', 'assign_dense', 'assign_conv', 'assign_bias'],
  nodes: [
    texts('RestoreV2/tensor_names', dense.key, kernel.key, bias.key),
    texts('RestoreV2/shape_and_slices', '', '', ''),
    node('RestoreV2', 'RestoreV2', [
      'file_prefix',
      'RestoreV2/tensor_names:output:0',
      'RestoreV2/shape_and_slices:output:0',
    ]),
    ...['assign_dense', 'assign_conv', 'assign_bias'].flatMap((target, index) => [
      node('Identity', `Identity_${index}`, [`RestoreV2:tensors:${index}`]),
      node('AssignVariableOp', `Assign_${index}`, [target, `Identity_${index}:output:0`]),
    ]),
    node('Identity', 'Identity', ['file_prefix']),
  ],
  results: { identity: 'Identity:output:0' },
};
/** Keras calls many a layer's kernel just that. */
const handles = ['kernel', 'bias', 'kernel_1'].map((name) =>
  node('VarHandleOp', name, [], { shared_name: text(name.replace('_1', '')) }),
);
const second = savedModelFile(
  [
    ...handles,
    placeholder('serving_default_x'),
    call('StatefulPartitionedCall', wrapper.name, [
      'serving_default_x',
      'kernel',
      'bias',
      'kernel_1',
    ]),
    texts('saver_filename', ''),
    call('StatefulPartitionedCall_1', restore.name, [
      'saver_filename',
      'kernel_1',
      'kernel',
      'bias',
    ]),
  ],
  'StatefulPartitionedCall:0',
  [network, wrapper, restore],
);

async function scoresOf(imported: Imported): Promise<number[]> {
  const { graph, output, weights } = imported;
  await weights.ready(weightsOf(graph));
  const input = tf.randomUniform([1, 6, 6, 3], -1, 1, 'float32', 9);
  return [...run(tf, graph, output, { input }).dataSync()];
}

async function refusal(...of: Parameters<typeof read>): Promise<DreamError> {
  const error: unknown = await read(...of).then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(DreamError);
  return error as DreamError;
}

test('TensorFlow 2: functions that call one another, variables that they are given', async () => {
  const imported = await read(second, checkpoint);
  expect(await scoresOf(imported)).toEqual(await scoresOf(await read(frozen)));
  const folder = 'StatefulPartitionedCall/StatefulPartitionedCall';
  expect([...imported.graph.layers.keys()]).toContain(`${folder}/conv/BiasAdd`);
});

test('TensorFlow 1: variables of the graph itself, read by their names or as they are restored', async () => {
  const nodes = [
    placeholder('x'),
    node('VarHandleOp', 'conv/kernel', [], { shared_name: text('conv/kernel') }),
    node('ReadVariableOp', 'conv/read', ['conv/kernel']),
    node('VariableV2', 'conv/bias'),
    node('Identity', 'conv/bias/read', ['conv/bias']),
    node('VariableV2', 'other'),
    node('Conv2D', 'conv', ['x', 'conv/read'], conv),
    node('BiasAdd', 'biased', ['conv', 'conv/bias/read']),
    integers('axes', [1, 2]),
    node('Mean', 'mean', ['biased', 'axes']),
    node('MatMul', 'logits', ['mean', 'other']),
    node('Softmax', 'y', ['logits']),
    texts('save/prefix', ''),
    texts('save/names', 'conv/bias', 'dense/kernel'),
    node('RestoreV2', 'save/RestoreV2', ['save/prefix', 'save/names']),
    node('Assign', 'save/Assign', ['other', 'save/RestoreV2:1']),
  ];
  const files = bundleFiles([
    { ...kernel, key: 'conv/kernel' },
    { ...bias, key: 'conv/bias' },
    { ...dense, key: 'dense/kernel' },
  ]);
  const imported = await read(savedModelFile(nodes, 'y:0'), files);
  expect(await scoresOf(imported)).toEqual(await scoresOf(await read(frozen)));
});

test('without the folder of variables: what to do', async () => {
  const { message, hint } = await refusal(second);
  expect(message).toContain('weights are variables');
  expect(hint).toContain('tensorflowjs_converter');
});

test('a function that calls itself, and functions that call others twice each', async () => {
  const itself = { ...wrapper, nodes: [call('again', wrapper.name, ['input_1'])], results: {} };
  const start = [...handles, placeholder('x'), call('y', wrapper.name, ['x'])];
  const circle = savedModelFile(start, 'y:0', [itself]);
  expect((await refusal(circle)).message).toContain('a call inside of 32 others');
  const doubling = Array.from({ length: 30 }, (_, index) => ({
    ...{ name: `f${index}`, parameters: ['x'], results: {} },
    nodes: ['a', 'b'].map((name) => call(name, `f${index + 1}`, ['x'])),
  }));
  const many = savedModelFile([placeholder('x'), call('y', 'f0', ['x'])], 'y:0', doubling);
  expect((await refusal(many)).message).toContain('more than 50000 nodes');
});

test('a call that gives what it reads', async () => {
  const through = { name: 'f', parameters: ['x'], nodes: [], results: { y: 'x' } };
  const nodes = [placeholder('x'), call('a', 'f', ['b']), call('b', 'f', ['a'])];
  const file = savedModelFile([...nodes, node('Relu', 'y', ['a'])], 'y:0', [through]);
  expect((await refusal(file)).message).toContain('is given by what reads it');
});

const [index, data] = ['variables/variables.index', 'variables/variables.data-00000-of-00001'];

test.each<[string, string, (bytes: Uint8Array) => Uint8Array, string]>([
  ['an index cut short', index, (bytes) => bytes.subarray(0, 60), 'is no whole table of weights'],
  ['an index with bytes missing', index, (bytes) => bytes.subarray(9), 'damaged|beyond its end'],
  ['a compressed index', index, () => tableFile([['a', Buffer.from('b')]], 1), 'is compressed'],
  ['an index of another file', index, () => tableFile([['a', Buffer.from('b')]]), 'are variables'],
  ['numbers cut short', data, (bytes) => bytes.subarray(0, 100), 'ends at \\d+ of a file of 100'],
])('%s is refused', async (_, name, change, message) => {
  const files = { ...checkpoint, [name]: change(checkpoint[name]!) };
  const error = await read(second, files)
    .then(scoresOf)
    .catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(DreamError);
  expect((error as DreamError).message).toMatch(new RegExp(message));
});

test('bytes changed at random in any of the files: read or refused, and nothing else', async () => {
  const random = seededRandom(20_170_213);
  const files = { 'saved_model.pb': second, ...checkpoint };
  const outcomes = { read: 0, refused: 0 };
  for (let round = 0; round < 600; round++) {
    const name = Object.keys(files)[round % 3] as keyof typeof files;
    const bytes = Buffer.from(files[name]);
    const changes = random.integer(1, 3);
    for (let change = 0; change < changes; change++) {
      bytes[random.integer(0, bytes.length - 1)] = random.integer(0, 255);
    }
    const damaged = { ...files, [name]: bytes };
    try {
      const { graph, weights } = await read(damaged['saved_model.pb'], damaged);
      await weights.ready(weightsOf(graph));
      for (const constant of graph.constants.values()) constant.read();
      outcomes.read++;
    } catch (error) {
      if (!(error instanceof DreamError)) throw error;
      outcomes.refused++;
    }
  }
  expect(outcomes.read).toBeGreaterThan(100);
  expect(outcomes.refused).toBeGreaterThan(100);
});
