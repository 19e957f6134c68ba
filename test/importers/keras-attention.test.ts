import { describe, expect, test } from 'vitest';
import type { Tensor } from '../../src/ops/op.ts';
import { expectClose, kernel, layer, tensor, tensorOf, tf, valueOf } from './keras-files.ts';
import type { Layer, Weight } from './keras-files.ts';

interface Sizes {
  readonly heads: number;
  readonly keys: number;
  readonly values: number;
  readonly channels?: readonly [query: number, key: number, value: number];
  readonly output?: readonly number[];
}

function weightsOf({ heads, keys, values, channels = [2, 2, 2], output }: Sizes, biased = true) {
  const parts: [string, number[], number[]][] = [
    ['query', [channels[0]], [heads, keys]],
    ['key', [channels[1]], [heads, keys]],
    ['value', [channels[2]], [heads, values]],
    ['attention_output', [heads, values], [...(output ?? [channels[0]])]],
  ];
  return parts.flatMap(([part, from, to]) => [
    kernel(`m/${part}/kernel`, [...from, ...to]),
    ...(biased ? [kernel(`m/${part}/bias`, to)] : []),
  ]);
}

/** As Keras writes it down: einsums, one for each projection. */
function attended(weights: readonly Weight[], [query, value, key]: readonly Tensor[]): Tensor {
  const of = (name: string): Tensor | undefined => {
    const weight = weights.find(({ entry }) => entry.name === `m/${name}`);
    return weight && tensorOf(weight);
  };
  const projected = (part: string, x: Tensor): Tensor => {
    const product = tf.einsum('btd,dhk->bthk', x, of(`${part}/kernel`)!);
    const bias = of(`${part}/bias`);
    return bias ? tf.add(product, bias) : product;
  };
  const [q, k, v] = [
    projected('query', query!),
    projected('key', key ?? value!),
    projected('value', value!),
  ];
  const scores = tf.einsum('bthk,bshk->bhts', tf.div(q, Math.sqrt(q.shape[3]!)), k);
  const means = tf.einsum('bhts,bshv->bthv', tf.softmax(scores), v);
  const out = of('attention_output/kernel')!;
  const flat = tf.reshape(out, [out.shape[0], out.shape[1]!, -1]);
  const sum = tf.reshape(tf.einsum('bthv,hvo->bto', means, flat), [
    1,
    query!.shape[1]!,
    ...out.shape.slice(2),
  ]);
  const bias = of('attention_output/bias');
  return bias ? tf.add(sum, bias) : sum;
}

const tokens = layer('Reshape', 'tokens', { target_shape: [64, 2] }, 'picture_in');
const few = [
  layer('AveragePooling2D', 'few', { pool_size: 2 }, 'picture_in'),
  layer('Reshape', 'context', { target_shape: [-1, 2] }, 'few'),
];
const contextOf = (x: Tensor) => tf.reshape(tf.avgPool(x as never, 2, 2, 'valid'), [1, 16, 2]);

/** As Keras 2 writes what comes after the query. */
const attentionOf = (config: object, query: string, named: object): Layer => ({
  ...layer('MultiHeadAttention', 'm', config),
  inbound_nodes: [[[query, 0, 0, named]]],
});
const self = { value: ['tokens', 0, 0] };

describe('MultiHeadAttention', () => {
  test.each([
    ['of a sequence with itself', { key_dim: 3 }, { heads: 2, keys: 3, values: 3 }],
    ['with wider values', { key_dim: 3, value_dim: 5 }, { heads: 2, keys: 3, values: 5 }],
    ['without biases', { key_dim: 4, use_bias: false }, { heads: 3, keys: 4, values: 4 }],
    ['one head', { key_dim: 4, attention_axes: [1] }, { heads: 1, keys: 4, values: 4 }],
    [
      'to other channels',
      { key_dim: 3, output_shape: 7 },
      { heads: 2, keys: 3, values: 3, output: [7] },
    ],
    [
      'to channels in rows and columns',
      { key_dim: 3, output_shape: [2, 3], attention_axes: -2 },
      { heads: 2, keys: 3, values: 3, output: [2, 3] },
    ],
  ] as [string, Record<string, unknown>, Sizes][])('%s', async (_, config, sizes) => {
    const weights = weightsOf(sizes, config['use_bias'] !== false);
    const all = { num_heads: sizes.heads, ...config };
    const [found, x] = await valueOf([tokens, attentionOf(all, 'tokens', self)], weights);
    const sequence = tf.reshape(x, [1, 64, 2]);
    expectClose(found, attended(weights, [sequence, sequence]));
  });

  test.each([
    [
      'Keras 2',
      attentionOf({ num_heads: 2, key_dim: 3, value_dim: 4 }, 'tokens', {
        value: ['wide', 0, 0],
        key: ['context', 0, 0],
        attention_mask: null,
        return_attention_scores: false,
      }),
    ],
    [
      'Keras 3',
      {
        ...layer('MultiHeadAttention', 'm', {
          num_heads: 2,
          key_dim: 3,
          value_dim: 4,
          flash_attention: null,
        }),
        inbound_nodes: [
          {
            args: [tensor('tokens'), tensor('wide')],
            kwargs: { key: tensor('context'), use_causal_mask: false, training: null },
          },
        ],
      },
    ],
  ] as [string, Layer][])('query, value and key apart, as %s writes them', async (_, attention) => {
    const sizes = { heads: 2, keys: 3, values: 4, channels: [2, 2, 3] } as const;
    const weights = weightsOf(sizes);
    const dense = kernel('wide/kernel', [2, 3]);
    const wide = layer('Dense', 'wide', { units: 3, use_bias: false }, 'context');
    const [found, x] = await valueOf([tokens, ...few, wide, attention], [...weights, dense]);
    const context = contextOf(x);
    const value = tf.einsum('btd,do->bto', context, tensorOf(dense));
    expectClose(found, attended(weights, [tf.reshape(x, [1, 64, 2]), value, context]));
  });

  test('over rows and columns of patches, which are all cells at once', async () => {
    const weights = weightsOf({ heads: 2, keys: 3, values: 3 });
    const patches = layer('Reshape', 'patches', { target_shape: [4, 16, 2] }, 'picture_in');
    const config = { num_heads: 2, key_dim: 3, attention_axes: [1, 2] };
    const attention = attentionOf(config, 'patches', { value: ['patches', 0, 0] });
    const [found, x] = await valueOf([patches, attention], weights);
    const sequence = tf.reshape(x, [1, 64, 2]);
    expectClose(found, tf.reshape(attended(weights, [sequence, sequence]), [1, 4, 16, 2]));
  });

  test('a layer that is called twice has its weights twice', async () => {
    const weights = weightsOf({ heads: 2, keys: 3, values: 3 });
    const twice = {
      ...layer('MultiHeadAttention', 'm', { num_heads: 2, key_dim: 3 }),
      inbound_nodes: [
        { args: [tensor('tokens'), tensor('tokens')], kwargs: {} },
        { args: [tensor('m'), tensor('tokens')], kwargs: {} },
      ],
    };
    const again = { class_name: '__keras_tensor__', config: { keras_history: ['m', 1, 0] } };
    const last = { ...layer('ReLU', 'last', {}), inbound_nodes: [{ args: [again], kwargs: {} }] };
    const [found, x] = await valueOf([tokens, twice, last], weights);
    const sequence = tf.reshape(x, [1, 64, 2]);
    const once = attended(weights, [sequence, sequence]);
    expectClose(found, tf.relu(attended(weights, [once, sequence])));
  });

  test.each([
    ['attention_mask', { ...self, attention_mask: ['tokens', 0, 0] }, {}],
    ['use_causal_mask', { ...self, use_causal_mask: true }, {}],
    ['attention_axes = [2]', self, { attention_axes: [2] }],
  ])('%s is refused', async (what, named, config) => {
    const all = { num_heads: 2, key_dim: 3, ...config };
    const attempt = valueOf([tokens, attentionOf(all, 'tokens', named)], []);
    await expect(attempt).rejects.toMatchObject({
      code: 'unsupported-op',
      message: expect.stringMatching(
        /^layer 'm' \(MultiHeadAttention\): .* is not supported$/,
      ) as string,
    });
    await expect(attempt).rejects.toThrow(what);
  });

  test('a kernel of another width is told', async () => {
    const weights = weightsOf({ heads: 2, keys: 4, values: 4 });
    const attempt = valueOf(
      [tokens, attentionOf({ num_heads: 2, key_dim: 3 }, 'tokens', self)],
      weights,
    );
    await expect(attempt).rejects.toThrow(
      "layer 'm' (MultiHeadAttention) has a query/kernel of [2, 2, 4], expected [2, 2, 3]",
    );
  });
});

describe('Attention', () => {
  test.each([
    ['of two', {}, ['tokens', 'context'], []],
    ['scaled', { use_scale: true }, ['tokens', 'context'], [0.7]],
    ['of three', { dropout: 0.1, score_mode: 'dot' }, ['tokens', 'context', 'other'], []],
  ] as [string, object, string[], number[]][])('%s', async (_, config, from, scale) => {
    const layers = [
      tokens,
      ...few,
      layer('Rescaling', 'other', { scale: -2 }, 'context'),
      layer('Attention', 'a', config, ...from),
    ];
    const weights = scale.map((value) => ({
      ...kernel('a/scale', []),
      bytes: new Uint8Array(Float32Array.of(value).buffer),
    }));
    const [found, x] = await valueOf(layers, weights);
    const value = contextOf(x);
    const key = from.length === 3 ? tf.mul(value, -2) : value;
    const scores = tf.einsum('btd,bsd->bts', tf.reshape(x, [1, 64, 2]), key);
    const shares = tf.softmax(tf.mul(scores, scale[0] ?? 1));
    expectClose(found, tf.einsum('bts,bsd->btd', shares, value));
  });

  test('by sums of tanh is refused', async () => {
    const attention = layer('Attention', 'a', { score_mode: 'concat' }, 'tokens', 'tokens');
    await expect(valueOf([tokens, attention], [])).rejects.toThrow(
      "layer 'a' (Attention): score_mode 'concat' is not supported",
    );
  });
});

describe('Dot', () => {
  const length = (x: Tensor, axis: number): Tensor =>
    tf.div(x, tf.sqrt(tf.sum(tf.square(x), axis, true)));

  test.each([
    [
      'of all cells, as bilinear networks pool',
      { axes: 1 },
      ['tokens', 'tokens'],
      (x) => tf.einsum('bti,btj->bij', x, x),
    ],
    [
      'of channels',
      { axes: [2, -1] },
      ['tokens', 'context'],
      (x, c) => tf.einsum('bti,bsi->bts', x, c),
    ],
    [
      'of vectors',
      { axes: 1, normalize: true },
      ['mean', 'most'],
      (x) => tf.sum(tf.mul(length(tf.mean(x, 1), 1), length(tf.max(x, 1), 1)), 1, true),
    ],
    [
      'of a sequence and a vector',
      { axes: [2, 1] },
      ['tokens', 'most'],
      (x) => tf.einsum('bti,bi->bt', x, tf.max(x, 1)),
    ],
  ] as [string, object, string[], (x: Tensor, context: Tensor) => Tensor][])(
    '%s',
    async (_, config, from, expected) => {
      const layers = [
        tokens,
        ...few,
        layer('GlobalAveragePooling1D', 'mean', {}, 'tokens'),
        layer('GlobalMaxPooling1D', 'most', {}, 'tokens'),
        layer('Dot', 'd', config, ...from),
      ];
      const [found, x] = await valueOf(layers, []);
      expectClose(found, expected(tf.reshape(x, [1, 64, 2]), contextOf(x)));
    },
  );
});

describe('EinsumDense', () => {
  const patches = layer('Reshape', 'patches', { target_shape: [4, 16, 2] }, 'picture_in');

  test.each([
    ['a dense layer', 'abc,cd->abd', 'tokens', [2, 5], 'd', [5], 'relu'],
    ['without bias', '...x,xy->...y', 'tokens', [2, 5], null, null, 'linear'],
    ['heads', 'abc,cde->abde', 'tokens', [2, 3, 4], 'de', [3, 4], null],
    ['heads summed', 'abcd,cde->abe', 'patches', [16, 2, 3], 'e', [3], 'gelu'],
    ['over cells', 'abc,bd->adc', 'tokens', [64, 5], 'd', [5, 1], null],
    ['over patches, as mixers have it', 'abcd,ce->abed', 'patches', [16, 5], 'e', [5, 1], null],
  ] as [string, string, string, number[], string | null, number[] | null, string | null][])(
    '%s: %s',
    async (_, equation, from, shape, bias_axes, biasShape, activation) => {
      const weights = [
        kernel('e/kernel', shape),
        ...(biasShape ? [kernel('e/bias', biasShape)] : []),
      ];
      const dense = layer('EinsumDense', 'e', { equation, bias_axes, activation }, from);
      const [found, x] = await valueOf([tokens, patches, dense], weights);
      const input = tf.reshape(x, from === 'tokens' ? [1, 64, 2] : [1, 4, 16, 2]);
      const product = tf.einsum(equation.replaceAll('...', 'ab'), input, tensorOf(weights[0]!));
      const sum = weights[1] ? tf.add(product, tensorOf(weights[1])) : product;
      const half = tf.mul(sum, 0.5);
      const gelu = tf.mul(half, tf.add(tf.erf(tf.mul(sum, Math.SQRT1_2)), 1));
      expectClose(found, activation === 'relu' ? tf.relu(sum) : activation === 'gelu' ? gelu : sum);
    },
  );

  test.each(['abc,dc->abd', 'aab,bc->aac', 'abc,abd->acd', 'abc', 'abc,cd->bd'])(
    '%s is refused',
    async (equation) => {
      const dense = layer('EinsumDense', 'e', { equation, bias_axes: null }, 'tokens');
      await expect(valueOf([tokens, dense], [])).rejects.toThrow(
        `layer 'e' (EinsumDense): the equation "${equation}" is not supported`,
      );
    },
  );
});

test('networks of attention at pictures of any size', async () => {
  const weights = weightsOf({ heads: 2, keys: 3, values: 3 });
  const layers = [
    layer('Reshape', 'tokens', { target_shape: [-1, 2] }, 'picture_in'),
    attentionOf({ num_heads: 2, key_dim: 3 }, 'tokens', self),
    layer('GlobalAveragePooling1D', 'mean', {}, 'm'),
  ];
  const [found, x] = await valueOf(layers, weights);
  const sequence = tf.reshape(x, [1, 64, 2]);
  expectClose(found, tf.mean(attended(weights, [sequence, sequence]), 1));
});
