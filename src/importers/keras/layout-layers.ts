/** Layers that move values without changing them. */
import type { NodeRef } from '../../graph/graph.ts';
import type { LayerCall } from './layer-call.ts';
import { reshaped } from './operation-layers.ts';
import { checkFormat } from './window.ts';

export function concatenate(call: LayerCall): NodeRef {
  const axis = call.axis(call.number('axis', -1));
  if (call.inputs.length === 1) return call.input;
  return call.builder.add('concat', call.inputs, { axis }, call.output);
}

/** [1, …] → [1, all cells]; how many they are is known only when the picture's size is. */
export function flatten(call: LayerCall): NodeRef {
  const { builder } = call;
  const shape = builder.shapeOf(call.input).slice(1);
  const cells = shape.reduce<number | null>(multiplied, 1);
  // Told of the channels' place, Keras flattens them last; else as they lie.
  const asTheyLie = call.shared.channelsFirst && call.rank === 4;
  const x =
    asTheyLie && call.text('data_format', 'channels_last') === 'channels_last'
      ? builder.add('transpose', [call.input], { order: [0, 3, 1, 2] })
      : call.input;
  return builder.add('reshape', [x], { shape: [1, cells] }, call.output);
}

/** A layer of Keras, or a function of Keras 3 of the same name. */
export function reshape(call: LayerCall): NodeRef {
  if ('newshape' in call.config) return reshaped(call);
  refuseChannelsFirst(call);
  const target = call.config['target_shape'];
  if (!Array.isArray(target)) throw call.bad('has no target_shape');
  const shape = [1, ...(target as (number | null)[]).map((size) => (size === -1 ? null : size))];
  return call.builder.add('reshape', [call.input], { shape }, call.output);
}

/** dims counts axes from 1, without the batch. */
export function permute(call: LayerCall): NodeRef {
  refuseChannelsFirst(call);
  const dims = call.config['dims'];
  if (!Array.isArray(dims)) throw call.bad('has no dims');
  const order = [0, ...(dims as number[])];
  return call.builder.add('transpose', [call.input], { order }, call.output);
}

export function zeroPadding2d(call: LayerCall): NodeRef {
  return call.builder.add('pad', [call.input], borders(call, 'padding'), call.output);
}

export function cropping2d(call: LayerCall): NodeRef {
  return call.builder.add('crop', [call.input], borders(call, 'cropping'), call.output);
}

function refuseChannelsFirst(call: LayerCall): void {
  if (call.shared.channelsFirst) throw call.unsupported("data_format 'channels_first'");
}

/** 1, [rows, columns] or [[top, bottom], [left, right]] */
function borders(call: LayerCall, option: string): { before: number[]; after: number[] } {
  checkFormat(call);
  const value = call.config[option];
  const nested = Array.isArray(value) && value.every((side) => Array.isArray(side));
  const sides = nested
    ? (value as [number, number][])
    : call.pair(option, [1, 1]).map((cells) => [cells, cells] as const);
  if (sides.length !== 2 || !sides.flat().every(Number.isInteger)) {
    throw call.bad(
      `has ${option} = ${JSON.stringify(value)}, expected [[top, bottom], [left, right]]`,
    );
  }
  const [rows, columns] = sides as [[number, number], [number, number]];
  return { before: [0, rows[0], columns[0], 0], after: [0, rows[1], columns[1], 0] };
}

function multiplied(product: number | null, size: number | null): number | null {
  return product === null || size === null ? null : product * size;
}
