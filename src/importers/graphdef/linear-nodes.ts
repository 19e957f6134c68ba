import type { Dimension, NodeRef } from '../../graph/graph.ts';
import { spread } from '../spread-filter.ts';
import { MOST_TIMES, transposedSide, usualLength } from '../transposed-window.ts';
import type { TransposedSide } from '../transposed-window.ts';
import type { Linear } from './fused.ts';
import type { NodeCall } from './node-call.ts';

/** filter [rows, columns, channels / groups, outputs] */
export const convolution: Linear = (call, bias, name) => {
  const { shape } = call.constant(1).constant;
  const channels = call.builder.shapeOf(call.tensor(0))[3];
  const groups = channels ? channels / shape[2]! : 1;
  const inputs = [call.tensor(0), call.tensor(1), ...(bias === undefined ? [] : [bias])];
  return call.builder.add('conv2d', inputs, { ...windowOver(call, shape), groups }, name);
};

/** filter [rows, columns, channels, multiplier]: in memory, one of a single channel per group. */
export const depthwiseConvolution: Linear = (call, bias, name) => {
  const { name: filterName, constant } = call.constant(1);
  const [rows, columns, groups, multiplier] = constant.shape as [number, number, number, number];
  const filter = call.builder.constant(
    { ...constant, shape: [rows, columns, 1, groups * multiplier] },
    call.builder.free(filterName),
  );
  const inputs = [call.tensor(0), filter, ...(bias === undefined ? [] : [bias])];
  return call.builder.add('conv2d', inputs, { ...windowOver(call, constant.shape), groups }, name);
};

/** inputs: the output's shape · filter [rows, columns, outputs, channels] · x */
export function transposedConvolution(call: NodeCall): NodeRef {
  const { name, constant } = call.constant(1);
  const { size, strides, dilations } = windowOver(call, constant.shape);
  if (Math.max(...strides) > MOST_TIMES) throw call.bad(`has strides = ${strides.join(', ')}`);
  const dilated = dilations.some((dilation) => dilation !== 1);
  const filter = spread(constant, dilations as [number, number]);
  if (!filter) throw call.unsupported(`dilations = ${dilations.join(', ')}`);
  const sides = [0, 1].map((axis) => {
    const span = (size[axis]! - 1) * dilations[axis]! + 1;
    return sideOf(call, axis, span, strides[axis]!);
  });
  const attributes = {
    size: filter.shape.slice(0, 2),
    strides,
    padding: sides.flatMap(({ cut }) => cut),
    behind: sides.map(({ behind }) => behind),
    groups: 1,
  };
  const weights = dilated ? call.derived(filter, `${name} spread`) : call.tensor(1);
  return call.builder.add('conv2dTranspose', [call.tensor(2), weights], attributes, call.output);
}

/** Where the shapes are known only when a picture comes, the output is as long as usual. */
function sideOf(call: NodeCall, axis: number, span: number, stride: number): TransposedSide {
  const padding = call.padding();
  const cells: Dimension = call.shapeOf(2)[axis + 1] ?? null;
  const total: Dimension = call.sizes(0)[axis + 1] ?? null;
  const length = cells === null || total === null ? null : total - (cells - 1) * stride;
  if (typeof padding !== 'string') {
    const cut = [padding[2 * axis]!, padding[2 * axis + 1]!] as const;
    const behind = length === null ? 0 : length - span + cut[0] + cut[1];
    if (behind >= 0 && behind < stride) return { cut, behind };
  } else {
    const side = transposedSide(padding, span, stride, length ?? undefined);
    // Cells are not known: the rest of what they make must be whole strides.
    const fits = total === null || (total - usualLength(padding, span, stride)) % stride === 0;
    if (side && (length !== null || fits)) return side;
  }
  throw call.unsupported(`an output of ${total ?? '?'} cells with strides of ${stride}`);
}

/** x [batch, inputs] · weights [inputs, outputs] */
export const product: Linear = (call, bias, name) => {
  const { builder } = call;
  const turned = (ref: NodeRef, flag: string): NodeRef =>
    call.flag(flag) ? builder.add('transpose', [ref], { order: [1, 0] }) : ref;
  const inputs = [turned(call.tensor(0), 'transpose_a'), turned(call.tensor(1), 'transpose_b')];
  if (bias === undefined) return builder.add('matMul', inputs, {}, name);
  return builder.add('add', [builder.add('matMul', inputs), bias], {}, name);
};

function windowOver(
  call: NodeCall,
  filter: readonly number[],
): { size: number[]; strides: number[]; dilations: number[]; padding: string | readonly number[] } {
  if (filter.length !== 4)
    throw call.bad(`has a filter of [${filter.join(', ')}], expected 4 axes`);
  return {
    size: filter.slice(0, 2),
    strides: call.pair('strides'),
    // Older graphs have none.
    dilations: call.pair('dilations', [1, 1]),
    padding: call.padding(),
  };
}
