/** Layers for [batch, cells, channels]: what becomes of a picture whose cells stand in one row. */
import type { NodeRef } from '../../graph/graph.ts';
import { isLength } from './layer-call.ts';
import type { LayerCall } from './layer-call.ts';
import { bias } from './linear-layers.ts';

/** The mean or the largest of all cells. */
export function globalPooling1d(op: 'reduceMean' | 'reduceMax'): (call: LayerCall) => NodeRef {
  return (call) => {
    checkSequence(call);
    const attributes = { axes: [1], keepDimensions: call.flag('keepdims', false) };
    return call.builder.add(op, [call.input], attributes, call.output);
  };
}

/** kernel [cells, channels / groups, filters] · bias [filters] */
export function conv1d(call: LayerCall): NodeRef {
  checkSequence(call);
  const { builder } = call;
  const size = one(call, 'kernel_size');
  const filters = call.number('filters');
  const groups = call.number('groups', 1);
  const kernel = call.weight('kernel', [size, call.channels / groups, filters]);
  const dilation = one(call, 'dilation_rate', 1);
  const window = {
    size: [1, size],
    strides: [1, one(call, 'strides', 1)],
    dilations: [1, dilation],
    padding: paddingOf(call, (size - 1) * dilation),
    groups,
  };
  const filter = call.constant('kernel', { ...kernel, shape: [1, ...kernel.shape] });
  const inputs = [asRow(call), filter, ...bias(call, filters)];
  return call.activate((name) => asSequence(call, builder.add('conv2d', inputs, window), name));
}

export function pooling1d(op: 'averagePool' | 'maxPool'): (call: LayerCall) => NodeRef {
  return (call) => {
    checkSequence(call);
    const size = one(call, 'pool_size', 2);
    const window = {
      size: [1, size],
      strides: [1, one(call, 'strides', size)],
      padding: paddingOf(call, 0),
    };
    return asSequence(call, call.builder.add(op, [asRow(call)], window), call.output);
  };
}

/** [1, channels] → [1, n, channels] */
export function repeatVector(call: LayerCall): NodeRef {
  const { builder, channels } = call;
  const count = one(call, 'n');
  const row = builder.add('reshape', [call.input], { shape: [1, 1, channels] });
  const ones = builder.constant({
    shape: [1, count, 1],
    read: () => new Float32Array(count).fill(1),
  });
  return builder.add('mul', [row, ones], {}, call.output);
}

function checkSequence(call: LayerCall): void {
  if (call.rank !== 3) throw call.bad(`has an input of ${call.rank} axes, expected 3`);
  const format = call.text('data_format', 'channels_last');
  if (format !== 'channels_last') throw call.unsupported(`data_format '${format}'`);
}

/** A number, which Keras may write as a list of one. */
function one(call: LayerCall, option: string, otherwise?: number): number {
  const value = [call.config[option] ?? otherwise].flat() as unknown[];
  const [number] = value;
  if (value.length === 1 && isLength(number)) return number;
  throw call.bad(
    `has ${option} = ${JSON.stringify(call.config[option])}, expected a number from 1 to 4096`,
  );
}

/** @param past cells that a causal window looks back */
function paddingOf(call: LayerCall, past: number): string | readonly number[] {
  const padding = call.text('padding', 'valid');
  if (padding === 'same' || padding === 'valid') return padding;
  if (padding === 'causal') return [0, 0, past, 0];
  throw call.unsupported(`padding '${padding}'`);
}

/** A picture of one row. */
function asRow({ builder, input, channels }: LayerCall): NodeRef {
  const cells = builder.shapeOf(input)[1]!;
  return builder.add('reshape', [input], { shape: [1, 1, cells, channels] });
}

function asSequence({ builder }: LayerCall, row: NodeRef, name: string | undefined): NodeRef {
  const [, , cells, channels] = builder.shapeOf(row);
  return builder.add('reshape', [row], { shape: [1, cells!, channels!] }, name);
}
