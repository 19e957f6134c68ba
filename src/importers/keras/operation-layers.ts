/**
 * Functions that networks call between layers, by their options: TensorFlow's (`math.reduce_mean`)
 * and those of Keras 3 (`Mean`), which name some of them otherwise.
 */
import type { NodeRef, Shape } from '../../graph/graph.ts';
import { addActivation, leakyRelu } from '../activations.ts';
import type { LayerCall } from './layer-call.ts';

/** axis: one or a list of them, all without it. */
export function reduction(
  op: 'reduceMean' | 'reduceMax' | 'reduceSum',
): (call: LayerCall) => NodeRef {
  return (call) => {
    const written = call.config['axis'] ?? null;
    const all = Array.from({ length: call.rank }, (_, axis) => axis);
    const axes =
      written === null ? all : integersIn(call, 'axis').map((axis) => axisOf(call, axis));
    const keepDimensions = call.flag('keepdims', false);
    if (call.shared.channelsFirst && call.rank === 4 && !keepDimensions && axes.length === 1) {
      throw call.unsupported("data_format 'channels_first'");
    }
    const attributes = { axes: [...new Set(axes)].sort((a, b) => a - b), keepDimensions };
    return call.builder.add(op, [call.input], attributes, call.output);
  };
}

/** Stacks of matrices, [batch, …, rows, columns]. */
export function matrixProduct(call: LayerCall): NodeRef {
  const { builder, inputs } = call;
  refuseChannelsFirst(call);
  if (inputs.length !== 2) throw call.bad(`has ${inputs.length} inputs, expected 2`);
  const shapes = inputs.map((input) => builder.shapeOf(input));
  const [left, right] = inputs.map((input, index) => {
    const shape = shapes[index]!;
    const flat = shape.length === 4 ? shaped(call, input, shape.slice(1)) : input;
    return call.flag(index === 0 ? 'transpose_a' : 'transpose_b', false)
      ? builder.add('transpose', [flat], { order: shape.length === 2 ? [1, 0] : [0, 2, 1] })
      : flat;
  }) as [NodeRef, NodeRef];
  if (shapes[0]!.length !== shapes[1]!.length || shapes[0]![0] !== 1) {
    throw call.unsupported(`a product of ${shapes[0]!.length} and ${shapes[1]!.length} axes`);
  }
  if (call.rank !== 4) return builder.add('matMul', [left, right], {}, call.output);
  const product = builder.add('matMul', [left, right]);
  return shaped(call, product, [1, ...builder.shapeOf(product)], call.output);
}

/** TensorFlow calls it `shape`, Keras 3 `newshape`; the batch counts. */
export function reshaped(call: LayerCall): NodeRef {
  refuseChannelsFirst(call);
  const option = 'newshape' in call.config ? 'newshape' : 'shape';
  const written = [call.config[option] ?? null].flat() as unknown[];
  const [, ...rest] = written.map((size) => (size === -1 ? null : size));
  if (written.length > 0 && rest.every((size) => size === null || typeof size === 'number')) {
    return shaped(call, call.input, [1, ...(rest as Shape)], call.output);
  }
  throw call.unsupported(`${option} = ${JSON.stringify(written)}`);
}

/** TensorFlow calls it `perm`, Keras 3 `axes`; turned round without it. */
export function transposed(call: LayerCall): NodeRef {
  refuseChannelsFirst(call);
  const option = 'axes' in call.config ? 'axes' : 'perm';
  const reversed = Array.from({ length: call.rank }, (_, axis) => call.rank - 1 - axis);
  const written = call.config[option] ?? null;
  const order =
    written === null ? reversed : integersIn(call, option).map((axis) => axisOf(call, axis));
  if (order.length !== call.rank || new Set(order).size !== call.rank) {
    throw call.bad(`has ${option} = ${JSON.stringify(written)} for ${call.rank} axes`);
  }
  return call.builder.add('transpose', [call.input], { order }, call.output);
}

export function expanded(call: LayerCall): NodeRef {
  refuseChannelsFirst(call);
  const shape = [...call.builder.shapeOf(call.input)];
  const [axis = 0] = integersIn(call, 'axis');
  shape.splice(axis < 0 ? axis + call.rank + 1 : axis, 0, 1);
  return shaped(call, call.input, shape, call.output);
}

/** axis: which of those of one cell; all but the batch without it. */
export function squeezed(call: LayerCall): NodeRef {
  refuseChannelsFirst(call);
  const shape = call.builder.shapeOf(call.input);
  const written = call.config['axis'] ?? null;
  const dropped =
    written === null
      ? shape.flatMap((size, axis) => (size === 1 && axis > 0 ? [axis] : []))
      : integersIn(call, 'axis').map((axis) => axisOf(call, axis));
  if (dropped.some((axis) => shape[axis] !== 1)) {
    throw call.bad(`drops axes that have more than one cell: ${JSON.stringify(written)}`);
  }
  const rest = shape.filter((_, axis) => !dropped.includes(axis));
  return shaped(call, call.input, rest, call.output);
}

/** A function of one element at a time, by its name in Keras. */
export function activated(name: string): (call: LayerCall) => NodeRef {
  return (call) => {
    const { builder, input, output } = call;
    const isBent = name === 'gelu' && call.flag('approximate', false);
    return addActivation(builder, isBent ? 'gelu by tanh' : name, input, output);
  };
}

export function leaky(call: LayerCall): NodeRef {
  const slope = call.number('negative_slope', call.number('alpha', 0.2));
  return leakyRelu(call.builder, call.input, call.builder.scalar(slope), call.output);
}

function shaped(call: LayerCall, x: NodeRef, shape: Shape, name?: string): NodeRef {
  if (shape.filter((size) => size === null).length > 1) {
    throw call.unsupported('a shape of which several sizes depend on the picture');
  }
  return call.builder.add('reshape', [x], { shape }, name);
}

/** Whole numbers, or one. */
function integersIn(call: LayerCall, option: string): number[] {
  const written = [call.config[option] ?? null].flat() as unknown[];
  if (written.every(Number.isInteger)) return written as number[];
  throw call.unsupported(`${option} = ${JSON.stringify(call.config[option])}`);
}

function axisOf(call: LayerCall, written: number): number {
  const axis = call.axis(written);
  if (axis >= 0 && axis < call.rank) return axis;
  throw call.bad(`names the axis ${written} of ${call.rank}`);
}

function refuseChannelsFirst(call: LayerCall): void {
  if (call.shared.channelsFirst) throw call.unsupported("data_format 'channels_first'");
}
