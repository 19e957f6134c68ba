/** Nodes that compute with what is known: sizes, axes, weights. They are done here and now. */
import { derived, isBeyondMeasure, remembered } from '../weights.ts';
import type { StoredConstant } from '../weights.ts';
import type { NodeCall } from './node-call.ts';
import { cellsOf, dimsOf, sameNumbers } from './value.ts';
import type { ConstantValue, Numbers, Value } from './value.ts';

/** Whole numbers beyond this many are no sizes or axes. */
export const MOST_NUMBERS = 65_536;

/** Numbers that no file holds (fills, repetitions): together no more than a large network has. */
export const MOST_MADE = 2 ** 27;

/** A node over what is known. */
export type Fold = (call: NodeCall) => Value;

type Compute = (inputs: readonly ArrayLike<number>[]) => ArrayLike<number>;

/** Numbers where all inputs are known numbers; else a constant, computed when it is read. */
export function folded(
  call: NodeCall,
  inputs: readonly (ConstantValue | Numbers)[],
  { dims, whole }: { dims: readonly number[]; whole: boolean },
  compute: Compute,
): Value {
  const count = cellsOf(dims);
  if (count > MOST_MADE) throw call.bad(`makes ${count} numbers out of nothing`);
  const known = inputs.filter((input): input is Numbers => input.kind === 'numbers');
  if (known.length === inputs.length) {
    if (count > MOST_NUMBERS) throw call.bad(`makes a list of ${count} sizes`);
    const values = Array.from(compute(known.map(({ values }) => values)));
    return { kind: 'numbers', dims, values, whole };
  }
  const sources = inputs.map((input) =>
    input.kind === 'constant'
      ? input.constant
      : { shape: input.dims, weights: [], read: () => Float32Array.from(input.values) },
  );
  const read = (values: readonly Float32Array[]): Float32Array => {
    const made = compute(values);
    return made instanceof Float32Array ? made : Float32Array.from(made);
  };
  return computed(call, call.node.name, derived(dims, sources, read));
}

/** A constant that is computed from others. */
export function computed(call: NodeCall, name: string, constant: StoredConstant): ConstantValue {
  if (isBeyondMeasure(constant)) {
    throw call.bad(
      'is computed from a hundred others, one after another, or from hundreds at once',
    );
  }
  return { kind: 'constant', name, constant: remembered(constant) };
}

/** The inputs, where none of them comes from the picture. */
export function knownInputs(call: NodeCall): (ConstantValue | Numbers)[] | null {
  const inputs = call.values.filter((value) => value !== undefined);
  return inputs.every((value) => value.kind !== 'tensor') ? inputs : null;
}

export function foldUnary(compute: (x: number) => number, whole?: boolean): Fold {
  return (call) => {
    const [x] = knownInputs(call)!;
    const kind = { dims: dimsOf(x!), whole: whole ?? isWhole(x!) };
    return folded(call, [x!], kind, ([values]) => Array.from(values!, compute));
  };
}

export function foldElementwise(compute: (...values: number[]) => number, truncates = false): Fold {
  return (call) => {
    const inputs = knownInputs(call)!;
    const dims = inputs.map(dimsOf).reduce((a, b) => broadcast(call, a, b));
    const whole = inputs.every(isWhole);
    const finish = whole && truncates ? Math.trunc : (x: number): number => x;
    return folded(call, inputs, { dims, whole }, (values) => {
      const places = inputs.map((input) => stretchedPlaces(dimsOf(input), dims));
      const count = cellsOf(dims);
      const target = new Float64Array(count);
      for (let index = 0; index < count; index++) {
        const cells = values.map((list, input) => list[places[input]!(index)]!);
        target[index] = finish(compute(...cells));
      }
      return target;
    });
  };
}

export function isWhole(value: Value): boolean {
  return value.kind === 'numbers' && value.whole;
}

/** For the flat index of a stretched tensor, the flat index of the cell that was stretched. */
function stretchedPlaces(
  from: readonly number[],
  to: readonly number[],
): (index: number) => number {
  if (sameNumbers(from, to)) return (index) => index;
  if (cellsOf(from) === 1) return () => 0;
  const missing = to.length - from.length;
  const steps = to.map((_, axis) =>
    axis < missing || from[axis - missing] === 1 ? 0 : cellsOf(from.slice(axis - missing + 1)),
  );
  return (index) => {
    let place = 0;
    let rest = index;
    for (let axis = to.length - 1; axis >= 0; axis--) {
      place += (rest % to[axis]!) * steps[axis]!;
      rest = Math.floor(rest / to[axis]!);
    }
    return place;
  };
}

export function broadcast(
  call: NodeCall,
  a: readonly number[],
  b: readonly number[],
): readonly number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const left = a[axis - rank + a.length] ?? 1;
    const right = b[axis - rank + b.length] ?? 1;
    if (left === right || right === 1) return left;
    if (left === 1) return right;
    throw call.bad(`joins [${a.join(', ')}] with [${b.join(', ')}], which do not fit`);
  });
}
