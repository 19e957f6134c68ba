/** Files that cannot be dreamt with: each is refused in words, and none does harm. */
import { describe, expect, test } from 'vitest';
import { slice } from '../../src/graph/graph.ts';
import type { Imported } from '../../src/importers/imported.ts';
import { importModel } from '../../src/importers/index.ts';
import { DreamError } from '../../src/kit/errors.ts';
import { seededRandom } from '../../src/kit/random.ts';
import {
  FLOAT,
  STRING,
  constant,
  floats,
  graphFile,
  integers,
  list,
  metaGraphFile,
  node,
  savedModelFile,
  shape,
  shapeOf,
  text,
} from './graphdef-files.ts';
import type { FileNode } from './graphdef-files.ts';

const read = async (bytes: Uint8Array): Promise<Imported> =>
  importModel({ bytes }, { names: [], read: () => Promise.reject(new Error()) });

async function refusal(bytes: Uint8Array): Promise<DreamError> {
  const error: unknown = await read(bytes).then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(DreamError);
  return error as DreamError;
}

const ofGraph = (...nodes: FileNode[]): Promise<DreamError> => refusal(graphFile(nodes));

const placeholder = node('Placeholder', 'x', [], {
  dtype: { type: FLOAT },
  shape: shape(1, 8, 8, 3),
});
const conv = { strides: list(1, 1, 1, 1), padding: text('SAME') };
const small = [
  placeholder,
  floats('w', [3, 3, 3, 2]),
  node('Conv2D', 'conv', ['x', 'w'], conv),
  floats('b', [2]),
  node('BiasAdd', 'biased', ['conv', 'b']),
  integers('axes', [1, 2]),
  node('Mean', 'mean', ['biased', 'axes']),
  constant('v', { dtype: FLOAT, tensorShape: shapeOf([2, 3]), floatVal: [0.5, 0.25] }),
  node('MatMul', 'dense', ['mean', 'v'], { transpose_b: { b: false } }),
  node('Softmax', 'y', ['dense']),
];

describe('files that are no model', () => {
  const leveldb = Buffer.concat([Buffer.alloc(90), Buffer.from('57fb808b247547db', 'hex')]);
  test.each<[string, Uint8Array, string, string]>([
    [
      'git LFS pointer',
      Buffer.from('version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12\n'),
      'is a git LFS pointer',
      'git lfs pull',
    ],
    [
      'list of checkpoints',
      Buffer.from('model_checkpoint_path: "model.ckpt-500"\n'),
      "is the list of a training's checkpoints",
      'freeze_graph',
    ],
    ['index of a checkpoint', leveldb, 'is the index of a training checkpoint', 'freeze_graph'],
    ['graph of a checkpoint', metaGraphFile(small), '(.meta), without its weights', 'freeze_graph'],
    [
      'TensorFlow Lite',
      Buffer.from('\x1c\0\0\0TFL3\0\0'),
      'is a TensorFlow Lite model',
      'SavedModel',
    ],
    [
      'graph as text',
      Buffer.from('# a graph\nnode {\n  name: "x"\n  op: "Placeholder"\n}\n'),
      'written as text (.pbtxt)',
      '(.pb)',
    ],
    [
      'SavedModel as text',
      Buffer.from('saved_model_schema_version: 1\n'),
      'written as text',
      '(.pb)',
    ],
    ['something else', Buffer.from('hello'), 'has a format that is not known (', ''],
    ['nothing', new Uint8Array(), 'has a format that is not known (', ''],
  ])('%s', async (_, bytes, message, hint) => {
    const error = await refusal(bytes);
    expect(error).toMatchObject({ code: 'bad-model' });
    expect(error.message).toContain(message);
    expect(error.hint ?? '').toContain(hint);
  });

  test('a SavedModel whose weights are variables: the command that converts it', async () => {
    const nodes = [
      placeholder,
      node('VarHandleOp', 'w'),
      node('ReadVariableOp', 'w/read', ['w']),
      node('Conv2D', 'conv', ['x', 'w/read'], conv),
      node('Softmax', 'y', ['conv']),
    ];
    const error = await refusal(savedModelFile(nodes, 'y:0'));
    expect(error.message).toBe(
      "the graph's weights are variables (2 nodes, the first 'w'), and their values are not in this file",
    );
    expect(error.hint).toContain('tensorflowjs_converter --input_format=tf_saved_model');
  });
});

describe('graphs that are no classifier of pictures', () => {
  test('all ops without a rule are named at once, with how many nodes they are', async () => {
    const nodes = [
      placeholder,
      node('Digamma', 'a', ['x']),
      node('Lgamma', 'b', ['a']),
      node('Digamma', 'c', ['b']),
    ];
    const error = await ofGraph(...nodes);
    expect(error.code).toBe('unsupported-op');
    expect(error.message).toMatch(
      /^node 'a' is a Digamma \(2 such nodes\), node 'b' is a Lgamma, which is not supported; supported: Conv2D, /,
    );
    const many = Array.from({ length: 12 }, (_, index) =>
      node(`Strange${index}`, `n${index}`, [index === 0 ? 'x' : `n${index - 1}`]),
    );
    expect((await ofGraph(placeholder, ...many)).message).toContain(
      "node 'n7' is a Strange7, and 4 other ops, which",
    );
  });

  test.each<[string, FileNode[], string]>([
    ['a detector', [node('NonMaxSuppressionV3', 'boxes', ['x'])], 'looks like an object detector'],
    ['a text model', [node('BlockLSTM', 'words', ['x'])], 'looks like a network for text'],
    ['a loop', [node('While', 'loop', ['x'])], 'branches or loops'],
    ['functions', [node('StatefulPartitionedCall', 'call', ['x'])], 'calls functions'],
  ])('%s', async (_, nodes, hint) => {
    expect((await ofGraph(placeholder, ...nodes)).hint).toContain(hint);
  });

  test.each<[string, FileNode[], string]>([
    [
      'two pictures',
      [placeholder, { ...placeholder, name: 'z' }, node('Add', 'y', ['x', 'z'])],
      "the graph has 2 inputs (Placeholder) 'x', 'z'; expected 1, the picture",
    ],
    [
      'no picture',
      [floats('c', [2]), floats('s', []), node('Add', 'y', ['c', 's']), node('Relu', 'z', ['y'])],
      'the graph has 0 inputs (Placeholder); expected 1, the picture',
    ],
    ['nothing but constants', [floats('c', [2])], 'no node that nothing else reads: no output'],
    [
      'a normalisation of a training',
      [
        placeholder,
        floats('c', [3]),
        node('FusedBatchNorm', 'y', ['x', 'c', 'c', 'c', 'c'], { is_training: { b: true } }),
      ],
      "node 'y' (FusedBatchNorm): a normalisation over the pictures of a batch",
    ],
    [
      'channels first',
      [
        placeholder,
        floats('c', [3]),
        node('BiasAdd', 'y', ['x', 'c'], { data_format: text('NCHW') }),
      ],
      `node 'y' (BiasAdd): data_format "NCHW" is not supported`,
    ],
    [
      'a constant of text',
      [
        placeholder,
        constant('c', { dtype: STRING, tensorShape: shapeOf([]) }),
        node('Add', 'y', ['x', 'c']),
      ],
      "the constant 'c' holds DT_STRING, which are no numbers of a network",
    ],
    [
      'a shape beyond its bytes',
      [
        placeholder,
        constant('c', {
          dtype: FLOAT,
          tensorShape: shapeOf([3]),
          tensorContent: new Uint8Array(8),
        }),
        node('Add', 'y', ['x', 'c']),
      ],
      "the constant 'c' of shape [3] has 8 bytes, expected 12",
    ],
    [
      'a negative shape',
      [
        placeholder,
        constant('c', { dtype: FLOAT, tensorShape: shapeOf([-1]), floatVal: [1] }),
        node('Add', 'y', ['x', 'c']),
      ],
      "the constant 'c' has the shape [-1]",
    ],
    [
      'more numbers than cells',
      [
        placeholder,
        constant('c', { dtype: FLOAT, tensorShape: shapeOf([1]), floatVal: [1, 2] }),
        node('Add', 'y', ['x', 'c']),
      ],
      "the constant 'c' of shape [1] has 2 numbers",
    ],
    [
      'one number for a billion cells',
      [
        placeholder,
        constant('c', { dtype: FLOAT, tensorShape: shapeOf([32768, 32768]), floatVal: [1] }),
        node('Add', 'y', ['x', 'c']),
      ],
      "the constant 'c' of [32768, 32768] repeats one number",
    ],
    [
      'constants that stretch each other',
      [
        placeholder,
        constant('a', { dtype: FLOAT, tensorShape: shapeOf([60000, 1]), floatVal: [1] }),
        constant('b', { dtype: FLOAT, tensorShape: shapeOf([60000]), floatVal: [1] }),
        node('Mul', 'c', ['a', 'b']),
        node('Add', 'y', ['x', 'c']),
      ],
      "node 'c' (Mul) makes a constant of [60000, 60000]",
    ],
    [
      'a stride of nothing',
      [
        placeholder,
        floats('w', [1, 1, 3, 2]),
        node('Conv2D', 'y', ['x', 'w'], { ...conv, strides: list(1, 0, 0, 1) }),
      ],
      "node 'y' (Conv2D) has strides = [1,0,0,1], expected four whole numbers above 0",
    ],
    [
      'a loop without end',
      [
        placeholder,
        node('Add', 'a', ['x', 'b']),
        node('Relu', 'b', ['a']),
        node('Relu', 'c', ['b']),
      ],
      'which reads it: a loop',
    ],
    [
      'a node that reads itself',
      [node('Relu', 'a', ['a'])],
      'no node that nothing else reads: no output',
    ],
  ])('%s', async (_, nodes, message) => {
    expect((await ofGraph(...nodes)).message).toContain(message);
  });
});

describe('damaged and hostile bytes', () => {
  test('a file cut short says after how many nodes', async () => {
    const bytes = graphFile(small);
    const error = await refusal(bytes.subarray(0, bytes.length - 40));
    expect(error.message).toMatch(/breaks off or is damaged after \d nodes/);
    expect(error.hint).toContain('Copy the file anew');
  });

  test('millions of nodes in a few bytes each', async () => {
    const head = graphFile([placeholder]);
    const bytes = Buffer.concat([head, Buffer.alloc(2_000_002, Buffer.from([0x0a, 0x00]))]);
    expect((await refusal(bytes)).message).toContain('more than 50000 nodes');
  });

  test('very deep graphs', async () => {
    const depth = 20_000;
    const chain = Array.from({ length: depth }, (_, index) =>
      node('Identity', `n${index}`, [index === 0 ? 'x' : `n${index - 1}`]),
    );
    const last = node('Relu', 'y', [`n${depth - 1}`]);
    const { graph } = await read(graphFile([last, ...chain, placeholder]));
    expect(slice(graph, ['y']).nodes.size).toBe(2);
  });

  test('bytes changed, cut and doubled at random: read or refused, and nothing else', async () => {
    const random = seededRandom(20_151_205);
    const original = Buffer.from(graphFile(small));
    const outcomes = { read: 0, refused: 0 };
    for (let round = 0; round < 600; round++) {
      let bytes = Buffer.from(original);
      const changes = random.integer(1, 4);
      for (let change = 0; change < changes; change++) {
        const at = random.integer(0, bytes.length - 1);
        const kind = random.integer(0, 8);
        if (kind < 4) bytes[at] = random.integer(0, 255);
        if (kind >= 4 && kind < 7) bytes[at] = bytes[at]! ^ (1 << random.integer(0, 7));
        if (kind === 7) bytes = bytes.subarray(0, Math.max(at, 1));
        if (kind === 8) {
          const end = Math.min(bytes.length, at + random.integer(1, 60));
          bytes = Buffer.concat([bytes.subarray(0, end), bytes.subarray(at)]);
        }
      }
      try {
        const { graph } = await read(bytes);
        for (const constant of graph.constants.values()) {
          expect(constant.read().length).toBe(constant.shape.reduce((a, b) => a * b, 1));
        }
        outcomes.read++;
      } catch (error) {
        if (!(error instanceof DreamError)) throw error;
        outcomes.refused++;
      }
    }
    expect(outcomes.read).toBeGreaterThan(50);
    expect(outcomes.refused).toBeGreaterThan(200);
  });
});
