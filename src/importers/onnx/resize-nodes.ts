/** Nodes that give a picture more rows and columns. */
import type { NodeCall } from './node-call.ts';
import { reshaped } from './reshape.ts';
import { CHANNELS_LAST, inOrderOf } from './value.ts';
import type { Tensor, Value } from './value.ts';
import { arranged } from './arrange.ts';

/** Every cell repeated a whole number of times: scales or sizes, attributes or inputs. */
export function resize(call: NodeCall): Value {
  const x = call.picture(0);
  const factors = factorsOf(call, x);
  const mode = call.text('mode', 'nearest');
  if (factors.every((factor) => factor === 1)) return x;
  const whole = factors.every((factor) => Number.isInteger(factor) && factor >= 1);
  if (mode !== 'nearest' || !whole || factors[0] !== 1 || factors[1] !== 1) {
    throw call.unsupported(`mode = ${mode} by ${factors.join(', ')} (only whole repetitions are)`);
  }
  if (factors.some((factor) => factor > MOST_TIMES))
    throw call.bad(`repeats by ${factors.join(', ')}`);
  const place = call.text('coordinate_transformation_mode', 'half_pixel');
  const rounding = call.text('nearest_mode', 'round_prefer_floor');
  const repeats =
    (place === 'asymmetric' && rounding === 'floor') ||
    (place.startsWith('half_pixel') && rounding.startsWith('round_prefer'));
  const isOld = call.node.op === 'Upsample' || call.opset < 11;
  if (!repeats && !isOld) {
    throw call.unsupported(`nearest cells by ${place} and ${rounding}`);
  }
  return call.give('upsample', [x.ref], { size: factors.slice(2) }, CHANNELS_LAST);
}

const MOST_TIMES = 64;

/** How many times larger each axis becomes. */
function factorsOf(call: NodeCall, x: Tensor): readonly number[] {
  const { op } = call.node;
  const isInput = (index: number): boolean => call.has(index) && call.dims(index)[0] !== 0;
  const old = op === 'Upsample' || call.opset < 11;
  const scales = old ? call.list('scales', 1) : isInput(2) ? call.numbers(2) : undefined;
  const sizes = !old && isInput(3) ? call.numbers(3) : undefined;
  const axes = call.ints('axes', inOrderOf(4));
  const listed = scales ?? sizes?.map((size, index) => size / x.dims[axes[index]!]!);
  if (listed?.length !== axes.length) throw call.bad('does not say how large its output is');
  return inOrderOf(4).map((axis) => (axes.includes(axis) ? listed[axes.indexOf(axis)]! : 1));
}

/** Blocks of channels become blocks of rows and columns. */
export function depthToSpace(call: NodeCall): Tensor {
  const { builder } = call;
  const x = call.picture(0);
  const block = call.number('blocksize', 0);
  const [batch, channels, rows, columns] = x.dims as [number, number, number, number];
  const depth = channels / block ** 2;
  if (!Number.isInteger(depth) || block < 1) {
    throw call.bad(`has blocksize = ${block} for ${channels} channels`);
  }
  const isDepthFirst = call.text('mode', 'DCR') === 'DCR';
  const split = isDepthFirst
    ? [batch, block, block, depth, rows, columns]
    : [batch, depth, block, block, rows, columns];
  // As [batch, depth, rows, block, columns, block].
  const order = isDepthFirst ? [0, 3, 4, 1, 5, 2] : [0, 1, 4, 2, 5, 3];
  const blocks = arranged(builder, reshaped(builder, x, split), order);
  const turned: Tensor = {
    ...blocks,
    order: inOrderOf(6),
    dims: order.map((axis) => blocks.dims[axis]!),
  };
  return reshaped(builder, turned, [batch, depth, rows * block, columns * block], call.output());
}
