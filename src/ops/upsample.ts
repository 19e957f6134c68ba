/** Every cell repeated along rows and columns. attributes: size: how often, [rows, columns]. */
import { sizeOf } from '../graph/graph.ts';
import { listOf } from './attributes.ts';
import type { OpDefinition } from './op.ts';

export const upsample: OpDefinition = {
  name: 'upsample',
  shape: ([x], attributes) => {
    const [rows, columns] = listOf(attributes, 'size');
    const times = [1, rows!, columns!, 1];
    return times.map((count, axis) => {
      const size = sizeOf(x!, axis);
      return size === null ? null : size * count;
    });
  },
  spatial: (emit, [x], attributes) =>
    emit.node('Mul', [x!, emit.integers(listOf(attributes, 'size'))]),
  tensorflow: (tf, [x], attributes) => {
    const [rows, columns] = listOf(attributes, 'size');
    const [, height, width] = x!.shape;
    const size: [number, number] = [height! * rows!, width! * columns!];
    return tf.image.resizeNearestNeighbor(x as never, size);
  },
  onnx: (emit, { inputs: [x], attributes }) => {
    const size = listOf(attributes, 'size');
    const scales = emit.floats(`upsample by ${size.join('×')}`, [4], () =>
      Float32Array.of(1, 1, ...size),
    );
    return emit.node('Resize', [x!, '', scales], {
      mode: 'nearest',
      coordinate_transformation_mode: 'asymmetric',
      nearest_mode: 'floor',
    });
  },
  backward: ({ builder, attributes, dy }) => {
    const size = listOf(attributes, 'size');
    const blocks = { size, strides: size, padding: 'valid' };
    const means = builder.add('averagePool', [dy], blocks);
    return [builder.add('mul', [means, builder.scalar(size[0]! * size[1]!)])];
  },
};
