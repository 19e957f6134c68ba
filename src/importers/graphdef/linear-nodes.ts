import type { NodeRef } from '../../graph/graph.ts';
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
