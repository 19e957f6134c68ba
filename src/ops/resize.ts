/**
 * Another number of rows and columns, each axis on its own; no smoothing where cells become fewer.
 *
 * attributes: mode ('linear' or 'nearest'), place (where a cell of the output lies in the input) and
 * rounding (of 'nearest'), as ONNX names them; `scales` [rows, columns], or, where it is the same
 * for every picture, `size` [rows, columns] of the output.
 */
import { sizeOf } from '../graph/graph.ts';
import type { Attributes } from '../graph/graph.ts';
import { listOf } from './attributes.ts';
import type { OnnxAttribute, OnnxEmitter, OpDefinition, Tensor, Tensorflow } from './op.ts';

/** ONNX's element types. */
const [FLOAT, INT64] = [1, 7];

export const resize: OpDefinition = {
  name: 'resize',
  shape: ([x], attributes) => {
    const spatial = ([0, 1] as const).map((axis) => {
      if ('size' in attributes) return listOf(attributes, 'size')[axis]!;
      const length = sizeOf(x!, axis + 1);
      return length === null ? null : scaled(length, listOf(attributes, 'scales')[axis]!);
    });
    return [sizeOf(x!, 0), ...spatial, sizeOf(x!, 3)];
  },
  spatial: (emit, [x], attributes) => {
    if ('size' in attributes) return emit.integers(listOf(attributes, 'size'));
    const scales = listOf(attributes, 'scales');
    if (scales.every(Number.isInteger)) return emit.node('Mul', [x!, emit.integers(scales)]);
    const product = emit.node('Mul', [
      emit.node('Cast', [x!], { to: FLOAT }),
      scalesOf(emit, scales),
    ]);
    return emit.node('Cast', [emit.node('Floor', [product])], { to: INT64 });
  },
  tensorflow: (tf, [x], attributes) => {
    const [, rows, columns, channels] = x!.shape as [number, number, number, number];
    const tall = alongFirst(tf, tf.reshape(x!, [rows, columns, channels]), attributes, 0);
    const turned = alongFirst(tf, tf.transpose(tall, [1, 0, 2]), attributes, 1);
    return tf.expandDims(tf.transpose(turned, [1, 0, 2]), 0);
  },
  onnx: (emit, { inputs: [x], attributes }) => resized(emit, x!, attributes, [0, 1]),
  backward: ({ builder, attributes, x, dy }) => [
    builder.add('resizeGradient', [dy, x[0]!], attributes),
  ],
};

/**
 * inputs: dy · x (for its rows and columns alone). What resizing does to an axis is a matrix: the
 * resized identity. Its transpose takes cotangents back.
 */
export const resizeGradient: OpDefinition = {
  name: 'resizeGradient',
  shape: ([, x]) => x!,
  spatial: (_emit, [, x]) => x!,
  onnx: (emit, { inputs: [dy], refs, attributes }) => {
    const spatial = emit.spatialOf(refs[1]!);
    const [rows, columns] = ([0, 1] as const).map((axis) => {
      const length = emit.node('Gather', [spatial, emit.integers([axis])]);
      const square = emit.node('Concat', [length, length], { axis: 0 });
      const identity = emit.node('EyeLike', [emit.node('ConstantOfShape', [square])]);
      const picture = emit.node('Unsqueeze', [identity, emit.integers([0, 1])]);
      return resized(emit, picture, attributes, [axis]);
    });
    const turned = emit.node('Transpose', [rows!], { perm: [0, 1, 3, 2] });
    return emit.node('MatMul', [emit.node('MatMul', [turned, dy!]), columns!]);
  },
};

/** A picture [batch, channels, rows, columns] with those of its two axes resized that `which` names; a single one lies in the rows. */
function resized(
  emit: OnnxEmitter,
  picture: string,
  attributes: Attributes,
  which: readonly (0 | 1)[],
): string {
  const options: Record<string, OnnxAttribute> = {
    axes: which.map((_, index) => 2 + index),
    mode: attributes['mode'] as string,
    coordinate_transformation_mode: attributes['place'] as string,
    nearest_mode: attributes['rounding'] as string,
  };
  const of = (name: string): number[] => which.map((axis) => listOf(attributes, name)[axis]!);
  return 'size' in attributes
    ? emit.node('Resize', [picture, '', '', emit.integers(of('size'))], options)
    : emit.node('Resize', [picture, '', scalesOf(emit, of('scales'))], options);
}

function scalesOf(emit: OnnxEmitter, scales: readonly number[]): string {
  return emit.floats(`scales ${scales.join(' × ')}`, [scales.length], () =>
    Float32Array.from(scales),
  );
}

/** Cells of an axis, computed as engines do: in float32, rounded down. */
function scaled(length: number, scale: number): number {
  return Math.floor(Math.fround(length * Math.fround(scale)));
}

/** x [length, …] with its first axis resized as the picture's `axis`. */
function alongFirst(tf: Tensorflow, x: Tensor, attributes: Attributes, axis: 0 | 1): Tensor {
  const [length, ...others] = x.shape as [number, ...number[]];
  const size = 'size' in attributes ? listOf(attributes, 'size')[axis]! : null;
  const scale = size === null ? listOf(attributes, 'scales')[axis]! : size / length;
  const cells = size ?? scaled(length, scale);
  const matrix = new Float32Array(cells * length);
  for (let cell = 0; cell < cells; cell++) {
    for (const [from, share] of sharesAt(
      placeOf(cell, { length, cells, scale }, attributes),
      length,
      attributes,
    )) {
      matrix[cell * length + from]! += share;
    }
  }
  const product = tf.matMul(tf.tensor2d(matrix, [cells, length]), tf.reshape(x, [length, -1]));
  return tf.reshape(product, [cells, ...others]);
}

/** Where a cell of the output lies among the cells of the input. */
function placeOf(
  cell: number,
  { length, cells, scale }: { length: number; cells: number; scale: number },
  { place }: Attributes,
): number {
  if (place === 'asymmetric') return cell / scale;
  if (place === 'align_corners') return cells === 1 ? 0 : (cell * (length - 1)) / (cells - 1);
  if (place === 'pytorch_half_pixel' && cells === 1) return 0;
  return (cell + 0.5) / scale - 0.5;
}

/** The cells of an axis that make the value at `place`, each with its share. */
function sharesAt(
  place: number,
  length: number,
  { mode, rounding }: Attributes,
): readonly (readonly [cell: number, share: number])[] {
  const inside = (cell: number): number => Math.min(Math.max(cell, 0), length - 1);
  if (mode === 'nearest') {
    const round = roundings.get(rounding as string)!;
    return [[inside(round(place)), 1]];
  }
  const share = inside(place) - Math.floor(inside(place));
  const first = Math.floor(inside(place));
  return [
    [first, 1 - share],
    [inside(first + 1), share],
  ];
}

const roundings = new Map<string, (place: number) => number>([
  ['floor', Math.floor],
  ['ceil', Math.ceil],
  ['round_prefer_ceil', (place) => Math.floor(place + 0.5)],
  ['round_prefer_floor', (place) => Math.ceil(place - 0.5)],
]);
