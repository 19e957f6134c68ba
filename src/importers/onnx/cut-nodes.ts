/** Nodes that take parts of a tensor. */
import type { Attributes } from '../../graph/graph.ts';
import { arranged } from './arrange.ts';
import type { NodeCall } from './node-call.ts';
import { picked } from './reshape-nodes.ts';
import { reshaped } from './reshape.ts';
import { CHANNELS_LAST, cellsOf, dimsOf, tensorOf } from './value.ts';
import type { Tensor, Value } from './value.ts';

/** Sizes come as an attribute, as an input, or are equal shares. */
export function split(call: NodeCall): Value[] {
  const x = call.tensor(0);
  const axis = call.axis(call.number('axis', 0), x.dims.length);
  const total = x.dims[axis]!;
  const parts = call.node.outputs.length;
  const share = Math.ceil(total / parts);
  const sizes =
    call.list('split', 1) ??
    call.node.outputs.map((_, index) => Math.min(share, total - index * share));
  if (sizes.length !== parts || sizes.reduce((sum, size) => sum + size, 0) !== total) {
    throw call.bad(`splits ${total} into ${sizes.join(' + ')}`);
  }
  let start = 0;
  return sizes.map((size, index) => {
    const range = { axis, start, end: start + size };
    start += size;
    return cut(call, x, [range], call.output(index));
  });
}

interface Range {
  readonly axis: number;
  readonly start: number;
  readonly end: number;
}

/** The cells of some ranges. */
function cut(call: NodeCall, x: Tensor, ranges: readonly Range[], name?: string): Tensor {
  const { builder } = call;
  const plain = arranged(builder, x, x.order);
  const before = plain.dims.map(() => 0);
  const after = plain.dims.map(() => 0);
  for (const { axis, start, end } of ranges) {
    const size = plain.dims[axis]!;
    if (start < 0 || end > size || start >= end) throw call.bad(`cuts ${start}…${end} of ${size}`);
    before[plain.order.indexOf(axis)] = start;
    after[plain.order.indexOf(axis)] = size - end;
  }
  if ([...before, ...after].every((cells) => cells === 0)) return plain;
  return tensorOf(builder, builder.add('crop', [plain.ref], { before, after }, name), plain.order);
}

/** starts, ends, axes, steps: attributes before opset 10, inputs since. */
export function slice(call: NodeCall): Value {
  const x = call.value(0);
  const dims = dimsOf(x);
  const starts = call.list('starts', 1) ?? [];
  const ends = call.list('ends', 2) ?? [];
  const axes = (call.list('axes', 3) ?? starts.map((_, index) => index)).map((axis) =>
    call.axis(axis, dims.length),
  );
  const steps = (call.has(4) ? call.numbers(4) : undefined) ?? starts.map(() => 1);
  const ranges = axes.map((axis, index) =>
    rangeOf(call, { axis, size: dims[axis]! }, [starts[index], ends[index], steps[index]]),
  );
  if (x.kind !== 'tensor') {
    const sizes = [...dims];
    for (const { axis, start, end, step } of ranges) {
      sizes[axis] = Math.max(Math.ceil((end - start) / step), 0);
    }
    const inner = dims.map((_, axis) => cellsOf(dims.slice(axis + 1)));
    const at = new Map(ranges.map((range) => [range.axis, range]));
    return picked(call, x, sizes, (place) =>
      place.reduce((sum, cell, axis) => {
        const { start = 0, step = 1 } = at.get(axis) ?? {};
        return sum + (start + cell * step) * inner[axis]!;
      }, 0),
    );
  }
  const strided = ranges.filter(({ step }) => step !== 1);
  if (strided.length === 0) return cut(call, x, ranges, call.output());
  const parts = cut(call, x, ranges);
  const order = orderForSteps(
    parts,
    strided.map(({ axis }) => axis),
  );
  if (order === null || strided.some(({ step }) => step < 1)) {
    throw call.unsupported('a step over other axes than rows and columns');
  }
  return everyNth(call, arranged(call.builder, parts, order), strided);
}

/** An order in which those axes lie where the graph has rows and columns. */
function orderForSteps({ dims, order }: Tensor, axes: readonly number[]): readonly number[] | null {
  const fits = (places: readonly number[]): boolean =>
    axes.every((axis) => [1, 2].includes(places.indexOf(axis)));
  if (dims.length !== 4) return null;
  return [order, CHANNELS_LAST].find(fits) ?? null;
}

/** Every n-th row and column: a convolution of each channel by a single 1. */
function everyNth(
  call: NodeCall,
  { ref, dims, order }: Tensor,
  ranges: readonly { axis: number; step: number }[],
): Tensor {
  const channels = dims[order[3]!]!;
  const ones = {
    shape: [1, 1, 1, channels],
    weights: [],
    read: () => new Float32Array(channels).fill(1),
  };
  const step = (place: number): number =>
    ranges.find(({ axis }) => axis === order[place])?.step ?? 1;
  const attributes: Attributes = {
    size: [1, 1],
    strides: [step(1), step(2)],
    dilations: [1, 1],
    padding: 'valid',
    groups: channels,
  };
  const filter = call.added(`${call.node.name}/ones`, ones);
  return call.give('conv2d', [ref, filter], attributes, order);
}

function rangeOf(
  call: NodeCall,
  { axis, size }: { axis: number; size: number },
  [start = NaN, end = NaN, step = 1]: readonly (number | undefined)[],
): Range & { step: number } {
  if (!Number.isInteger(start + end + step) || step === 0) throw call.bad('has no whole ranges');
  const counted = (at: number, low: number, high: number): number =>
    Math.min(Math.max(at < 0 ? at + size : at, low), high);
  return step > 0
    ? { axis, start: counted(start, 0, size), end: counted(end, 0, size), step }
    : { axis, start: counted(start, 0, size - 1), end: counted(end, -1, size - 1), step };
}

/** Picks by constant indices: one cell drops the axis, several are joined again. */
export function gather(call: NodeCall): Value {
  const x = call.value(0);
  const dims = dimsOf(x);
  const axis = call.axis(call.number('axis', 0), dims.length);
  const size = dims[axis]!;
  const shape = call.dims(1);
  const indices = call.numbers(1).map((index) => (index < 0 ? index + size : index));
  if (indices.some((index) => !Number.isInteger(index) || index < 0 || index >= size)) {
    throw call.bad(`picks ${indices.slice(0, 8).join(', ')} of ${size}`);
  }
  const result = [...dims.slice(0, axis), ...shape, ...dims.slice(axis + 1)];
  if (x.kind !== 'tensor') {
    const [inner, rank] = [cellsOf(dims.slice(axis + 1)), shape.length];
    return picked(call, x, result, (place) => {
      const flat = (from: number, to: number, of: readonly number[]): number =>
        place.slice(from, to).reduce((sum, at, each) => sum * of[each]! + at, 0);
      const outer = flat(0, axis, dims);
      const index = indices[flat(axis, axis + rank, shape)]!;
      return (outer * size + index) * inner + flat(axis + rank, place.length, dims.slice(axis + 1));
    });
  }
  if (shape.length > 1 || indices.length > MOST_PICKED) {
    throw call.unsupported(`picking ${indices.length} cells of what comes from the picture`);
  }
  const parts = indices.map((index) => cut(call, x, [{ axis, start: index, end: index + 1 }]));
  const [first] = parts;
  if (!first) throw call.bad('picks nothing');
  if (shape.length === 0) return reshaped(call.builder, first, result, call.output());
  if (parts.length === 1) return first;
  const refs = parts.map(({ ref }) => ref);
  return call.give('concat', refs, { axis: first.order.indexOf(axis) }, first.order);
}

const MOST_PICKED = 64;
