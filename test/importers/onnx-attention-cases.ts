/** What networks of patches, tokens and attention add to the ops of convolutional ones. */
import { chain, one } from './onnx-cases.ts';
import type { OnnxCase } from './onnx-cases.ts';
import { floats, integers, seeded } from './onnx-files.ts';
import type { NodeText } from './onnx-files.ts';

/** [1, 3, 6, 7] as 42 tokens of 3 channels. */
const tokens: readonly NodeText[] = [
  { op: 'Reshape', inputs: ['x', 'flat'], outputs: ['r'] },
  { op: 'Transpose', inputs: ['r'], outputs: ['t'], settings: { perm: [0, 2, 1] } },
];

/** Queries, keys and values of two heads from three weights, and what attention makes of them. */
const attention: readonly NodeText[] = [
  ...['q', 'k', 'v'].flatMap((name): NodeText[] => [
    { op: 'MatMul', inputs: ['t', `${name}w`], outputs: [`${name}p`] },
    { op: 'Reshape', inputs: [`${name}p`, 'heads'], outputs: [`${name}h`] },
    {
      op: 'Transpose',
      inputs: [`${name}h`],
      outputs: [name],
      settings: { perm: name === 'k' ? [0, 2, 3, 1] : [0, 2, 1, 3] },
    },
  ]),
  { op: 'MatMul', inputs: ['q', 'k'], outputs: ['scores'] },
  { op: 'Softmax', inputs: ['scores'], outputs: ['share'], settings: { axis: -1 } },
  { op: 'MatMul', inputs: ['share', 'v'], outputs: ['mixed'] },
  { op: 'Transpose', inputs: ['mixed'], outputs: ['m'], settings: { perm: [0, 2, 1, 3] } },
  { op: 'Reshape', inputs: ['m', 'joined'], outputs: ['y'] },
];

const weights = {
  flat: integers(1, 3, 42),
  heads: integers(1, 42, 2, 4),
  joined: integers(1, 42, 8),
  qw: seeded([3, 8], 2),
  kw: seeded([3, 8], 3),
  vw: seeded([3, 8], 4),
};

export const attentionCases: readonly OnnxCase[] = [
  { title: 'attention of two heads', nodes: [...tokens, ...attention], weights },
  {
    title: 'a class token before the others, and a place for each',
    nodes: [
      ...tokens,
      { op: 'Concat', inputs: ['token', 't'], outputs: ['all'], settings: { axis: 1 } },
      { op: 'Add', inputs: ['all', 'places'], outputs: ['placed'] },
      { op: 'Gather', inputs: ['placed', 'first'], settings: { axis: 1 } },
    ],
    weights: {
      flat: integers(1, 3, 42),
      token: seeded([1, 1, 3], 2),
      places: seeded([1, 43, 3], 3),
      first: { dims: [], values: [0], type: 7 },
    },
  },
  {
    title: 'tokens of pictures whose size the file does not say',
    dims: [null, 3, null, null],
    picture: [1, 3, 224, 224],
    nodes: [
      {
        op: 'Conv',
        inputs: ['x', 'w'],
        outputs: ['c'],
        settings: { strides: [32, 32], kernel_shape: [32, 32] },
      },
      { op: 'Reshape', inputs: ['c', 'flat'], outputs: ['r'] },
      { op: 'Transpose', inputs: ['r'], outputs: ['t'], settings: { perm: [0, 2, 1] } },
      { op: 'Concat', inputs: ['token', 't'], settings: { axis: 1 } },
    ],
    weights: { w: seeded([4, 3, 32, 32]), flat: integers(0, 4, -1), token: seeded([1, 1, 4]) },
  },
  {
    title: 'windows of 3×7 cells, rolled by one row (Slice and Concat)',
    nodes: [
      { op: 'Transpose', inputs: ['x'], outputs: ['t'], settings: { perm: [0, 2, 3, 1] } },
      { op: 'Slice', inputs: ['t', 'one', 'most', 'one'], outputs: ['after'] },
      { op: 'Slice', inputs: ['t', 'none', 'one', 'one'], outputs: ['before'] },
      { op: 'Concat', inputs: ['after', 'before'], outputs: ['rolled'], settings: { axis: 1 } },
      { op: 'Reshape', inputs: ['rolled', 'split'], outputs: ['s'] },
      { op: 'Transpose', inputs: ['s'], outputs: ['u'], settings: { perm: [0, 1, 3, 2, 4, 5] } },
      { op: 'Reshape', inputs: ['u', 'windows'], outputs: ['y'] },
    ],
    weights: {
      none: integers(0),
      one: integers(1),
      most: integers(2 ** 31),
      split: integers(1, 2, 3, 1, 7, 3),
      windows: integers(2, 21, 3),
    },
  },
  {
    title: 'every second row and column of channels that come last',
    nodes: [
      { op: 'Transpose', inputs: ['x'], outputs: ['t'], settings: { perm: [0, 2, 3, 1] } },
      { op: 'Slice', inputs: ['t', 's', 'e', 'a', 'two'], outputs: ['rows'] },
      { op: 'Slice', inputs: ['rows', 's', 'e', 'b', 'two'] },
    ],
    weights: {
      s: integers(1),
      e: integers(9),
      a: integers(1),
      b: integers(2),
      two: integers(2),
    },
  },
  {
    title: 'a mask that is filled by parts, and what it hides',
    nodes: [
      { op: 'ScatterND', inputs: ['zeros', 'place', 'ones'], outputs: ['m'] },
      { op: 'Cast', inputs: ['m'], outputs: ['b'], settings: { to: 9 } },
      { op: 'Not', inputs: ['b'], outputs: ['not'] },
      { op: 'Where', inputs: ['not', 'low', 'm'], outputs: ['mask'] },
      { op: 'Add', inputs: ['x', 'mask'] },
    ],
    weights: {
      zeros: floats(0, 0, 0, 0, 0, 0, 0),
      place: { dims: [2, 1], values: [1, -2], type: 7 },
      ones: floats(1, 2),
      low: { dims: [], values: [-3] },
    },
  },
  one('over the last of four axes', 'Einsum', { equation: 'bchw,wd->bhdc' }, { w: seeded([7, 5]) }),
  {
    title: 'Einsum of two tensors (MaxViT)',
    nodes: [
      { op: 'Relu', inputs: ['x'], outputs: ['r'] },
      { op: 'Einsum', inputs: ['x', 'r'], settings: { equation: 'b c h w, b c i w -> b c h i' } },
    ],
  },
  chain('MatMul of four axes in any order', [
    ['Transpose', { perm: [0, 3, 1, 2] }],
    ['MatMul', {}, { w: seeded([6, 5]) }],
  ]),
];
