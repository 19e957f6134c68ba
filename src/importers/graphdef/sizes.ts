/**
 * Arithmetic on shapes: what Shape gives, and what graphs compute from it to say how a tensor is
 * reshaped. A size that is known only when a picture comes is null, and so is what depends on it.
 */
import type { Dimension } from '../../graph/graph.ts';
import type { NodeCall } from './node-call.ts';
import type { Sizes } from './value.ts';

type Rule = (call: NodeCall) => Sizes;

/** Of the ops that take numbers, those that only shapes go through. To add one: a line here. */
export const sizeOps: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ['Shape', (call) => list(call.shapeOf(0))],
  ['StridedSlice', sliced],
  ['Pack', (call) => list(call.values.flatMap((_, index) => call.sizes(index)))],
  ['ConcatV2', (call) => list(call.values.slice(0, -1).flatMap((_, index) => call.sizes(index)))],
  ['GatherV2', gathered],
  ['Gather', gathered],
  ['Prod', product],
  ['ExpandDims', (call) => list(call.sizes(0))],
  ['Squeeze', (call) => ({ sizes: call.sizes(0), isList: false })],
  ['Mul', binary((a, b) => a * b)],
  ['Add', binary((a, b) => a + b)],
  ['AddV2', binary((a, b) => a + b)],
  ['Sub', binary((a, b) => a - b)],
  ['FloorDiv', binary((a, b) => Math.floor(a / b))],
  ['Maximum', binary((a, b) => Math.max(a, b))],
  ['Minimum', binary((a, b) => Math.min(a, b))],
]);

/** `wanted` with its one unknown size made so that it has as many cells; null if there is none. */
export function wholeShape(wanted: readonly Dimension[], cells: number): number[] | null {
  const unknown = (size: Dimension): boolean => size === null || size === -1;
  const known = wanted.reduce<number>((total, size) => (unknown(size) ? total : total * size!), 1);
  if (wanted.filter(unknown).length > 1 || known === 0 || cells % known !== 0) return null;
  return wanted.map((size) => (unknown(size) ? cells / known : size!));
}

function list(sizes: readonly Dimension[]): Sizes {
  return { sizes, isList: true };
}

function binary(compute: (a: number, b: number) => number): Rule {
  return (call) => {
    const [a, b] = [call.sizes(0), call.sizes(1)];
    const length = Math.max(a.length, b.length);
    const at = (sizes: readonly Dimension[], index: number): Dimension =>
      sizes[sizes.length === 1 ? 0 : index] ?? null;
    const sizes = Array.from({ length }, (_, index) => {
      const [left, right] = [at(a, index), at(b, index)];
      return left === null || right === null ? null : compute(left, right);
    });
    return { sizes, isList: call.isList(0) || call.isList(1) };
  };
}

function product(call: NodeCall): Sizes {
  const sizes = call.sizes(0);
  const total = sizes.reduce<Dimension>(
    (found, size) => (found === null || size === null ? null : found * size),
    1,
  );
  return { sizes: [total], isList: call.flag('keep_dims') };
}

/** inputs: list · places */
function gathered(call: NodeCall): Sizes {
  const sizes = call.sizes(0);
  const places = call.setting(1);
  return { sizes: places.map((place) => sizes.at(place) ?? null), isList: call.isList(1) };
}

/** inputs: list · begin [1] · end [1] · strides [1] */
function sliced(call: NodeCall): Sizes {
  const sizes = call.sizes(0);
  const [[begin], [end], [stride]] = [call.setting(1), call.setting(2), call.setting(3)];
  if (begin === undefined || end === undefined || stride !== 1) {
    throw call.unsupported('this cut through a shape');
  }
  if (call.number('shrink_axis_mask', 0) & 1)
    return { sizes: [sizes.at(begin) ?? null], isList: false };
  const first = call.number('begin_mask', 0) & 1 ? 0 : begin;
  const last = call.number('end_mask', 0) & 1 ? sizes.length : end;
  return list(sizes.slice(first, last));
}
