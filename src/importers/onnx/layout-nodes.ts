/** Nodes that join, surround and stretch tensors. */
import { arranged, pinned } from './arrange.ts';
import { folded, isWhole, knownInputs } from './fold.ts';
import type { NodeCall } from './node-call.ts';
import { picked } from './reshape-nodes.ts';
import { cellsOf, dimsOf, sameNumbers, tensorOf } from './value.ts';
import type { Value } from './value.ts';

export function concatenate(call: NodeCall): Value {
  const known = knownInputs(call);
  const count = call.node.inputs.length;
  const axis = call.axis(call.number('axis', 1), call.dims(0).length);
  for (let index = 1; index < count; index++) {
    const others = call.dims(index);
    const fits = call.dims(0).every((size, each) => each === axis || size === others[each]);
    if (!fits || others.length !== call.dims(0).length) {
      throw call.bad(`joins [${call.dims(0).join(', ')}] with [${others.join(', ')}]`);
    }
  }
  if (known) return joinedNumbers(call, axis);
  const tensors = call.node.inputs.map((_, index) => call.tensor(index));
  const like = tensors.find((tensor, index) => call.value(index).kind === 'tensor' && tensor)!;
  const refs = tensors.map((tensor) => arranged(call.builder, tensor, like.order).ref);
  if (refs.length === 1) return arranged(call.builder, like, like.order);
  const along = like.order.indexOf(axis);
  const isKnown = refs.every((ref) => call.builder.shapeOf(ref)[along] !== null);
  const parts = isKnown ? refs : refs.map((ref) => pinned(call.builder, ref));
  return call.give('concat', parts, { axis: along }, like.order);
}

function joinedNumbers(call: NodeCall, axis: number): Value {
  const inputs = knownInputs(call)!;
  const sizes = inputs.map((input) => dimsOf(input)[axis]!);
  const first = dimsOf(inputs[0]!);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const dims = first.map((size, each) => (each === axis ? total : size));
  const inner = cellsOf(first.slice(axis + 1));
  const outer = cellsOf(first.slice(0, axis));
  return folded(call, inputs, { dims, whole: inputs.every(isWhole) }, (lists) => {
    const target = new Float64Array(cellsOf(dims));
    let to = 0;
    for (let block = 0; block < outer; block++) {
      lists.forEach((list, index) => {
        const run = sizes[index]! * inner;
        for (let cell = 0; cell < run; cell++) target[to++] = list[block * run + cell]!;
      });
    }
    return target;
  });
}

/** pads: [before each axis, after each axis]; attributes before opset 11, inputs since. */
export function pad(call: NodeCall): Value {
  const x = call.tensor(0);
  const rank = x.dims.length;
  const mode = call.text('mode', 'constant');
  const value = call.either('value', 2) ?? 0;
  if (mode !== 'constant') throw call.unsupported(`mode = ${mode}`);
  const pads = call.list('pads', 1) ?? [];
  const axes = call.has(3)
    ? call.numbers(3).map((axis) => call.axis(axis, rank))
    : x.dims.map((_, axis) => axis);
  if (pads.length !== 2 * axes.length || pads.some((cells) => !(Math.abs(cells) <= MOST_PADDING))) {
    throw call.bad(`has pads = [${pads.slice(0, 16).join(', ')}] for ${axes.length} axes`);
  }
  const plain = arranged(call.builder, x, x.order);
  const side = (first: number, sign: number): number[] => {
    const cells = plain.dims.map(() => 0);
    axes.forEach((axis, index) => {
      cells[plain.order.indexOf(axis)] = Math.max(sign * pads[first + index]!, 0);
    });
    return cells;
  };
  const [more, less] = [1, -1].map((sign) => ({
    before: side(0, sign),
    after: side(axes.length, sign),
  }));
  const isNone = ({ before, after }: { before: number[]; after: number[] }): boolean =>
    [...before, ...after].every((cells) => cells === 0);
  if (value !== 0 && !isNone(more!)) throw call.unsupported(`a border of ${value}`);
  const cropped = isNone(less!) ? plain.ref : call.builder.add('crop', [plain.ref], less);
  if (isNone(more!)) return tensorOf(call.builder, cropped, plain.order);
  return call.give('pad', [cropped], more!, plain.order);
}

const MOST_PADDING = 1024;

/** Only where nothing is stretched, or what is stretched is known. */
export function expand(call: NodeCall): Value {
  const x = call.value(0);
  const dims = dimsOf(x);
  const wanted = call.numbers(1);
  const rank = Math.max(dims.length, wanted.length);
  const sized = (list: readonly number[], axis: number): number =>
    list[axis - rank + list.length] ?? 1;
  const result = Array.from({ length: rank }, (_, axis) =>
    Math.max(sized(dims, axis), sized(wanted, axis)),
  );
  if (x.kind === 'tensor') {
    if (sameNumbers(result, dims)) return x;
    throw call.unsupported('stretching what is computed from the picture');
  }
  const steps = result.map((_, axis) =>
    sized(dims, axis) === 1 ? 0 : cellsOf(dims.slice(axis - rank + dims.length + 1)),
  );
  return picked(call, x, result, (place) =>
    place.reduce((sum, at, axis) => sum + at * steps[axis]!, 0),
  );
}
