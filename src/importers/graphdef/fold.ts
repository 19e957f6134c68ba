/**
 * What a graph computes from constants alone (√(variance + ε), γ · …) is a constant: computed
 * when it is read, and not kept.
 */
import { broadcastShape } from '../../ops/arithmetic.ts';
import { derived } from '../weights.ts';
import type { StoredConstant } from '../weights.ts';
import { axesDropped, fromStart } from './axes.ts';
import type { NodeCall } from './node-call.ts';
import { wholeShape } from './sizes.ts';

/** Gives the node's value, all of whose inputs are constants. */
type Fold = (call: NodeCall) => StoredConstant;

interface Foldable {
  readonly fold: Fold;
  /** Inputs that must be read to know the constant's shape. */
  readonly settings?: readonly number[];
}

/** No constant of a picture network has more cells. */
const MOST_CELLS = 2 ** 27;

const sum = elementwise((a, b) => a + b);
const quotient = elementwise((a, b) => a / b);
const reciprocal = ofEach((x) => 1 / x);

/** To add one: a line here. */
export const folds: ReadonlyMap<string, Foldable> = new Map<string, Foldable>([
  ['Add', sum],
  ['AddV2', sum],
  ['BiasAdd', sum],
  ['Sub', elementwise((a, b) => a - b)],
  ['Mul', elementwise((a, b) => a * b)],
  ['RealDiv', quotient],
  ['Div', quotient],
  ['Pow', elementwise((a, b) => a ** b)],
  ['Maximum', elementwise((a, b) => Math.max(a, b))],
  ['Minimum', elementwise((a, b) => Math.min(a, b))],
  ['Rsqrt', ofEach((x) => 1 / Math.sqrt(x))],
  ['Sqrt', ofEach((x) => Math.sqrt(x))],
  ['Square', ofEach((x) => x * x)],
  ['Neg', ofEach((x) => -x)],
  ['Exp', ofEach((x) => Math.exp(x))],
  ['Inv', reciprocal],
  ['Reciprocal', reciprocal],
  ['Dequantize', { fold: dequantized }],
  ['Reshape', { fold: (call) => reshaped(call, call.sizes(1)), settings: [1] }],
  ['Squeeze', { fold: (call) => reshaped(call, axesDropped(call, constantIn(call, 0).shape)) }],
  ['ExpandDims', { fold: expanded, settings: [1] }],
]);

function constantIn(call: NodeCall, index: number): StoredConstant {
  return call.constant(index).constant;
}

function ofEach(compute: (x: number) => number): Foldable {
  return {
    fold: (call) => {
      const x = constantIn(call, 0);
      return derived(x.shape, [x], ([values]) => values!.map(compute));
    },
  };
}

function elementwise(compute: (a: number, b: number) => number): Foldable {
  return {
    fold: (call) => {
      const [a, b] = [constantIn(call, 0), constantIn(call, 1)];
      const shape = call.checkedShape(() => broadcastShape(a.shape, b.shape)) as number[];
      const cells = cellsOf(shape);
      if (cells > MOST_CELLS) throw call.bad(`makes a constant of [${shape.join(', ')}]`);
      return derived(shape, [a, b], ([left, right]) => {
        const [leftAt, rightAt] = [stretched(a.shape, shape), stretched(b.shape, shape)];
        const values = new Float32Array(cells);
        for (let cell = 0; cell < cells; cell++) {
          values[cell] = compute(left![leftAt(cell)]!, right![rightAt(cell)]!);
        }
        return values;
      });
    },
  };
}

/** From a cell of `shape` to the cell of `source`, stretched to that shape, that it comes from. */
function stretched(source: readonly number[], shape: readonly number[]): (cell: number) => number {
  const cells = cellsOf(source);
  if (cells === cellsOf(shape)) return (cell) => cell;
  if (shape.slice(-source.length).every((size, axis) => size === source[axis])) {
    return (cell) => cell % Math.max(cells, 1);
  }
  return (cell) => {
    let [from, step, rest] = [0, 1, cell];
    for (let axis = 1; axis <= source.length; axis++) {
      const [size, length] = [source.at(-axis)!, shape.at(-axis)!];
      if (size > 1) from += (rest % length) * step;
      rest = Math.floor(rest / length);
      step *= size;
    }
    return from;
  };
}

function reshaped(call: NodeCall, wanted: readonly (number | null)[]): StoredConstant {
  const x = constantIn(call, 0);
  const shape = wholeShape(wanted, cellsOf(x.shape));
  if (shape && cellsOf(shape) === cellsOf(x.shape)) return { ...x, shape };
  throw call.bad(`makes [${wanted.join(', ')}] of [${x.shape.join(', ')}]`);
}

function expanded(call: NodeCall): StoredConstant {
  const { shape } = constantIn(call, 0);
  const axis = fromStart(call.setting(1)[0]!, shape.length + 1);
  return reshaped(call, [...shape.slice(0, axis), 1, ...shape.slice(axis)]);
}

/**
 * Weights in 8 bits: value · step + lowest, where [lowest, highest] are the inputs 1 and 2. In
 * the mode MIN_FIRST the lowest value is rounded to a step, so that 0 stays 0.
 */
function dequantized(call: NodeCall): StoredConstant {
  const [x, low, high] = [0, 1, 2].map((index) => constantIn(call, index)) as [
    StoredConstant,
    StoredConstant,
    StoredConstant,
  ];
  const mode = call.node.attributes['mode'] ?? 'MIN_COMBINED';
  const type = call.node.attributes['T'];
  if (type !== 'DT_QUINT8' || (mode !== 'MIN_FIRST' && mode !== 'MIN_COMBINED')) {
    throw call.unsupported(`mode ${JSON.stringify(mode)} of ${JSON.stringify(type)}`);
  }
  return derived(x.shape, [x, low, high], ([values, lows, highs]) => {
    const lowest = lows![0]!;
    const step = (highs![0]! - lowest) / 255;
    const start = mode === 'MIN_FIRST' && step > 0 ? Math.round(lowest / step) * step : lowest;
    return values!.map((value) => value * step + start);
  });
}

function cellsOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
