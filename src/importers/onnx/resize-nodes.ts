/** Nodes that give a picture other numbers of rows and columns. */
import { MOST_TIMES } from '../transposed-window.ts';
import type { NodeCall } from './node-call.ts';
import { reshaped } from './reshape.ts';
import { CHANNELS_LAST, inOrderOf } from './value.ts';
import type { Tensor, Value } from './value.ts';
import { arranged } from './arrange.ts';

/** scales or sizes, attributes or inputs; rows and columns change and no other axis. */
export function resize(call: NodeCall): Value {
  const x = call.picture(0);
  const { factors, sizes } = factorsOf(call, x);
  if (factors.every((factor) => factor === 1)) return x;
  if (factors[0] !== 1 || factors[1] !== 1) {
    throw call.unsupported(`a change of [batch, channels, rows, columns] by ${factors.join(', ')}`);
  }
  const mode = modeOf(call);
  const rounding = isOld(call) ? 'floor' : call.text('nearest_mode', 'round_prefer_floor');
  const place = placeOf(call);
  const times = factors.slice(2);
  const whole = times.every((factor) => Number.isInteger(factor) && factor >= 1);
  const repeats =
    (place === 'asymmetric' && rounding === 'floor') ||
    (place.endsWith('half_pixel') && rounding.startsWith('round_prefer'));
  if (Math.max(...times) > MOST_TIMES) throw call.bad(`repeats by ${factors.join(', ')}`);
  if (mode === 'nearest' && whole && repeats) {
    return call.give('upsample', [x.ref], { size: times }, CHANNELS_LAST);
  }
  const amount = sizes && !whole ? { size: sizes.slice(2) } : { scales: times };
  return call.give('resize', [x.ref], { mode, place, rounding, ...amount }, CHANNELS_LAST);
}

const PLACES = ['half_pixel', 'pytorch_half_pixel', 'asymmetric', 'align_corners'];

function isOld(call: NodeCall): boolean {
  return call.node.op === 'Upsample' || call.opset < 11;
}

function modeOf(call: NodeCall): 'linear' | 'nearest' {
  const mode = call.text('mode', 'nearest');
  if (call.number('antialias', 0) !== 0) throw call.unsupported('antialias');
  if (mode === 'nearest' || mode === 'linear') return mode;
  throw call.unsupported(`mode = ${mode}`);
}

function placeOf(call: NodeCall): string {
  const place = isOld(call)
    ? 'asymmetric'
    : call.text('coordinate_transformation_mode', 'half_pixel');
  if (PLACES.includes(place)) return place;
  throw call.unsupported(`coordinate_transformation_mode = ${place}`);
}

/** How many times larger each axis becomes, and how large where that is what is said. */
function factorsOf(
  call: NodeCall,
  x: Tensor,
): { factors: readonly number[]; sizes: readonly number[] | undefined } {
  const isInput = (index: number): boolean => call.has(index) && call.dims(index)[0] !== 0;
  const old = isOld(call);
  const scales = old ? call.list('scales', 1) : isInput(2) ? call.numbers(2) : undefined;
  const sizes = !old && isInput(3) ? call.numbers(3) : undefined;
  const axes = call.ints('axes', inOrderOf(4));
  const listed = scales ?? sizes?.map((size, index) => size / x.dims[axes[index]!]!);
  if (listed?.length !== axes.length || !listed.every((factor) => factor > 0)) {
    throw call.bad('does not say how large its output is');
  }
  const onAll = (list: readonly number[], otherwise: (axis: number) => number): number[] =>
    inOrderOf(4).map((axis) => (axes.includes(axis) ? list[axes.indexOf(axis)]! : otherwise(axis)));
  return {
    factors: onAll(listed, () => 1),
    sizes: scales ? undefined : sizes && onAll(sizes, (axis) => x.dims[axis]!),
  };
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
