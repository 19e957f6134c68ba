/** Ops that move values without changing them. */
import { sizeOf } from '../graph/graph.ts';
import type { Dimension, Shape } from '../graph/graph.ts';
import { listOf, numberOf, shapeAttribute } from './attributes.ts';
import type { OnnxEmitter, OpDefinition } from './op.ts';

const TO_CHANNELS_LAST = [0, 2, 3, 1];
const TO_CHANNELS_FIRST = [0, 3, 1, 2];

/** attributes: shape, in which one size may be null: whatever is left. */
export const reshape: OpDefinition = {
  name: 'reshape',
  shape: ([x], attributes) => {
    const shape = shapeAttribute(attributes);
    const known = shape.reduce<number>((product, size) => product * (size ?? 1), 1);
    const cells = x!.reduce<Dimension>(
      (product, size) => (product === null || size === null ? null : product * size),
      1,
    );
    if (cells === null) return shape;
    if (!shape.includes(null) ? cells !== known : cells % known !== 0) {
      throw new Error(`reshape: ${cells} cells do not fit in [${shape.join(', ')}]`);
    }
    return shape.map((size) => size ?? cells / known);
  },
  tensorflow: (tf, [x], attributes) =>
    tf.reshape(
      x!,
      shapeAttribute(attributes).map((size) => size ?? -1),
    ),
  onnx: (emit, { inputs: [x], refs, attributes }) => {
    const shape = shapeAttribute(attributes).map((size) => size ?? -1);
    const flat = emit.shapeOf(refs[0]!).length === 4 ? toChannelsLast(emit, x!) : x!;
    const reshaped = emit.node('Reshape', [flat, emit.integers(shape)]);
    return shape.length === 4 ? toChannelsFirst(emit, reshaped) : reshaped;
  },
  backward: ({ builder, x, dy, shapeOf }) => [
    builder.add('reshapeLike', [dy, x[0]!], { shape: shapeOf(x[0]!) }),
  ],
};

/** inputs: dy · x (for its shape alone). */
export const reshapeLike: OpDefinition = {
  name: 'reshapeLike',
  shape: ([, x]) => x!,
  spatial: (_emit, [, x]) => x!,
  onnx: (emit, { inputs: [dy], refs }) => {
    const like = emit.shapeOf(refs[1]!);
    const flat = emit.shapeOf(refs[0]!).length === 4 ? toChannelsLast(emit, dy!) : dy!;
    if (like.length !== 4) {
      return emit.node('Reshape', [flat, emit.integers(like.map((size) => size ?? -1))]);
    }
    const shape = emit.node(
      'Concat',
      [emit.integers([like[0] ?? 1]), emit.spatialOf(refs[1]!), emit.integers([like[3]!])],
      { axis: 0 },
    );
    return toChannelsFirst(emit, emit.node('Reshape', [flat, shape]));
  },
};

/** attributes: order. Axis i of the output is axis order[i] of the input. */
export const transpose: OpDefinition = {
  name: 'transpose',
  shape: ([x], attributes) => listOf(attributes, 'order').map((axis) => sizeOf(x!, axis)),
  tensorflow: (tf, [x], attributes) => tf.transpose(x!, [...listOf(attributes, 'order')]),
  onnx: (emit, { inputs: [x], attributes }) => {
    const order = listOf(attributes, 'order');
    const perm =
      order.length === 4 ? TO_CHANNELS_FIRST.map((axis) => emit.axis(order[axis]!, 4)) : order;
    return emit.node('Transpose', [x!], { perm });
  },
  backward: ({ builder, attributes, dy }) => {
    const order = listOf(attributes, 'order');
    return [builder.add('transpose', [dy], { order: order.map((_, axis) => order.indexOf(axis)) })];
  },
};

/** attributes: axis. */
export const concat: OpDefinition = {
  name: 'concat',
  shape: (inputs, attributes) => {
    const axis = numberOf(attributes, 'axis');
    const total = inputs.reduce<number | null>(
      (sum, shape) => (sum === null || shape[axis] === null ? null : sum + shape[axis]!),
      0,
    );
    return inputs[0]!.map((size, index) => (index === axis ? total : size));
  },
  tensorflow: (tf, inputs, attributes) => tf.concat([...inputs], numberOf(attributes, 'axis')),
  onnx: (emit, { inputs, refs, attributes }) => {
    const rank = emit.shapeOf(refs[0]!).length;
    return emit.node('Concat', inputs, { axis: emit.axis(numberOf(attributes, 'axis'), rank) });
  },
  backward: ({ builder, attributes, x, y, dy, shapeOf, wants }) => {
    const axis = numberOf(attributes, 'axis');
    const rank = shapeOf(y).length;
    const sizes = x.map((input) => sizeOf(shapeOf(input), axis));
    const total = sizeOf(shapeOf(y), axis);
    if (total === null) throw new Error(`concat: axis ${axis} is joined of unknown sizes`);
    let start = 0;
    return x.map((_, index) => {
      const size = sizes[index]!;
      const before = start;
      start += size;
      if (!wants(index)) return null;
      return builder.add('crop', [dy], {
        before: oneAxis(rank, axis, before),
        after: oneAxis(rank, axis, total - before - size),
      });
    });
  },
};

/** Zeros around a tensor. attributes: before, after: cells for each axis. */
export const pad: OpDefinition = {
  name: 'pad',
  shape: ([x], attributes) => resized(x!, attributes, 1),
  spatial: (emit, [x], attributes) => resizedSpatial(emit, x!, attributes, 1),
  tensorflow: (tf, [x], attributes) => {
    const [before, after] = [listOf(attributes, 'before'), listOf(attributes, 'after')];
    return tf.pad(
      x!,
      before.map((cells, axis) => [cells, after[axis]!] as [number, number]),
    );
  },
  onnx: (emit, { inputs: [x], attributes }) => {
    const pads = [...physical(emit, attributes, 'before'), ...physical(emit, attributes, 'after')];
    return emit.node('Pad', [x!, emit.integers(pads), emit.scalar(0)]);
  },
  backward: ({ builder, attributes, dy }) => [builder.add('crop', [dy], attributes)],
};

/** What is left of a tensor when cells are cut off. attributes: before, after, for each axis. */
export const crop: OpDefinition = {
  name: 'crop',
  shape: ([x], attributes) => resized(x!, attributes, -1),
  spatial: (emit, [x], attributes) => resizedSpatial(emit, x!, attributes, -1),
  tensorflow: (tf, [x], attributes) => {
    const [before, after] = [listOf(attributes, 'before'), listOf(attributes, 'after')];
    return tf.slice(
      x!,
      [...before],
      x!.shape.map((size, axis) => size - before[axis]! - after[axis]!),
    );
  },
  onnx: (emit, { inputs: [x], attributes }) => {
    const starts = physical(emit, attributes, 'before');
    const cut = physical(emit, attributes, 'after');
    const axes = starts.flatMap((start, axis) => (start || cut[axis] ? [axis] : []));
    if (axes.length === 0) return x!;
    return emit.node('Slice', [
      x!,
      emit.integers(axes.map((axis) => starts[axis]!)),
      emit.integers(axes.map((axis) => (cut[axis] ? -cut[axis] : Number.MAX_SAFE_INTEGER))),
      emit.integers(axes),
    ]);
  },
  backward: ({ builder, attributes, dy }) => [builder.add('pad', [dy], attributes)],
};

function oneAxis(rank: number, axis: number, cells: number): number[] {
  return Array.from({ length: rank }, (_, index) => (index === axis ? cells : 0));
}

function resized(x: Shape, attributes: Parameters<OpDefinition['shape']>[1], sign: 1 | -1): Shape {
  const [before, after] = [listOf(attributes, 'before'), listOf(attributes, 'after')];
  return x.map((size, axis) =>
    size === null ? null : size + sign * (before[axis]! + after[axis]!),
  );
}

function resizedSpatial(
  emit: OnnxEmitter,
  input: string,
  attributes: Parameters<OpDefinition['shape']>[1],
  sign: 1 | -1,
): string {
  const [before, after] = [listOf(attributes, 'before'), listOf(attributes, 'after')];
  const change = [1, 2].map((axis) => sign * (before[axis]! + after[axis]!));
  return change.every((cells) => cells === 0)
    ? input
    : emit.node('Add', [input, emit.integers(change)]);
}

function physical(
  emit: OnnxEmitter,
  attributes: Parameters<OpDefinition['shape']>[1],
  name: string,
): number[] {
  const cells = listOf(attributes, name);
  const ordered: number[] = [];
  cells.forEach((count, axis) => (ordered[emit.axis(axis, cells.length)] = count));
  return ordered;
}

function toChannelsLast(emit: OnnxEmitter, value: string): string {
  return emit.node('Transpose', [value], { perm: TO_CHANNELS_LAST });
}

function toChannelsFirst(emit: OnnxEmitter, value: string): string {
  return emit.node('Transpose', [value], { perm: TO_CHANNELS_FIRST });
}
