/**
 * Each op in the forms that networks use it in, on a picture x of 3 channels: one list for finite
 * differences, for the other engine, and for shapes.
 */
import { GraphBuilder } from '../../src/graph/builder.ts';
import type { Attributes, NodeRef } from '../../src/graph/graph.ts';
import { seededRandom } from '../../src/kit/random.ts';

export interface OpCase {
  readonly op: string;
  readonly title: string;
  /** [rows, columns] of x. @default [6, 7] */
  readonly size?: readonly [number, number];
  /** What tensorflow.js says where it cannot differentiate the case. */
  readonly tensorflowRefuses?: string;
  build(builder: GraphBuilder, x: NodeRef): NodeRef;
}

/** A constant of seeded values in ±[0.2, 1]. */
export function seededConstant(
  builder: GraphBuilder,
  shape: readonly number[],
  seed: number,
): NodeRef {
  const random = seededRandom(seed);
  const count = shape.reduce((product, size) => product * size, 1);
  const values = Float32Array.from({ length: count }, () => {
    const value = 2 * random.uniform() - 1;
    return 0.8 * value + 0.2 * Math.sign(value);
  });
  return builder.constant({ shape, read: () => values });
}

function convolution(
  title: string,
  filter: readonly [number, number, number, number],
  attributes: Attributes,
  size?: readonly [number, number],
): OpCase {
  return {
    op: 'conv2d',
    title,
    ...(size ? { size } : {}),
    build: (builder, x) =>
      builder.add(
        'conv2d',
        [x, seededConstant(builder, filter, 1), seededConstant(builder, [filter[3]], 2)],
        {
          size: filter.slice(0, 2),
          strides: [1, 1],
          dilations: [1, 1],
          groups: 1,
          padding: 'valid',
          ...attributes,
        },
      ),
  };
}

function transposed(
  title: string,
  filter: readonly [number, number, number, number],
  attributes: Attributes,
): OpCase {
  return {
    op: 'conv2dTranspose',
    title,
    build: (builder, x) => {
      const { groups } = { groups: 1, ...attributes };
      const outputs = filter[2] * groups;
      return builder.add(
        'conv2dTranspose',
        [x, seededConstant(builder, filter, 1), seededConstant(builder, [outputs], 2)],
        {
          size: filter.slice(0, 2),
          strides: [1, 1],
          padding: [0, 0, 0, 0],
          behind: [0, 0],
          groups,
          ...attributes,
        },
      );
    },
  };
}

function resized(title: string, attributes: Attributes): OpCase {
  const plain = { mode: 'linear', place: 'half_pixel', rounding: 'round_prefer_ceil' };
  return simple('resize', title, { ...plain, ...attributes });
}

function pool(
  op: string,
  title: string,
  attributes: Attributes,
  size?: readonly [number, number],
): OpCase {
  return {
    op,
    title,
    ...(size ? { size } : {}),
    build: (builder, x) =>
      builder.add(op, [x], { size: [3, 3], strides: [1, 1], padding: 'valid', ...attributes }),
  };
}

function simple(op: string, title: string, attributes: Attributes = {}): OpCase {
  return { op, title, build: (builder, x) => builder.add(op, [x], attributes) };
}

/** Of x + 2, which is above 0. */
function positive(op: string): OpCase {
  const build: OpCase['build'] = (builder, x) =>
    builder.add(op, [builder.add('add', [x, builder.scalar(2)])]);
  return { op, title: 'of what is above 0', build };
}

function pair(op: string, title: string, shape: readonly number[], swapped = false): OpCase {
  return {
    op,
    title,
    build: (builder, x) => {
      const other = seededConstant(builder, shape, 3);
      return builder.add(op, swapped ? [other, x] : [x, other]);
    },
  };
}

const strided = { strides: [2, 2] };
const evenAndOdd = [
  [6, 7],
  [7, 6],
  [9, 9],
] as const;

export const opCases: readonly OpCase[] = [
  convolution('1×1', [1, 1, 3, 4], {}),
  convolution('3×3 valid', [3, 3, 3, 4], {}),
  convolution('3×3 same', [3, 3, 3, 4], { padding: 'same' }),
  convolution('1×7 same', [1, 7, 3, 4], { padding: 'same' }),
  convolution('2×2 same (uneven padding)', [2, 2, 3, 4], { padding: 'same' }),
  convolution('padding wider than the filter', [1, 1, 3, 4], { padding: [1, 0, 2, 1] }),
  {
    ...convolution('dilated', [2, 3, 3, 4], { dilations: [2, 1], padding: 'same' }),
    tensorflowRefuses: 'dilation rates greater than 1 are not yet supported in gradients',
  },
  convolution('depthwise', [3, 3, 1, 6], { groups: 3, padding: 'same' }),
  convolution('depthwise, stride 2', [3, 3, 1, 6], { groups: 3, ...strided }),
  ...evenAndOdd.flatMap((size) => [
    convolution(`stride 2 valid ${size.join('×')}`, [3, 3, 3, 4], strided, size),
    convolution(
      `stride 2 same ${size.join('×')}`,
      [3, 3, 3, 4],
      { ...strided, padding: 'same' },
      size,
    ),
    convolution(
      `5×5 stride 2 same ${size.join('×')}`,
      [5, 5, 3, 4],
      { ...strided, padding: 'same' },
      size,
    ),
    convolution(`1×1 stride 2 ${size.join('×')}`, [1, 1, 3, 4], strided, size),
    convolution(
      `stride 2 padded by hand ${size.join('×')}`,
      [3, 3, 3, 4],
      { ...strided, padding: [0, 1, 0, 1] },
      size,
    ),
    convolution(
      `7×7 stride 2 padded ${size.join('×')}`,
      [7, 7, 3, 4],
      { ...strided, padding: [3, 3, 3, 3] },
      size,
    ),
    pool('maxPool', `stride 2 valid ${size.join('×')}`, strided, size),
    pool('maxPool', `stride 2 same ${size.join('×')}`, { ...strided, padding: 'same' }, size),
    pool('averagePool', `stride 2 valid ${size.join('×')}`, strided, size),
    pool('averagePool', `stride 2 same ${size.join('×')}`, { ...strided, padding: 'same' }, size),
  ]),
  convolution('stride 3', [3, 3, 3, 4], { strides: [3, 3] }, [10, 11]),
  convolution('stride 2×1', [3, 3, 3, 4], { strides: [2, 1], padding: 'same' }),
  transposed('3×3', [3, 3, 4, 3], {}),
  transposed('4×4 stride 2, cut', [4, 4, 4, 3], { strides: [2, 2], padding: [1, 1, 1, 1] }),
  transposed('3×2 stride 2×3, cut unevenly, zeros behind', [3, 2, 4, 3], {
    strides: [2, 3],
    padding: [0, 1, 0, 0],
    behind: [1, 2],
  }),
  transposed('in groups', [2, 2, 2, 3], { strides: [2, 2], groups: 3 }),
  resized('twice and thrice as large', { scales: [2, 3] }),
  resized('half as large', { scales: [0.5, 0.5] }),
  resized('by no whole number', { scales: [1.5, 0.7] }),
  resized('to a size', { size: [9, 4] }),
  resized('to a size, its corners in place', { size: [11, 5], place: 'align_corners' }),
  resized('to one cell', { size: [1, 1], place: 'align_corners' }),
  resized('to one cell as PyTorch has it', { size: [1, 2], place: 'pytorch_half_pixel' }),
  resized('from the corner on', { scales: [2, 1.5], place: 'asymmetric' }),
  resized('to the nearest cells', { mode: 'nearest', size: [8, 3] }),
  resized('to the nearest cells, of two the first', {
    mode: 'nearest',
    scales: [0.5, 2],
    rounding: 'round_prefer_floor',
  }),
  resized('to the cells before', {
    mode: 'nearest',
    scales: [1.5, 0.6],
    place: 'asymmetric',
    rounding: 'floor',
  }),
  resized('to the cells behind', {
    mode: 'nearest',
    scales: [0.5, 1.5],
    place: 'asymmetric',
    rounding: 'ceil',
  }),
  pool('maxPool', 'same', { padding: 'same' }),
  pool('maxPool', '2×2 stride 2', { size: [2, 2], ...strided }),
  pool('averagePool', 'same', { padding: 'same' }),
  pool('averagePool', 'valid', {}),
  pool('averagePool', 'the whole picture', { size: [6, 7] }),
  {
    op: 'averagePool',
    title: 'of a picture with more zeros around it than the window has cells',
    build: (builder, x) => {
      const zeros = { before: [0, 2, 3, 0], after: [0, 3, 2, 0] };
      const padded = builder.add('pad', [x], zeros);
      const window = { size: [2, 2], strides: [2, 2], padding: 'valid' };
      return builder.add('averagePool', [padded], window);
    },
  },
  // Windows that stride over cells, on sides where the last of them are in none.
  ...(['maxPool', 'averagePool'] as const).flatMap((op) => [
    pool(op, '1×1 stride 2 same', { size: [1, 1], ...strided, padding: 'same' }, [6, 8]),
    pool(op, '1×1 stride 3 same', { size: [1, 1], strides: [3, 3], padding: 'same' }, [9, 6]),
    pool(op, '1×3 stride 2 same', { size: [1, 3], ...strided, padding: 'same' }, [6, 8]),
    pool(op, '2×3 stride 3 same', { size: [2, 3], strides: [3, 3], padding: 'same' }, [9, 7]),
    pool(op, '2×3 stride 3×2 same', { size: [2, 3], strides: [3, 2], padding: 'same' }, [7, 9]),
  ]),
  simple('lrn', 'over three channels', { size: 3, bias: 1, alpha: 0.4, beta: 0.75 }),
  simple('lrn', 'over more channels than there are', { size: 5, bias: 2, alpha: 1, beta: 0.5 }),
  simple('relu', 'away from 0'),
  simple('clip', 'relu6-like', { low: -0.508, high: 0.508 }),
  simple('sigmoid', ''),
  simple('softmax', 'over channels'),
  simple('square', ''),
  simple('exp', ''),
  positive('log'),
  positive('sqrt'),
  simple('tanh', ''),
  simple('erf', ''),
  pair('add', 'per channel', [3]),
  pair('add', 'full', [1, 6, 7, 3]),
  pair('sub', 'per channel', [3]),
  pair('sub', 'from a constant', [1, 6, 7, 3], true),
  pair('mul', 'per channel', [3]),
  pair('mul', 'scalar', []),
  pair('div', 'by a constant', [1, 6, 7, 3]),
  {
    op: 'div',
    title: 'a constant by x',
    build: (builder, x) =>
      builder.add('div', [
        seededConstant(builder, [3], 3),
        builder.add('add', [x, builder.scalar(2)]),
      ]),
  },
  {
    op: 'mul',
    title: 'x by its own channel means (stretched, both sides need a gradient)',
    build: (builder, x) =>
      builder.add('mul', [
        x,
        builder.add('reduceMean', [x], { axes: [1, 2], keepDimensions: true }),
      ]),
  },
  simple('reduceMean', 'over rows and columns', { axes: [1, 2], keepDimensions: false }),
  simple('reduceMean', 'over the last axis', { axes: [3], keepDimensions: false }),
  simple('reduceMean', 'over everything', { axes: [0, 1, 2, 3], keepDimensions: false }),
  simple('reduceSum', 'over columns, kept', { axes: [2], keepDimensions: true }),
  simple('reduceSum', 'over the batch', { axes: [0], keepDimensions: false }),
  simple('reduceMax', 'over rows and columns', { axes: [1, 2], keepDimensions: false }),
  simple('reduceMax', 'over the last axis, kept', { axes: [3], keepDimensions: true }),
  {
    op: 'concat',
    title: 'along channels',
    build: (builder, x) => builder.add('concat', [x, builder.add('square', [x]), x], { axis: 3 }),
  },
  {
    op: 'concat',
    title: 'along rows',
    build: (builder, x) => builder.add('concat', [x, builder.add('square', [x])], { axis: 1 }),
  },
  simple('pad', 'uneven', { before: [0, 1, 0, 0], after: [0, 2, 1, 0] }),
  simple('crop', 'rows and channels', { before: [0, 1, 2, 1], after: [0, 0, 1, 0] }),
  simple('transpose', 'rows and columns', { order: [0, 2, 1, 3] }),
  simple('upsample', 'twice and thrice', { size: [2, 3] }),
  simple('reshape', 'to a vector', { shape: [1, null] }),
  simple('reshape', 'to another picture', { shape: [1, 7, 9, null] }),
  {
    op: 'matMul',
    title: 'a dense layer',
    build: (builder, x) =>
      builder.add('matMul', [
        builder.add('reshape', [x], { shape: [1, 126] }),
        seededConstant(builder, [126, 5], 4),
      ]),
  },
  {
    op: 'matMul',
    title: 'stacks of matrices',
    build: (builder, x) => {
      const rows = builder.add('reshape', [x], { shape: [6, 7, 3] });
      const turned = builder.add('transpose', [rows], { order: [0, 2, 1] });
      return builder.add('matMul', [rows, turned]);
    },
  },
];
