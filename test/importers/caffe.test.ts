import { describe, expect, it } from 'vitest';
import { netType } from '../../src/importers/caffe/schema.ts';
import { isCaffe, readCaffe } from '../../src/importers/caffe.ts';
import type { Beside } from '../../src/importers/imported.ts';
import { importModel } from '../../src/importers/index.ts';
import { damaged, readOrRefused } from './broken.ts';
import { convolved, dense, mapped, normalised, pooled, shares } from './caffe-reference.ts';
import type { Planes } from './caffe-reference.ts';
import { byBothEngines, nothingBeside, positive, seeded, worst } from './onnx-files.ts';
import type { Weight } from './onnx-files.ts';

type Layer = Record<string, unknown>;

const blob = ({ dims, values }: Weight) => ({
  shape: { dim: dims },
  data: [new Uint8Array(Float32Array.from(values).buffer)],
});

/** As files before 2014 have it: four sizes, in doubles. */
const oldBlob = ({ dims, values }: Weight) => {
  const [num, channels, height, width] = [...Array<number>(4 - dims.length).fill(1), ...dims];
  const doubles = [new Uint8Array(Float64Array.from(values).buffer)];
  return { num, channels, height, width, double_data: doubles };
};

const caffemodel = (net: Record<string, unknown>): Uint8Array =>
  netType.encode(netType.fromObject(net)).finish();

const withText = (text: string, name = 'deploy.prototxt'): Beside => ({
  names: ['mean.binaryproto', name],
  read: () => Promise.resolve(Buffer.from(text)),
});

const pictureOf = (shape: Planes['shape']): Planes => ({
  shape,
  data: Float32Array.from(seeded([...shape], 7).values),
});

async function expectValues(
  bytes: Uint8Array,
  picture: Planes,
  expected: ArrayLike<number>,
  beside = nothingBeside,
) {
  const imported = await readCaffe(bytes, beside);
  const found = await byBothEngines(imported, picture.data, [1, ...picture.shape]);
  expect(worst(found.onnx, expected)).toBeLessThan(1e-5);
  expect(worst(found.tensorflow, expected)).toBeLessThan(1e-5);
  return imported;
}

const conv1 = seeded([4, 3, 3, 3], 1);
const bias1 = seeded([4], 2);
const conv2 = seeded([6, 2, 1, 3], 3);
const bias2 = seeded([6], 4);
const fc = seeded([5, 6 * 2 * 1], 5);
const bias3 = seeded([5], 6);

/** Layers as training leaves them in a .caffemodel. */
const trained: Layer[] = [
  {
    name: 'data',
    type: 'Data',
    top: ['data', 'label'],
    include: [{ phase: 0 }],
    transform_param: { crop_size: 11, mean_value: [104, 117, 123], scale: 0.5 },
  },
  { name: 'label_split', type: 'Split', bottom: ['label'], top: ['label_a', 'label_b'] },
  {
    name: 'conv1',
    type: 'Convolution',
    bottom: ['data'],
    top: ['conv1'],
    blobs: [blob(conv1), blob(bias1)],
    convolution_param: { num_output: 4, kernel_size: [3], stride: [2], pad: [1] },
  },
  { name: 'relu1', type: 'ReLU', bottom: ['conv1'], top: ['conv1'] },
  {
    name: 'pool1',
    type: 'Pooling',
    bottom: ['conv1'],
    top: ['pool1'],
    pooling_param: { pool: 0, kernel_size: 3, stride: 2 },
  },
  {
    name: 'norm1',
    type: 'LRN',
    bottom: ['pool1'],
    top: ['norm1'],
    lrn_param: { local_size: 3, alpha: 0.3, beta: 0.6, k: 2 },
  },
  {
    name: 'aux/fc',
    type: 'InnerProduct',
    bottom: ['norm1'],
    top: ['aux/fc'],
    blobs: [blob(seeded([5, 36]))],
  },
  { name: 'aux/loss', type: 'SoftmaxWithLoss', bottom: ['aux/fc', 'label_a'], top: ['aux/loss'] },
  {
    name: 'conv2',
    type: 'Convolution',
    bottom: ['norm1'],
    top: ['conv2'],
    blobs: [blob(conv2), blob(bias2)],
    convolution_param: { num_output: 6, kernel_h: 1, kernel_w: 3, group: 2 },
  },
  {
    name: 'relu2',
    type: 'ReLU',
    bottom: ['conv2'],
    top: ['conv2'],
    relu_param: { negative_slope: 0.1 },
  },
  {
    name: 'pool2',
    type: 'Pooling',
    bottom: ['conv2'],
    top: ['pool2'],
    pooling_param: { pool: 1, kernel_size: 2, stride: 2, pad: 0 },
  },
  { name: 'drop', type: 'Dropout', bottom: ['pool2'], top: ['pool2'] },
  {
    name: 'fc',
    type: 'InnerProduct',
    bottom: ['pool2'],
    top: ['fc'],
    blobs: [blob(fc), blob(bias3)],
  },
  { name: 'loss', type: 'SoftmaxWithLoss', bottom: ['fc', 'label_b'], top: ['loss'] },
  {
    name: 'accuracy',
    type: 'Accuracy',
    bottom: ['fc', 'label_b'],
    top: ['accuracy'],
    include: [{ phase: 1 }],
  },
];

const deploy = `
name: "Small" # for deployment
input: 'data'
input_dim: 10 input_dim: 3 input_dim: 11 input_dim: 11
layer { name: "conv1" type: "Convolution" bottom: "data" top: "conv1"
  param { lr_mult: 1 decay_mult: 1 }
  convolution_param { num_output: 4 kernel_size: 3 stride: 2 pad: 1 weight_filler { type: "xavier" } } }
layer { name: "relu1" type: "ReLU" bottom: "conv1" top: "conv1" }
layer { name: "pool1" type: "Pooling" bottom: "conv1" top: "pool1"
  pooling_param { pool: MAX, kernel_size: 3; stride: 2 } }
layer { name: "norm1" type: "LRN" bottom: "pool1" top: "norm1"
  lrn_param: < local_size: 3 alpha: 0.3 beta: 0.6 k: 2. > }
layer { name: "conv2" type: "Convolution" bottom: "norm1" top: "conv2"
  convolution_param { num_output: 6 kernel_h: 1 kernel_w: 3 group: 2 engine: CAFFE } }
layer { name: "relu2" type: "ReLU" bottom: "conv2" top: "conv2" relu_param { negative_slope: 0.1f } }
layer { name: "pool2" type: "Pooling" bottom: "conv2" top: "pool2"
  pooling_param { pool: AVE kernel_size: 2 stride: 2 } }
layer { name: "fc" type: "InnerProduct" bottom: "pool2" top: "fc" inner_product_param { num_output: 5 } }
layer { name: "prob" type: "Softmax" bottom: "fc" top: "prob" }
`;

const picture = pictureOf([3, 11, 11]);

function logits(): number[] {
  let x = convolved(picture, conv1, bias1.values, { stride: 2, pad: 1 });
  x = pooled(
    mapped(x, (value) => Math.max(value, 0)),
    'max',
    { size: [3, 3], stride: 2 },
  );
  x = normalised(x, { size: 3, alpha: 0.3, beta: 0.6, k: 2 });
  x = convolved(x, conv2, bias2.values, { group: 2 });
  x = pooled(
    mapped(x, (value) => (value > 0 ? value : 0.1 * value)),
    'mean',
    { size: [2, 2], stride: 2 },
  );
  return dense(x.data, fc.values, bias3.values);
}

describe('a Caffe network', () => {
  it('as training left it: its output is what the loss reads, its aux head is gone', async () => {
    const bytes = caffemodel({ name: 'Small', layer: trained });
    expect(isCaffe(bytes)).toBe(true);
    const { inputSize, hints, graph } = await expectValues(bytes, picture, logits());
    expect(inputSize).toEqual([11, 11]);
    expect(hints).toEqual({ channelOrder: 'bgr', mean: [104, 117, 123], scale: 0.5 });
    const names = ['conv1', 'relu1', 'pool1', 'norm1', 'conv2', 'relu2', 'pool2', 'fc'];
    expect([...graph.layers.keys()]).toEqual(names);
  });

  it('as the text beside it joins its layers', async () => {
    const bytes = caffemodel({ layer: trained });
    const { inputSize, hints } = await expectValues(
      bytes,
      picture,
      shares(logits()),
      withText(deploy),
    );
    expect(inputSize).toEqual([11, 11]);
    expect(hints?.mean).toEqual([104, 117, 123]);
  });

  it('is found among all formats', async () => {
    const bytes = caffemodel({ name: 'Small', layer: trained });
    expect((await importModel({ bytes }, nothingBeside)).inputSize).toEqual([11, 11]);
  });

  it('passes over the text of another network, and of a solver', async () => {
    const bytes = caffemodel({ layer: trained });
    const texts = [
      'net: "train.prototxt"\nbase_lr: 0.1',
      deploy.replaceAll('name: "', 'name: "other_'),
    ];
    for (const text of texts) await expectValues(bytes, picture, logits(), withText(text));
  });

  it('of the old style: V1 layers, four sizes, doubles', async () => {
    const layers = [
      { name: 'data', type: 5, top: ['data', 'label'], transform_param: { crop_size: 6 } },
      {
        name: 'c',
        type: 4,
        bottom: ['data'],
        top: ['c'],
        blobs: [oldBlob(conv1), oldBlob(bias1)],
        convolution_param: { num_output: 4, kernel_size: [3] },
      },
      { name: 'r', type: 18, bottom: ['c'], top: ['c'] },
      {
        name: 'f',
        type: 14,
        bottom: ['c'],
        top: ['f'],
        blobs: [oldBlob(seeded([2, 64])), oldBlob(seeded([2], 3))],
      },
      { name: 'loss', type: 21, bottom: ['f', 'label'] },
    ];
    const small = pictureOf([3, 6, 6]);
    const x = mapped(convolved(small, conv1, bias1.values, {}), (value) => Math.max(value, 0));
    const expected = dense(x.data, seeded([2, 64]).values, seeded([2], 3).values);
    const bytes = caffemodel({ name: 'Old', layers });
    expect(isCaffe(bytes)).toBe(true);
    await expectValues(bytes, small, expected);
    const text = `input: "data" input_shape { dim: [1, 3, 6, 6] }
      layers { name: "c" type: CONVOLUTION bottom: "data" top: "c" }
      layers { name: "r" type: RELU bottom: "c" top: "c" }
      layers { name: "f" type: INNER_PRODUCT bottom: "c" top: "f" }
      layers { name: "p" type: SOFTMAX bottom: "f" top: "p" }`;
    await expectValues(bytes, small, shares(expected), withText(text));
  });
});

const x = pictureOf([4, 5, 6]);
const one = (type: string, options: Layer = {}, blobs: Weight[] = []): Layer[] => [
  { name: 'l', type, bottom: ['data'], top: ['l'], blobs: blobs.map(blob), ...options },
];
const pool = (options: Layer): Layer[] => one('Pooling', { pooling_param: options });
const [g, b, m, v, sum] = [seeded([4], 1), seeded([4], 2), seeded([4], 3), positive([4], 4), [2]];
const other = (type: string, options: Layer): Layer[] => [
  { name: 'half', type: 'Power', bottom: ['data'], top: ['half'], power_param: { scale: 0.5 } },
  { name: 'l', type, bottom: ['data', 'half'], top: ['l'], ...options },
];

describe('a Caffe layer', () => {
  const max = (size: readonly [number, number], stride: number, pad: number) =>
    pooled(x, 'max', { size, stride, pad });
  const mean = (size: readonly [number, number], stride: number, pad: number) =>
    pooled(x, 'mean', { size, stride, pad });

  it.each<[string, Layer[], Planes]>([
    ['max pool, rounded up', pool({ kernel_size: 2, stride: 2 }), max([2, 2], 2, 0)],
    ['max pool, padded', pool({ kernel_size: 3, stride: 2, pad: 1 }), max([3, 3], 2, 1)],
    [
      'max pool whose last window would begin in the padding',
      pool({ kernel_size: 2, stride: 2, pad: 1 }),
      max([2, 2], 2, 1),
    ],
    [
      'mean pool, padding counted',
      pool({ pool: 1, kernel_size: 3, stride: 2, pad: 1 }),
      mean([3, 3], 2, 1),
    ],
    [
      'mean pool, stride 3',
      pool({ pool: 1, kernel_size: 3, stride: 3, pad: 1 }),
      mean([3, 3], 3, 1),
    ],
    [
      'mean pool, rectangular',
      pool({ pool: 1, kernel_h: 2, kernel_w: 3, stride: 2 }),
      mean([2, 3], 2, 0),
    ],
    ['mean pool over everything', pool({ pool: 1, global_pooling: true }), mean([5, 6], 1, 0)],
    [
      'dilated convolution',
      one('Convolution', { convolution_param: { dilation: [2], group: 2 } }, [
        seeded([2, 2, 2, 2]),
      ]),
      convolved(x, seeded([2, 2, 2, 2]), [], { dilation: 2, group: 2 }),
    ],
    [
      'BatchNorm',
      one('BatchNorm', { batch_norm_param: { eps: 0.01 } }, [m, v, { dims: [1], values: sum }]),
      mapped(x, (value, c) => (value - m.values[c]! / 2) / Math.sqrt(v.values[c]! / 2 + 0.01)),
    ],
    [
      'Scale',
      one('Scale', { scale_param: { bias_term: true } }, [g, b]),
      mapped(x, (value, c) => value * g.values[c]! + b.values[c]!),
    ],
    ['Bias', one('Bias', {}, [b]), mapped(x, (value, c) => value + b.values[c]!)],
    [
      'PReLU',
      one('PReLU', {}, [g]),
      mapped(x, (value, c) => (value > 0 ? value : value * g.values[c]!)),
    ],
    [
      'PReLU, one slope',
      one('PReLU', { prelu_param: { channel_shared: true } }, [{ dims: [], values: [0.3] }]),
      mapped(x, (value) => (value > 0 ? value : value * 0.3)),
    ],
    [
      'ELU',
      one('ELU', { elu_param: { alpha: 0.5 } }),
      mapped(x, (value) => (value > 0 ? value : 0.5 * Math.expm1(value))),
    ],
    ['Sigmoid', one('Sigmoid'), mapped(x, (value) => 1 / (1 + Math.exp(-value)))],
    ['TanH', one('TanH'), mapped(x, Math.tanh)],
    ['AbsVal', one('AbsVal'), mapped(x, Math.abs)],
    [
      'Power',
      one('Power', { power_param: { power: 2, scale: 3, shift: 0.5 } }),
      mapped(x, (value) => (0.5 + 3 * value) ** 2),
    ],
    [
      'Power of nothing',
      [...one('Power'), { name: 'm', type: 'AbsVal', bottom: ['l'], top: ['m'] }],
      mapped(x, Math.abs),
    ],
    [
      'Eltwise sum',
      other('Eltwise', { eltwise_param: { coeff: [1, -1] } }),
      mapped(x, (value) => value / 2),
    ],
    [
      'Eltwise product',
      other('Eltwise', { eltwise_param: { operation: 0 } }),
      mapped(x, (value) => (value * value) / 2),
    ],
    [
      'Eltwise maximum',
      other('Eltwise', { eltwise_param: { operation: 2 } }),
      mapped(x, (value) => Math.max(value, value / 2)),
    ],
    [
      'Slice and Concat',
      [
        {
          name: 's',
          type: 'Slice',
          bottom: ['data'],
          top: ['a', 'b'],
          slice_param: { slice_point: [2] },
        },
        { name: 'l', type: 'Concat', bottom: ['b', 'a'], top: ['l'] },
      ],
      { ...x, data: Float32Array.of(...x.data.slice(60), ...x.data.slice(0, 60)) },
    ],
    [
      'Slice into equal parts, from an inserted Split',
      [
        { name: 'sp', type: 'Split', bottom: ['data'], top: ['d1', 'd2'] },
        { name: 's', type: 'Slice', bottom: ['d2'], top: ['a', 'b'] },
        { name: 'l', type: 'Eltwise', bottom: ['b', 'b'], top: ['l'] },
      ],
      { ...x, data: x.data.slice(60).map((value) => 2 * value) },
    ],
    ['Flatten', one('Flatten'), x],
    ['Reshape', one('Reshape', { reshape_param: { shape: { dim: [0, -1] } } }), x],
    [
      'Scale by another tensor',
      [
        {
          name: 'p',
          type: 'Pooling',
          bottom: ['data'],
          top: ['p'],
          pooling_param: { pool: 1, global_pooling: true },
        },
        { name: 'f', type: 'Flatten', bottom: ['p'], top: ['f'] },
        { name: 'l', type: 'Scale', bottom: ['data', 'f'], top: ['l'], scale_param: { axis: 0 } },
      ],
      mapped(x, (value, c) => value * mean([5, 6], 1, 0).data[c]!),
    ],
  ])('%s', async (_, layer, expected) => {
    const net = { input: ['data'], input_dim: [1, 4, 5, 6], layer };
    await expectValues(caffemodel(net), x, expected.data);
  });

  it.each<[string, Layer[], RegExp]>([
    ['of unknown kinds', one('Oddity'), /not supported: 1 × caffe:Oddity \('l'\)/],
    ['that finds boxes', one('DetectionOutput'), /is a detector/],
    [
      'without its weights',
      one('Convolution'),
      /layer 'l' \(Convolution\) needs the weights number 1, the file holds none/,
    ],
    [
      'with a response within channels',
      one('LRN', { lrn_param: { norm_region: 1 } }),
      /layer 'l' \(LRN\): norm_region/,
    ],
    ['with stochastic pooling', pool({ pool: 2 }), /stochastic/],
    [
      'whose blob is shorter than it says',
      one('Convolution', { blobs: [{ ...blob(conv1), shape: { dim: [64, 4, 3, 3] } }] }),
      /'l\/weights' of \[64, 4, 3, 3\] needs 2304 numbers, the file holds 108/,
    ],
  ])('is refused %s', async (_, layer, message) => {
    const bytes = caffemodel({ input: ['data'], input_dim: [1, 4, 5, 6], layer });
    const failure = await readCaffe(bytes, nothingBeside).then(
      () => null,
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({ name: 'DreamError' });
    expect((failure as Error).message).toMatch(message);
  });
});

describe('the text beside a network', () => {
  const bytes = caffemodel({ layer: trained });

  it.each([
    [
      'a bracket that is never closed',
      'layer { name: "conv1"',
      /'deploy.prototxt', line 1: found no '}'/,
    ],
    ['a bracket too many', 'name: "a"\n}', /line 2: found '}' without a beginning/],
    ['a name without a value', 'name "a"', /line 1: found something else than/],
    ['a field that is no number', 'input_dim: many', /the field input_dim is not a number/],
    ['a word for a message', 'layer: 3', /the field layer is not a message/],
    ['a hundred levels', 'a {'.repeat(100), /more than 32 levels/],
  ])('is refused for %s', async (_, text, message) => {
    await expect(readCaffe(bytes, withText(text))).rejects.toThrow(message);
  });

  it('is read or refused in words, whatever is wrong with it', async () => {
    const found = { read: 0, refused: 0 };
    for (let seed = 1; seed <= 200; seed++) {
      const text = Buffer.from(damaged(Buffer.from(deploy), seed)).toString('utf8');
      found[await readOrRefused(() => readCaffe(bytes, withText(text)))]++;
    }
    expect(Math.min(found.read, found.refused)).toBeGreaterThan(10);
  });
});

it('a damaged Caffe file is read or refused in words', async () => {
  const bytes = caffemodel({ name: 'Small', layer: trained });
  const found = { read: 0, refused: 0 };
  for (let seed = 1; seed <= 300; seed++) {
    found[await readOrRefused(() => readCaffe(damaged(bytes, seed), nothingBeside))]++;
  }
  expect(Math.min(found.read, found.refused)).toBeGreaterThan(10);
});
