/** Networks of the newer layers, backwards too: onnxruntime agrees with tensorflow.js's autodiff. */
import { expect, test } from 'vitest';
import { onnxCompiler } from '../../src/engines/onnx.ts';
import { GRADIENT } from '../../src/engines/program.ts';
import { tensorflowCompiler } from '../../src/engines/tensorflow.ts';
import { GraphBuilder } from '../../src/graph/builder.ts';
import { slice } from '../../src/graph/graph.ts';
import { INPUT } from '../../src/importers/imported.ts';
import { weightsOf } from '../../src/importers/weights.ts';
import { functional, kernel, layer, operation, read, tensor, tf } from './keras-files.ts';
import type { Layer, Weight } from './keras-files.ts';
import { seeded, worst } from './onnx-files.ts';

const attention = (name: string, from: string, config: object): Layer => ({
  ...layer('MultiHeadAttention', name, config),
  inbound_nodes: [[[from, 0, 0, { value: [from, 0, 0] }]]],
});
const attentionWeights = (
  name: string,
  channels: number,
  heads: number,
  size: number,
): Weight[] => [
  ...['query', 'key', 'value'].flatMap((part) => [
    kernel(`${name}/${part}/kernel`, [channels, heads, size]),
    kernel(`${name}/${part}/bias`, [heads, size]),
  ]),
  kernel(`${name}/attention_output/kernel`, [heads, size, channels]),
  kernel(`${name}/attention_output/bias`, [channels]),
];
const norm = (name: string, from: string): Layer =>
  layer('LayerNormalization', name, { axis: -1, epsilon: 1e-6 }, from);
const normWeights = (name: string): Weight[] => [
  kernel(`${name}/gamma`, [6]),
  kernel(`${name}/beta`, [6]),
];

/** As MobileViT has it: attention over patches of a picture that is put together again. */
const mobile: [Layer[], Weight[]] = [
  [
    layer(
      'Conv2D',
      'c',
      { filters: 6, kernel_size: 3, padding: 'same', activation: 'swish' },
      'picture_in',
    ),
    layer('Reshape', 'patches', { target_shape: [4, 16, 6] }, 'c'),
    norm('n', 'patches'),
    attention('m', 'n', { num_heads: 2, key_dim: 6, attention_axes: [1, 2] }),
    layer('Add', 'sum', {}, 'm', 'patches'),
    norm('o', 'sum'),
    layer('Dense', 'd', { units: 6, activation: 'swish' }, 'o'),
    layer('Add', 'more', {}, 'd', 'sum'),
    layer('Reshape', 'picture', { target_shape: [8, 8, 6] }, 'more'),
    layer('Concatenate', 'both', { axis: -1 }, 'c', 'picture'),
  ],
  [
    kernel('c/kernel', [3, 3, 2, 6]),
    kernel('c/bias', [6]),
    kernel('d/kernel', [6, 6]),
    kernel('d/bias', [6]),
    ...normWeights('n'),
    ...normWeights('o'),
    ...attentionWeights('m', 6, 2, 6),
  ],
];

/** A mean of all cells, weighted by attention, in place of a class token; functions of Keras 3. */
const pooled: [Layer[], Weight[]] = [
  [
    layer('Conv2D', 'c', { filters: 6, kernel_size: 2, strides: 2 }, 'picture_in'),
    layer('Reshape', 'cells', { target_shape: [-1, 6] }, 'c'),
    norm('n', 'cells'),
    attention('m', 'n', { num_heads: 3, key_dim: 2, value_dim: 2 }),
    layer('Dense', 'd', { units: 1, use_bias: false }, 'm'),
    layer('Softmax', 'shares', { axis: 1 }, 'd'),
    {
      ...operation('Transpose', 'turned', [tensor('shares')]),
      config: { name: 'turned', axes: [0, 2, 1] },
    },
    operation('Matmul', 'weighed', [tensor('turned'), tensor('m')]),
    { ...operation('Squeeze', 'flat', [tensor('weighed')]), config: { name: 'flat', axis: 1 } },
    layer('RepeatVector', 'repeated', { n: 5 }, 'flat'),
    layer(
      'Conv1D',
      'e',
      { filters: 4, kernel_size: 3, padding: 'causal', activation: 'tanh' },
      'repeated',
    ),
    layer('Dot', 'products', { axes: 2 }, 'e', 'e'),
  ],
  [
    kernel('c/kernel', [2, 2, 2, 6]),
    kernel('c/bias', [6]),
    kernel('d/kernel', [6, 1]),
    kernel('e/kernel', [3, 6, 4]),
    kernel('e/bias', [4]),
    ...normWeights('n'),
    ...attentionWeights('m', 6, 3, 2),
  ],
];

/** Attention by channels (ECA) and by places (CBAM), written with functions of Keras 3. */
const gated: [Layer[], Weight[]] = [
  [
    layer('Conv2D', 'c', { filters: 6, kernel_size: 3, activation: 'tanh' }, 'picture_in'),
    layer('GlobalAveragePooling2D', 'mean', {}, 'c'),
    layer('Reshape', 'row', { target_shape: [-1, 1] }, 'mean'),
    layer('Conv1D', 'e', { filters: 1, kernel_size: 3, padding: 'same', use_bias: false }, 'row'),
    layer('Activation', 'gate', { activation: 'sigmoid' }, 'e'),
    layer('Reshape', 'cell', { target_shape: [1, 1, 6] }, 'gate'),
    layer('Multiply', 'channels', {}, 'c', 'cell'),
    {
      ...operation('Mean', 'means', [tensor('channels')]),
      config: { name: 'means', axis: [-1], keepdims: true },
    },
    {
      ...operation('Max', 'most', [tensor('channels')]),
      config: { name: 'most', axis: -1, keepdims: true },
    },
    layer('Concatenate', 'both', { axis: -1 }, 'means', 'most'),
    layer(
      'Conv2D',
      'places',
      { filters: 1, kernel_size: 5, padding: 'same', use_bias: false, activation: 'sigmoid' },
      'both',
    ),
    layer('Multiply', 'y', {}, 'channels', 'places'),
  ],
  [
    kernel('c/kernel', [3, 3, 2, 6]),
    kernel('c/bias', [6]),
    kernel('e/kernel', [3, 1, 1]),
    kernel('places/kernel', [5, 5, 2, 1]),
  ],
];

/** Down and up again, twice. */
const sized: [Layer[], Weight[]] = [
  [
    layer(
      'Conv2D',
      'c',
      { filters: 3, kernel_size: 3, strides: 2, activation: 'tanh' },
      'picture_in',
    ),
    layer('Conv2DTranspose', 't', { filters: 4, kernel_size: 3, strides: 2, padding: 'same' }, 'c'),
    layer('UpSampling2D', 'u', { size: 2, interpolation: 'bilinear' }, 't'),
    layer('Resizing', 'r', { height: 7, width: 9 }, 'u'),
    layer('Multiply', 'y', {}, 'r', 'r'),
  ],
  [
    kernel('c/kernel', [3, 3, 2, 3]),
    kernel('c/bias', [3]),
    kernel('t/kernel', [3, 3, 4, 3]),
    kernel('t/bias', [4]),
  ],
];

test.each([
  ['attention over patches', mobile, [8, 8]],
  ['attention that pools', pooled, [8, 8]],
  ['attention that pools, of a larger picture', pooled, [10, 12]],
  ['attention by channels and places', gated, [9, 10]],
  ['changes of size', sized, [8, 8]],
  ['changes of size, of a larger picture', sized, [11, 14]],
] as [string, [Layer[], Weight[]], [number, number]][])(
  '%s',
  async (_, [layers, weights], size) => {
    const imported = await read(functional(layers), weights);
    await imported.weights.ready(weightsOf(imported.graph));
    const builder = GraphBuilder.from(slice(imported.graph, [imported.output]));
    const square = builder.add('square', [imported.output]);
    // Of any rank: rows and columns may not be known.
    const flat = builder.add('reshape', [square], { shape: [1, null] });
    const score = builder.add('reduceSum', [flat], { axes: [0, 1], keepDimensions: false });
    const planes = [1, 2, ...size];
    const data = Float32Array.from(seeded(planes, 9).values);
    const feeds = new Map([[INPUT, { shape: planes, data }]]);
    const task = { graph: builder, outputs: [score], derivative: { of: score, by: INPUT } };
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
    expect(ours!.some((value) => Math.abs(value) > 1e-5)).toBe(true);
  },
);
