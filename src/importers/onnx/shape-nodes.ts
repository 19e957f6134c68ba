/** Nodes that give sizes and constants. */
import { MOST_MADE, MOST_NUMBERS, foldUnary, folded, isWhole, knownInputs } from './fold.ts';
import type { NetworkConstant } from './network.ts';
import { MOST_SETTINGS } from './node-call.ts';
import type { NodeCall } from './node-call.ts';
import { cellsOf, dimsOf } from './value.ts';
import type { Numbers, Value } from './value.ts';

/** Sizes from `start` to `end`, for pictures of the network's own size. */
export function shapeOfInput(call: NodeCall): Value {
  const dims = call.dims(0);
  const values = dims.slice(call.number('start', 0), call.number('end', dims.length));
  return whole([values.length], values);
}

export function sizeOfInput(call: NodeCall): Value {
  return whole([], [cellsOf(call.dims(0))]);
}

/** value (a tensor), value_int, value_ints, value_float, value_floats */
export function constant(call: NodeCall): Value {
  const tensor = call.tensorAttribute('value');
  if (tensor) return constantValue(call.node.name, tensor);
  const { attributes } = call.node;
  if ('value_int' in attributes) return whole([], [call.number('value_int', 0)]);
  if ('value_float' in attributes) {
    return { ...whole([], [call.number('value_float', 0)]), whole: false };
  }
  if ('value_floats' in attributes) {
    const values = call.ints('value_floats');
    return { ...whole([values.length], values), whole: false };
  }
  if (!('value_ints' in attributes)) throw call.unsupported('a constant of another kind');
  const values = call.ints('value_ints');
  return whole([values.length], values);
}

/** What a constant of the file is: numbers at once where they are whole and few. */
export function constantValue(name: string, { constant, values }: NetworkConstant): Value {
  if (!values || cellsOf(constant.shape) > MOST_NUMBERS) {
    return { kind: 'constant', name, constant };
  }
  return whole(constant.shape, Array.from(values()));
}

export function constantOfShape(call: NodeCall): Value {
  const dims = call.numbers(0);
  const tensor = call.tensorAttribute('value');
  const isSizes = tensor?.whole === true && cellsOf(dims) <= MOST_NUMBERS;
  const value = tensor ? (tensor.constant.read()[0] ?? 0) : 0;
  const count = countOf(call, dims);
  if (isSizes) return whole(dims, new Array<number>(count).fill(value));
  const read = (): Float32Array => new Float32Array(count).fill(value);
  const name = call.node.name;
  return { kind: 'constant', name, constant: { shape: dims, weights: [], read } };
}

export function range(call: NodeCall): Value {
  const [start, limit, step] = [0, 1, 2].map((index) => call.numbers(index)[0] ?? NaN);
  const count = Math.max(Math.ceil((limit! - start!) / step!), 0);
  if (!(count <= MOST_NUMBERS)) throw call.bad(`makes a list of ${count} numbers`);
  return {
    ...whole(
      [count],
      Array.from({ length: count }, (_, index) => start! + index * step!),
    ),
  };
}

/** Pictures are floats here whatever they are called; known numbers may become whole. */
export function cast(call: NodeCall): Value {
  const x = call.value(0);
  const to = call.number('to', 1);
  const isFloat = FLOATS.has(to);
  if (x.kind === 'tensor') {
    if (isFloat) return x;
    throw call.unsupported('a cast of what is computed from the picture to whole numbers');
  }
  if (isFloat) return x.kind === 'numbers' ? { ...x, whole: false } : x;
  const rounded = to === BOOL ? (value: number): number => Number(value !== 0) : Math.trunc;
  if (cellsOf(dimsOf(x)) > MOST_SETTINGS) return foldUnary(rounded, true)(call);
  return whole(dimsOf(x), call.numbers(0).map(rounded));
}

/** float, float16, double, bfloat16 */
const FLOATS = new Set([1, 10, 11, 16]);
const BOOL = 9;

/** Of known numbers: their product, smallest or largest over all axes. */
export function reduceKnown(
  call: NodeCall,
  combine: (a: number, b: number) => number,
): Value | null {
  const inputs = knownInputs(call);
  const [x] = inputs ?? [];
  if (!x) return null;
  const rank = dimsOf(x).length;
  const axes = call.list('axes', 1);
  if (rank > 1 && axes && axes.length !== rank) throw call.unsupported('some axes of a constant');
  const dims = call.number('keepdims', 1) === 1 ? dimsOf(x).map(() => 1) : [];
  return folded(call, [x], { dims, whole: isWhole(x) }, ([values]) => [
    Array.from(values!).reduce(combine),
  ]);
}

function countOf(call: NodeCall, dims: readonly number[]): number {
  const count = cellsOf(dims);
  const fits = dims.every((size) => Number.isInteger(size) && size >= 0) && count <= MOST_MADE;
  if (fits) return count;
  throw call.bad(`makes a constant of the impossible shape [${dims.slice(0, 8).join(', ')}]`);
}

export function whole(dims: readonly number[], values: readonly number[]): Numbers {
  return { kind: 'numbers', dims, values, whole: true };
}
