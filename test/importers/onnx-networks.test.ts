import { describe, expect, it, test } from 'vitest';
import { onnxCompiler } from '../../src/engines/onnx.ts';
import { GRADIENT } from '../../src/engines/program.ts';
import { tensorflowCompiler } from '../../src/engines/tensorflow.ts';
import { GraphBuilder } from '../../src/graph/builder.ts';
import { slice } from '../../src/graph/graph.ts';
import { INPUT } from '../../src/importers/imported.ts';
import { importModel } from '../../src/importers/index.ts';
import { isOnnx, readOnnx } from '../../src/importers/onnx.ts';
import { weightsOf } from '../../src/importers/weights.ts';
import { plainTensorflow } from '../helpers/tensorflow.ts';
import {
  byBothEngines,
  expectSame,
  floats,
  integers,
  nothingBeside,
  onnxFile,
  original,
  seeded,
  tensor,
  valueInfo,
  worst,
} from './onnx-files.ts';
import type { ModelText, NodeText, Weight } from './onnx-files.ts';

/** A small classifier as PyTorch writes it. */
const classifier: ModelText = {
  dims: [1, 3, 8, 8],
  nodes: [
    { op: 'Conv', inputs: ['x', 'w'], outputs: ['c'], name: '/features/features.0/Conv' },
    { op: 'Relu', inputs: ['c'], outputs: ['r'], name: '/features/features.1/Relu' },
    {
      op: 'MaxPool',
      inputs: ['r'],
      outputs: ['p'],
      name: '/features/features.2/MaxPool',
      settings: { kernel_shape: [2, 2], strides: [2, 2] },
    },
    { op: 'Conv', inputs: ['p', 'w2'], outputs: ['d'], name: '/features/features.3/Conv' },
    { op: 'Dropout', inputs: ['d'], outputs: ['e'], name: '/Dropout' },
    { op: 'Flatten', inputs: ['e'], outputs: ['f'], name: '/Flatten' },
    {
      op: 'Gemm',
      inputs: ['f', 'g', 'b'],
      outputs: ['y'],
      name: '/classifier/Gemm',
      settings: { transB: 1 },
    },
  ],
  weights: {
    w: seeded([4, 3, 3, 3]),
    w2: seeded([5, 4, 2, 2], 2),
    g: seeded([2, 20], 3),
    b: seeded([2], 4),
  },
};

const read = (model: ModelText, beside = nothingBeside) => readOnnx(onnxFile(model), beside);

describe('the network', () => {
  it('is found among all formats, and computes what the file says', async () => {
    const bytes = onnxFile(classifier);
    expect(isOnnx(bytes)).toBe(true);
    const imported = await importModel({ bytes }, nothingBeside);
    expect(imported.inputSize).toEqual([8, 8]);
    await expectSame(bytes, [1, 3, 8, 8]);
  });

  it('has layers with short names, and none for what only hands on', async () => {
    const { graph } = await read(classifier);
    expect([...graph.layers.keys()]).toEqual([
      'features.0/Conv',
      'features.1/Relu',
      'features.2/MaxPool',
      'features.3/Conv',
      'Flatten',
      'classifier/Gemm',
    ]);
  });

  it('calls layers by their values where nodes have no names', async () => {
    const nodes = classifier.nodes.map((node) => ({ ...node, name: '' }));
    const { graph } = await read({ ...classifier, nodes });
    expect([...graph.layers.keys()]).toEqual(['c', 'r', 'p', 'd', 'f', 'y']);
  });

  it('evaluates its layers at pictures of any size', async () => {
    const nodes = classifier.nodes.slice(0, 4);
    const model = { ...classifier, nodes, output: 'd' };
    const imported = await read(model);
    const dims = [1, 3, 13, 10];
    const picture = Float32Array.from(seeded(dims).values);
    const theirs = await original(onnxFile({ ...model, dims: [1, 3, null, null] }), picture, dims);
    const ours = await byBothEngines(imported, picture, dims);
    expect(ours.shape).toEqual(theirs.shape);
    expect(worst(ours.onnx, theirs.data)).toBeLessThan(1e-5);
    expect(worst(ours.tensorflow, theirs.data)).toBeLessThan(1e-5);
  });

  it('shuffles channels in pictures of any size', async () => {
    const model: ModelText = {
      dims: [1, 6, 8, 8],
      nodes: [
        { op: 'Reshape', inputs: ['x', 'split'], outputs: ['a'] },
        { op: 'Transpose', inputs: ['a'], outputs: ['b'], settings: { perm: [0, 2, 1, 3, 4] } },
        { op: 'Reshape', inputs: ['b', 'joined'] },
      ],
      weights: { split: integers(1, 2, 3, 8, 8), joined: integers(1, 6, 8, 8) },
    };
    const other = { split: integers(1, 2, 3, 5, 7), joined: integers(1, 6, 5, 7) };
    const dims = [1, 6, 5, 7];
    const picture = Float32Array.from(seeded(dims).values);
    const bytes = onnxFile({ ...model, dims, weights: other });
    const ours = await byBothEngines(await read(model), picture, dims);
    expect(ours.onnx).toEqual((await original(bytes, picture, dims)).data);
    expect(ours.tensorflow).toEqual(ours.onnx);
  });

  it('has a gradient from a class to the picture, the same by both engines', async () => {
    const { graph, output, weights } = await read(classifier);
    await weights.ready(weightsOf(graph));
    const builder = GraphBuilder.from(graph);
    const squares = builder.add('square', [output]);
    const of = builder.add('reduceSum', [squares], { axes: [0, 1], keepDimensions: false });
    const task = { graph: slice(builder, [of]), outputs: [of], derivative: { of, by: INPUT } };
    const data = Float32Array.from(seeded([1, 3, 8, 8]).values);
    const feeds = new Map([[INPUT, { shape: [1, 3, 8, 8], data }]]);
    const tf = await plainTensorflow();
    const [ours, theirs] = await Promise.all(
      [onnxCompiler({ threads: 1 }), tensorflowCompiler(tf)].map(async (compiler) => {
        const program = await compiler.compile(task);
        const results = await program.run(feeds);
        const gradient = results.get(GRADIENT)!.data.slice();
        await program.dispose();
        return gradient;
      }),
    );
    expect(worst(ours!, theirs!)).toBeLessThan(1e-5);
    expect(ours!.some((value) => value !== 0)).toBe(true);
  });
});

describe('the input', () => {
  it.each([
    ['any batch and any size', valueInfo('x', [null, 3, null, null])],
    ['no shape at all', { name: 'x', type: {} }],
  ])('of %s: the size is the usual one that the dense layer wants', async (_, input) => {
    // 28 × 28 leave 12 × 12 cells of 5 channels.
    const weights = { ...classifier.weights, g: seeded([2, 5 * 12 * 12], 3) };
    const { inputSize } = await read({ ...classifier, weights, graph: { input: [input] } });
    expect(inputSize).toEqual([28, 28]);
  });

  it('has no size where any will do', async () => {
    const nodes: NodeText[] = [
      { op: 'Conv', inputs: ['x', 'w'], outputs: ['c'] },
      { op: 'GlobalAveragePool', inputs: ['c'] },
    ];
    const { inputSize } = await read({ ...classifier, nodes, dims: [null, 3, null, null] });
    expect(inputSize).toEqual([null, null]);
  });

  it('is what is left when initializers are listed as inputs too (IR version 3)', async () => {
    const listed = Object.entries(classifier.weights!).map(([name, { dims }]) =>
      valueInfo(name, dims),
    );
    const input = [...listed, valueInfo('x', [1, 3, 8, 8])];
    const { inputSize } = await read({ ...classifier, graph: { input } });
    expect(inputSize).toEqual([8, 8]);
  });
});

describe('layers', () => {
  it('are no steps of functions that are written out in a folder of their own', async () => {
    const step = (folder: string, op: string, from: string, to: string): NodeText => ({
      op,
      inputs: [from, ...(op === 'ReduceMean' || op === 'Sigmoid' ? [] : ['x'])],
      outputs: [to],
      name: `/body/${folder}/${op}`,
    });
    const { graph } = await read({
      nodes: [
        step('gate', 'Sigmoid', 'x', 'a'),
        step('norm', 'ReduceMean', 'a', 'b'),
        step('norm', 'Sub', 'b', 'c'),
        step('norm', 'Div', 'c', 'd'),
        { ...step('', 'Add', 'd', 'e'), name: 'Add' },
        { ...step('', 'Mul', 'e', 'y'), name: 'Mul' },
      ],
    });
    expect([...graph.layers.keys()]).toEqual([
      'body/gate/Sigmoid',
      'body/norm/Div',
      ...['Add', 'Mul'],
    ]);
  });
});

describe('a network whose file says no size', () => {
  const anywhere = { dims: [null, 3, null, null] };
  const patches: NodeText = {
    op: 'Conv',
    inputs: ['x', 'w'],
    outputs: ['c'],
    settings: { strides: [32, 32] },
  };

  it('takes any picture where its shapes do', async () => {
    const pool: NodeText = { op: 'GlobalAveragePool', inputs: ['c'] };
    const weights = { w: seeded([4, 3, 32, 32]) };
    const { inputSize } = await read({ ...anywhere, nodes: [patches, pool], weights });
    expect(inputSize).toEqual([null, null]);
  });

  it('takes the usual size where it counts tokens, though others could be built', async () => {
    const nodes: NodeText[] = [
      patches,
      { op: 'Reshape', inputs: ['c', 'flat'], outputs: ['r'] },
      { op: 'Concat', inputs: ['r', 'token'], settings: { axis: 2 } },
    ];
    const weights = {
      w: seeded([4, 3, 32, 32]),
      flat: integers(0, 4, -1),
      token: seeded([1, 4, 1]),
    };
    expect((await read({ ...anywhere, nodes, weights })).inputSize).toEqual([224, 224]);
  });
});

describe('the output', () => {
  const more: NodeText = { op: 'ArgMax', inputs: ['y'], outputs: ['best'], settings: { axis: 1 } };

  it('is what a decision is made from', async () => {
    const { output } = await read({
      ...classifier,
      nodes: [...classifier.nodes, more],
      output: 'best',
    });
    expect(output).toBe('/classifier/Gemm');
  });

  it('is what names of classes are picked by', async () => {
    const labels = { name: 'labels', dims: [2], dataType: 8 };
    const picked: NodeText = {
      op: 'ArrayFeatureExtractor',
      domain: 'ai.onnx.ml',
      inputs: ['labels', 'best'],
      outputs: ['label'],
    };
    const initializer = Object.entries(classifier.weights!).map(([name, weight]) =>
      tensor(name, weight),
    );
    const { output } = await read({
      ...classifier,
      nodes: [...classifier.nodes, more, picked],
      output: 'label',
      graph: { initializer: [...initializer, labels] },
    });
    expect(output).toBe('/classifier/Gemm');
  });

  it('is, of several, the one with scores of classes', async () => {
    const output = [valueInfo('d', [1, 5, 2, 2]), valueInfo('y', [1, 2])];
    expect((await read({ ...classifier, graph: { output } })).output).toBe('/classifier/Gemm');
  });

  it('does not need what it is not computed from', async () => {
    const odd: NodeText = { op: 'Oddity', inputs: ['d'], outputs: ['z'] };
    const nodes = [...classifier.nodes, odd];
    expect((await read({ ...classifier, nodes })).output).toBe('/classifier/Gemm');
  });
});

describe('weights', () => {
  const convolution = (weight: Weight): ModelText => ({
    nodes: [{ op: 'Conv', inputs: ['x', 'w'] }],
    weights: { w: weight },
  });
  const plain = seeded([2, 3, 1, 1]);
  const expected = async () => {
    const picture = Float32Array.from(seeded([1, 3, 6, 7], 7).values);
    return original(onnxFile(convolution(plain)), picture, [1, 3, 6, 7]);
  };
  const found = async (bytes: Uint8Array, beside = nothingBeside) => {
    const picture = Float32Array.from(seeded([1, 3, 6, 7], 7).values);
    return byBothEngines(await readOnnx(bytes, beside), picture, [1, 3, 6, 7]);
  };
  const rounded = (toBits: (value: number) => number, type: number): Weight => ({
    dims: plain.dims,
    values: Array.from(plain.values, toBits),
    type,
  });

  it.each([
    ['double', { ...plain, type: 11 }, 1e-6],
    ['float16', rounded(halfBits, 10), 2e-3],
    ['bfloat16', rounded((value) => floatBits(value) >>> 16, 16), 2e-2],
  ] as const)('can be %s', async (_, weight, tolerance) => {
    const { onnx } = await found(onnxFile(convolution(weight)));
    expect(worst(onnx, (await expected()).data)).toBeLessThan(tolerance);
  });

  it('can lie in fields of their own type', async () => {
    const floatData = [new Uint8Array(Float32Array.from(plain.values).buffer)];
    const initializer = [{ name: 'w', dims: plain.dims, dataType: 1, floatData }];
    const { onnx } = await found(onnxFile({ ...convolution(plain), graph: { initializer } }));
    expect(worst(onnx, (await expected()).data)).toBe(0);
  });

  const { rawData } = tensor('w', plain);
  const external = (entries: Record<string, string>): ModelText => ({
    ...convolution(plain),
    graph: {
      initializer: [
        {
          name: 'w',
          dims: [512, 3, 1, 1],
          dataType: 1,
          dataLocation: 1,
          externalData: Object.entries(entries).map(([key, value]) => ({ key, value })),
        },
      ],
    },
  });
  const many = seeded([512, 3, 1, 1]);
  const file = Buffer.concat([Buffer.alloc(16), tensor('w', many).rawData]);
  const place = { location: 'weights.bin', offset: '16', length: String(512 * 12) };

  it('can lie in a file beside, which is read when they are wanted', async () => {
    const asked: string[] = [];
    const beside = {
      names: ['weights.bin'],
      read: (path: string) => {
        asked.push(path);
        return Promise.resolve(new Uint8Array(file));
      },
    };
    const bytes = onnxFile(external(place));
    await readOnnx(bytes, beside);
    expect(asked).toEqual([]);
    const { onnx } = await found(bytes, beside);
    expect(asked).toEqual(['weights.bin']);
    const inside = await original(
      onnxFile(convolution(many)),
      Float32Array.from(seeded([1, 3, 6, 7], 7).values),
      [1, 3, 6, 7],
    );
    expect(worst(onnx, inside.data)).toBeLessThan(1e-6);
  });

  it.each([
    ['a file that is missing', place, /'weights.bin' cannot be read: there is no weights.bin/],
    ['a path that leads out', { ...place, location: '../secret' }, /no file beside the model/],
    ['a path from the root', { ...place, location: '/etc/passwd' }, /no file beside the model/],
    ['a length that does not fit', { ...place, length: '4' }, /needs 6144 bytes/],
    ['an offset below the start', { ...place, offset: '-4' }, /needs 6144 bytes/],
  ])('are missed in words: %s', async (_, entries, message) => {
    const load = async () => {
      const { graph, weights } = await read(external(entries));
      await weights.ready(weightsOf(graph));
    };
    await expect(load()).rejects.toThrow(message);
  });

  it('are missed in words: a file cut short', async () => {
    const beside = { names: [], read: () => Promise.resolve(rawData) };
    const { graph, weights } = await read(external(place), beside);
    await expect(weights.ready(weightsOf(graph))).rejects.toThrow(
      "the weight file 'weights.bin' holds 24 bytes, but 'w' ends at 6160",
    );
  });
});

describe('refusals', () => {
  const after = (...nodes: NodeText[]): ModelText => ({
    ...classifier,
    nodes: [...classifier.nodes.slice(0, 4), ...nodes],
  });

  test.each<[string, ModelText, string, RegExp]>([
    [
      'quantised',
      after({ op: 'DynamicQuantizeLinear', inputs: ['d'], name: 'q' }),
      'unsupported-op',
      /is quantised.*no useful gradient \(1 × DynamicQuantizeLinear \('q'\)\)/,
    ],
    [
      'a detector',
      after({ op: 'NonMaxSuppression', inputs: ['d', 'd'], name: 'nms' }),
      'unsupported-op',
      /is a detector.*NonMaxSuppression \('nms'\)/,
    ],
    [
      'control flow',
      after({ op: 'If', inputs: ['d'], name: 'if' }),
      'unsupported-op',
      /control flow/,
    ],
    [
      'a network for text',
      after({ op: 'LSTM', inputs: ['d', 'd', 'd'] }),
      'unsupported-op',
      /for text/,
    ],
    [
      'ops that nobody knows, all at once',
      after(
        { op: 'Oddity', inputs: ['d'], outputs: ['o'], name: 'a' },
        { op: 'Oddity', inputs: ['o'], outputs: ['p2'], name: 'b' },
        { op: 'Rarity', inputs: ['p2'], name: 'c', domain: 'com.example' },
      ),
      'unsupported-op',
      /2 × Oddity \(first 'a'\), 1 × com.example:Rarity \('c'\)/,
    ],
    [
      'two pictures',
      {
        ...after({ op: 'Add', inputs: ['d', 'other'] }),
        graph: { input: [valueInfo('x', [1, 3, 8, 8]), valueInfo('other', [1, 5, 2, null])] },
      },
      'unsupported-op',
      /reads 2 inputs: 'x' \[1, 3, 8, 8\], 'other' \[1, 5, 2, \?\]; expected one/,
    ],
    [
      'whole numbers',
      { ...classifier, graph: { input: [valueInfo('x', [1, 128], 7)] } },
      'unsupported-op',
      /reads whole numbers \('x' \[1, 128\]\), as networks for text do/,
    ],
    [
      'a vector',
      { ...classifier, graph: { input: [valueInfo('x', [1, 784])] } },
      'unsupported-op',
      /reads 'x' \[1, 784\]; expected a picture/,
    ],
    [
      'a filter from the picture',
      { ...classifier, nodes: [{ op: 'Conv', inputs: ['x', 'x'], name: 'conv' }] },
      'unsupported-op',
      /node 'conv' \(Conv\): input 1 that is computed from the picture/,
    ],
    [
      'a filter for other channels',
      { ...classifier, dims: [1, 4, 8, 8] },
      'bad-model',
      /node '.*features.0\/Conv' \(Conv\).*its input has 4 channels/,
    ],
    [
      'weights of another shape than the head wants',
      { ...classifier, weights: { ...classifier.weights, g: seeded([2, 21]) } },
      'bad-model',
      /Gemm\) multiplies \[1, 20\] by \[21, 2\]/,
    ],
    [
      'a value that nothing gives',
      { ...classifier, nodes: [{ op: 'Relu', inputs: ['ghost'], name: 'r' }] },
      'bad-model',
      /node 'r' \(Relu\) reads 'ghost', which nothing gives/,
    ],
    [
      'a circle',
      {
        ...classifier,
        nodes: [
          { op: 'Add', inputs: ['x', 'b'], outputs: ['a'], name: 'one' },
          { op: 'Relu', inputs: ['a'], outputs: ['b'], name: 'two' },
          { op: 'Relu', inputs: ['a'], name: 'three' },
        ],
        weights: {},
      },
      'bad-model',
      /a loop/,
    ],
    [
      'an output that no picture has a part in',
      { nodes: [{ op: 'Relu', inputs: ['w'] }], weights: { w: floats(1, 2) } },
      'unsupported-op',
      /reads 0 inputs/,
    ],
    [
      'a Reshape that does not fit',
      {
        nodes: [{ op: 'Reshape', inputs: ['x', 's'], name: 'r' }],
        weights: { s: integers(5, -1) },
      },
      'bad-model',
      /node 'r' \(Reshape\) makes \[5, 25.2\] of \[1, 3, 6, 7\]/,
    ],
  ])('%s', async (_, model, code, message) => {
    const failure = await read(model).then(
      () => null,
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({ name: 'DreamError', code });
    expect((failure as Error).message).toMatch(message);
  });
});

function floatBits(value: number): number {
  return new Uint32Array(Float32Array.of(value).buffer)[0]!;
}

/** Half precision of a number between 2⁻¹⁴ and 2¹⁶, rounded down. */
function halfBits(value: number): number {
  const bits = floatBits(value);
  const exponent = ((bits >>> 23) & 0xff) - 112;
  return ((bits >>> 16) & 0x8000) | (exponent << 10) | ((bits >>> 13) & 0x3ff);
}
