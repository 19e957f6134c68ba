/**
 * Transposed convolution: each cell puts its multiple of the filter into the output, one stride
 * further than the last.
 *
 * inputs: x [batch, rows, columns, channels] · filter [rows, columns, outputs / groups, channels]
 * (a constant: that of the convolution from outputs to channels) · optional bias [outputs].
 * attributes: size (the filter's rows and columns), strides, padding ([top, bottom, left, right]:
 * cells cut off), behind ([rows, columns] of zeros after the last, fewer than the stride), groups.
 */
import { sizeOf } from '../graph/graph.ts';
import type { Attributes } from '../graph/graph.ts';
import type { Window } from '../graph/window.ts';
import { listOf, numberOf, windowOf } from './attributes.ts';
import { conv2d } from './conv2d.ts';
import { filterOutputsFirst } from './filters.ts';
import type { OpDefinition, Tensor, Tensorflow } from './op.ts';

const AXES = [0, 1] as const;

export const conv2dTranspose: OpDefinition = {
  name: 'conv2dTranspose',
  shape: ([x, filter], attributes) => {
    const found = sizeOf(x!, 3);
    const channels = filter![3]!;
    if (found !== null && found !== channels) {
      throw new Error(
        `conv2dTranspose: the filter wants ${channels} channels, its input has ${found}`,
      );
    }
    const { strides } = windowOf(attributes);
    const offsets = offsetsOf(attributes);
    const spatial = AXES.map((axis) => {
      const length = sizeOf(x!, axis + 1);
      return length === null ? null : length * strides[axis] + offsets[axis]!;
    });
    return [sizeOf(x!, 0), ...spatial, filter![2]! * numberOf(attributes, 'groups')];
  },
  spatial: (emit, [x], attributes) =>
    emit.node('Add', [
      emit.node('Mul', [x!, emit.integers(windowOf(attributes).strides)]),
      emit.integers(offsetsOf(attributes)),
    ]),
  tensorflow: (tf, [x, filter, bias], attributes) => {
    const y = inGroups(tf, x!, filter!, attributes);
    return bias ? tf.add(y, bias) : y;
  },
  constantInputs: [1],
  onnx: (emit, { inputs, refs, attributes }) => {
    const { size, strides } = windowOf(attributes);
    const [top, bottom, left, right] = paddingOf(attributes);
    const groups = numberOf(attributes, 'groups');
    const [, , perGroup, channels] = emit.constantOf(refs[1]!).shape;
    if (emit.provider === 'webgpu' && groups > 1 && perGroup === 1 && channels! > groups) {
      throw new Error('onnxruntime 1.30 on webgpu computes groups of 1 channel to several wrongly');
    }
    const operands = [inputs[0]!, filterOutputsFirst(emit, refs[1]!), ...inputs.slice(2)];
    return emit.node('ConvTranspose', operands, {
      kernel_shape: size,
      strides,
      pads: [top, left, bottom, right],
      output_padding: listOf(attributes, 'behind'),
      group: groups,
    });
  },
  backward: ({ builder, attributes, x, dy }) => [
    builder.add('conv2dTransposeGradient', [dy, x[1]!], attributes),
    null,
    null,
  ],
};

/** inputs: dy · filter. A plain convolution; what is behind the last cell is in no window. */
export const conv2dTransposeGradient: OpDefinition = {
  name: 'conv2dTransposeGradient',
  shape: (inputs, attributes) => conv2d.shape(inputs, attributes),
  spatial: (emit, inputs, attributes) => conv2d.spatial!(emit, inputs, attributes),
  constantInputs: [1],
  onnx: (emit, call) => conv2d.onnx(emit, call),
};

/** What an axis has more than its cells times the stride. */
function offsetsOf(attributes: Attributes): number[] {
  const { size, strides } = windowOf(attributes);
  const padding = paddingOf(attributes);
  const behind = listOf(attributes, 'behind');
  return AXES.map(
    (axis) =>
      size[axis] - strides[axis] - padding[2 * axis]! - padding[2 * axis + 1]! + behind[axis]!,
  );
}

function paddingOf(attributes: Attributes): [number, number, number, number] {
  return listOf(attributes, 'padding') as [number, number, number, number];
}

function inGroups(tf: Tensorflow, x: Tensor, filter: Tensor, attributes: Attributes): Tensor {
  const groups = numberOf(attributes, 'groups');
  if (groups === 1) return transposed(tf, x, filter, attributes);
  const filters = tf.split(filter, groups, 3);
  const parts = tf
    .split(x, groups, 3)
    .map((picture, index) => transposed(tf, picture, filters[index]!, attributes));
  return tf.concat(parts, 3);
}

/** Without padding, cut afterwards. */
function transposed(tf: Tensorflow, x: Tensor, filter: Tensor, attributes: Attributes): Tensor {
  const { size, strides }: Window = windowOf(attributes);
  const [top, bottom, left, right] = paddingOf(attributes);
  const behind = listOf(attributes, 'behind');
  const [batch, height, width] = x.shape as [number, number, number];
  const full = [height, width].map(
    (length, axis) => (length - 1) * strides[axis as 0 | 1] + size[axis as 0 | 1] + behind[axis]!,
  ) as [number, number];
  const outputs = filter.shape[2]!;
  const shape: [number, number, number, number] = [batch, ...full, outputs];
  const y = tf.conv2dTranspose(
    x as never,
    filter as never,
    shape,
    strides as [number, number],
    'valid',
  );
  const rest = [batch, full[0] - top - bottom, full[1] - left - right, outputs];
  return tf.slice(y, [0, top, left, 0], rest);
}
