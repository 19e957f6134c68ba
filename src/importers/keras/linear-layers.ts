/** Layers that weigh and sum: convolutions and dense layers. */
import type { Attributes, NodeRef } from '../../graph/graph.ts';
import { spread } from '../spread-filter.ts';
import { MOST_TIMES, transposedSide } from '../transposed-window.ts';
import type { TransposedSide } from '../transposed-window.ts';
import type { StoredConstant } from '../weights.ts';
import type { LayerCall } from './layer-call.ts';
import { slidingWindow } from './window.ts';

/** kernel [rows, columns, channels / groups, filters] · bias [filters] */
export function conv2d(call: LayerCall): NodeRef {
  const window = slidingWindow(call, call.pair('kernel_size'), call.pair('strides', [1, 1]));
  const filters = call.number('filters');
  const groups = call.number('groups', 1);
  const kernel = call.weight('kernel', [...window.size, call.channels / groups, filters]);
  const inputs = [call.input, call.constant('kernel', kernel), ...bias(call, filters)];
  return call.activate((name) => call.builder.add('conv2d', inputs, { ...window, groups }, name));
}

/** kernel [rows, columns, filters, channels] · bias [filters] */
export function conv2dTranspose(call: LayerCall): NodeRef {
  const strides = call.lengths('strides', [1, 1], MOST_TIMES);
  const { size, padding } = slidingWindow(call, call.pair('kernel_size'), strides);
  const filters = call.number('filters');
  const weights = call.weight('kernel', [...size, filters, call.channels]);
  const dilations = call.lengths('dilation_rate', [1, 1]);
  const kernel = spread(weights, dilations);
  if (!kernel) throw call.unsupported(`dilation_rate = ${dilations.join(', ')}`);
  const given = (call.config['output_padding'] ?? null) !== null;
  const outputPadding = given ? call.pair('output_padding') : null;
  const sides = ([0, 1] as const).map((axis) => {
    const span = kernel.shape[axis]!;
    return sideOf(call, padding, [span, strides[axis]], outputPadding?.[axis]);
  });
  const attributes = {
    size: kernel.shape.slice(0, 2),
    strides,
    padding: sides.flatMap(({ cut }) => cut),
    behind: sides.map(({ behind }) => behind),
    groups: 1,
  };
  const inputs = [call.input, call.constant('kernel', kernel), ...bias(call, filters)];
  return call.activate((name) => call.builder.add('conv2dTranspose', inputs, attributes, name));
}

/** `output_padding` says how long the output is, where it is not as usual. */
function sideOf(
  call: LayerCall,
  padding: 'same' | 'valid',
  [span, stride]: readonly [number, number],
  more: number | undefined,
): TransposedSide {
  const own = padding === 'same' ? span % 2 : span;
  const side = transposedSide(padding, span, stride, more === undefined ? undefined : own + more);
  if (side) return side;
  throw call.unsupported(`output_padding = ${more ?? 'null'} with strides of ${stride}`);
}

/** depthwise_kernel [rows, columns, channels, multiplier] · bias [channels · multiplier] */
export function depthwiseConv2d(call: LayerCall): NodeRef {
  const multiplier = call.number('depth_multiplier', 1);
  const [filter, attributes] = depthwise(call, multiplier);
  const inputs = [call.input, filter, ...bias(call, call.channels * multiplier)];
  return call.activate((name) => call.builder.add('conv2d', inputs, attributes, name));
}

/** depthwise_kernel, then pointwise_kernel [1, 1, channels · multiplier, filters] · bias [filters] */
export function separableConv2d(call: LayerCall): NodeRef {
  const multiplier = call.number('depth_multiplier', 1);
  const filters = call.number('filters');
  const [filter, attributes] = depthwise(call, multiplier);
  const spread = call.builder.add('conv2d', [call.input, filter], attributes);
  const pointwise = call.weight('pointwise_kernel', [1, 1, call.channels * multiplier, filters]);
  const inputs = [spread, call.constant('pointwise_kernel', pointwise), ...bias(call, filters)];
  return call.activate((name) => call.builder.add('conv2d', inputs, POINT, name));
}

/** kernel [inputs, units] · bias [units] */
export function dense(call: LayerCall): NodeRef {
  const units = call.number('units');
  if (call.shared.channelsFirst && call.rank > 2)
    throw call.unsupported('channels that come first');
  const size = call.builder.shapeOf(call.input).at(-1) ?? null;
  const weights = call.weight('kernel', [size, units]);
  if (call.rank === 4) return densePerCell(call, weights, units);
  const kernel = call.constant('kernel', weights);
  const [biasRef] = bias(call, units);
  return call.activate((name) => {
    if (biasRef === undefined) return call.builder.add('matMul', [call.input, kernel], {}, name);
    const product = call.builder.add('matMul', [call.input, kernel]);
    return call.builder.add('add', [product, biasRef], {}, name);
  });
}

/** On the channels of each cell alone: a convolution of 1×1. */
function densePerCell(call: LayerCall, kernel: StoredConstant, units: number): NodeRef {
  const filter = call.constant('kernel', { ...kernel, shape: [1, 1, ...kernel.shape] });
  const inputs = [call.input, filter, ...bias(call, units)];
  return call.activate((name) => call.builder.add('conv2d', inputs, POINT, name));
}

const POINT = { size: [1, 1], strides: [1, 1], dilations: [1, 1], padding: 'valid', groups: 1 };

/** A depthwise filter is, in memory, a filter of one channel per group. */
function depthwise(call: LayerCall, multiplier: number): [NodeRef, Attributes] {
  const window = slidingWindow(call, call.pair('kernel_size'), call.pair('strides', [1, 1]));
  const groups = call.channels;
  const kernel = call.weight('depthwise_kernel', [...window.size, groups, multiplier]);
  const filter = { ...kernel, shape: [...window.size, 1, groups * multiplier] };
  return [call.constant('depthwise_kernel', filter), { ...window, groups }];
}

export function bias(call: LayerCall, size: number): NodeRef[] {
  if (!call.flag('use_bias', true)) return [];
  return [call.constant('bias', call.weight('bias', [size]))];
}
