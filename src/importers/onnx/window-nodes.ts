/** Convolutions and pools. */
import type { NodeRef } from '../../graph/graph.ts';
import type { Padding } from '../../graph/window.ts';
import { transposedConstant } from './arrange.ts';
import type { NodeCall } from './node-call.ts';
import { CHANNELS_LAST, cellsOf } from './value.ts';
import type { Tensor } from './value.ts';

interface Sliding {
  readonly size: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
}

/** x · filter [outputs, channels / groups, rows, columns] · optional bias [outputs] */
export function convolution(call: NodeCall): Tensor {
  const x = call.picture(0);
  const filter = call.constant(1).constant;
  const { shape } = filter;
  if (shape.length !== 4 || cellsOf(shape) === 0) {
    throw call.bad(`has a filter of [${shape.join(', ')}], expected 4 axes`);
  }
  const groups = call.number('group', 1);
  const [outputs, channels, rows, columns] = shape as [number, number, number, number];
  if (x.dims[1] !== channels * groups || outputs % groups !== 0) {
    throw call.bad(
      `has ${groups} groups and a filter of [${shape.join(', ')}], its input has ${x.dims[1]!} channels`,
    );
  }
  const sliding: Sliding = {
    size: [rows, columns],
    strides: call.pair('strides', [1, 1]),
    dilations: call.pair('dilations', [1, 1]),
  };
  const channelsLast = transposedConstant(filter, [2, 3, 1, 0]);
  const inputs = [
    x.ref,
    call.added(call.node.inputs[1]!, { ...channelsLast, outputsFirst: () => filter.read() }),
  ];
  if (call.has(2)) inputs.push(biasOf(call, outputs));
  const padding = paddingOf(call, sliding, x.dims);
  return call.give('conv2d', inputs, { ...sliding, padding, groups }, CHANNELS_LAST);
}

/** The optional third input, [outputs]. */
export function biasOf(call: NodeCall, outputs: number): NodeRef {
  const { constant } = call.constant(2);
  if (cellsOf(constant.shape) === outputs) {
    return call.added(call.node.inputs[2]!, { ...constant, shape: [outputs] });
  }
  throw call.bad(`has ${outputs} outputs and a bias of [${constant.shape.join(', ')}]`);
}

export function pool(op: 'maxPool' | 'averagePool'): (call: NodeCall) => Tensor {
  return (call) => {
    const x = call.picture(0);
    const [size, strides] = [call.pair('kernel_shape', [0, 0]), call.pair('strides', [1, 1])];
    const sliding: Sliding = { size, strides, dilations: call.pair('dilations', [1, 1]) };
    if (sliding.dilations.some((dilation) => dilation !== 1)) throw call.unsupported('dilations');
    if (call.node.outputs[1]) throw call.unsupported('the second output (indices)');
    const padding = paddingOf(call, sliding, x.dims);
    const rounded =
      call.number('ceil_mode', 0) === 1 && Array.isArray(padding)
        ? roundedUp(padding as number[], sliding, [x.dims[2]!, x.dims[3]!])
        : padding;
    const counted = op === 'averagePool' && call.number('count_include_pad', 0) === 1;
    const { ref, rest } = counted
      ? bordered(call, x, padding, rounded)
      : { ref: x.ref, rest: rounded };
    const window = { size, strides, padding: rest };
    return call.give(op, [ref], { ...window }, CHANNELS_LAST);
  };
}

/** Padding that counts, as zeros; what rounding up adds behind it does not count. */
function bordered(
  call: NodeCall,
  x: Tensor,
  padding: Padding,
  rounded: Padding,
): { ref: NodeRef; rest: Padding } {
  if (typeof padding === 'string' || typeof rounded === 'string') {
    if (padding === 'same') throw call.unsupported('count_include_pad with auto_pad');
    return { ref: x.ref, rest: padding };
  }
  const [top, bottom, left, right] = padding as [number, number, number, number];
  const attributes = { before: [0, top, left, 0], after: [0, bottom, right, 0] };
  const more = (side: 1 | 3): number => Math.max(rounded[side]! - padding[side]!, 0);
  const rest = [0, more(1), 0, more(3)];
  return { ref: call.builder.add('pad', [x.ref], attributes), rest };
}

/**
 * Padding after the picture that makes its output round up. It must be shorter than the window;
 * where it would not be, it is what pictures of the network's own size need: a last window that
 * begins in the padding is not counted.
 */
function roundedUp(
  [top, bottom, left, right]: readonly number[],
  { size, strides }: Sliding,
  lengths: readonly [number, number],
): number[] {
  const after = ([before, behind]: readonly [number, number], axis: 0 | 1): number => {
    const [length, span, stride] = [lengths[axis], size[axis], strides[axis]];
    const usual = behind + stride - 1;
    if (usual < span) return usual;
    const windows = Math.ceil((length + before + behind - span) / stride) + 1;
    const last = (windows - 1) * stride;
    const start = last >= length + before ? last - stride : last;
    return Math.max(start + span - before - length, 0);
  };
  return [top!, after([top!, bottom!], 0), left!, after([left!, right!], 1)];
}

function paddingOf(call: NodeCall, sliding: Sliding, dims: readonly number[]): Padding {
  const auto = call.text('auto_pad', 'NOTSET');
  if (auto === 'VALID') return 'valid';
  if (auto === 'SAME_UPPER') return 'same';
  if (auto === 'SAME_LOWER') return sameLower(sliding, dims);
  if (auto !== 'NOTSET') throw call.unsupported(`auto_pad = ${auto}`);
  return explicitPadding(call);
}

/** ONNX: [top, left, bottom, right]; ours: [top, bottom, left, right]. */
export function explicitPadding(call: NodeCall): [number, number, number, number] {
  const pads = call.ints('pads', [0, 0, 0, 0]);
  const fits = pads.length === 4 && pads.every((cells) => Number.isInteger(cells) && cells >= 0);
  if (!fits || pads.some((cells) => cells > MOST_PADDING)) {
    throw call.bad(`has pads = [${pads.join(', ')}], expected four small numbers`);
  }
  const [top, left, bottom, right] = pads as [number, number, number, number];
  return [top, bottom, left, right];
}

const MOST_PADDING = 1024;

/** As TensorFlow's SAME with the odd cell before, for pictures of the network's own size. */
function sameLower({ size, strides, dilations }: Sliding, dims: readonly number[]): number[] {
  return ([0, 1] as const).flatMap((axis) => {
    const length = dims[axis + 2]!;
    const span = (size[axis] - 1) * dilations[axis] + 1;
    const windows = Math.ceil(length / strides[axis]);
    const total = Math.max((windows - 1) * strides[axis] + span - length, 0);
    return [Math.ceil(total / 2), Math.floor(total / 2)];
  });
}

/** One cell for each channel. */
export function globalPool(op: 'reduceMean' | 'reduceMax'): (call: NodeCall) => Tensor {
  return (call) => {
    const attributes = { axes: [1, 2], keepDimensions: true };
    return call.give(op, [call.picture(0).ref], attributes, CHANNELS_LAST);
  };
}

/** Sums over neighbouring channels: ONNX divides alpha by their number. */
export function localResponse(call: NodeCall): Tensor {
  const size = call.number('size', 0);
  if (!Number.isInteger(size) || size < 1) throw call.bad(`has size = ${size}`);
  const attributes = {
    size,
    alpha: call.number('alpha', 1e-4) / size,
    beta: call.number('beta', 0.75),
    bias: call.number('bias', 1),
  };
  return call.give('lrn', [call.picture(0).ref], attributes, CHANNELS_LAST);
}
