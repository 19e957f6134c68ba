/**
 * What ONNX's values become. ONNX puts channels before rows and columns, the graph after them;
 * instead of transposing at every border, each tensor knows in which order its axes lie. A
 * Transpose node costs nothing then, and a network of either order comes out the same.
 */
import type { NodeRef } from '../../graph/graph.ts';
import type { StoredConstant } from '../weights.ts';
import type { NominalBuilder } from './nominal-builder.ts';

export interface Tensor {
  readonly kind: 'tensor';
  readonly ref: NodeRef;
  /** Sizes of ONNX's axes, for pictures of the network's own size. */
  readonly dims: readonly number[];
  /** Which of ONNX's axes each axis of the node is. */
  readonly order: readonly number[];
  /**
   * Where the last axis was made from [channels, rows, columns]: these sizes. The node's cells lie
   * in the order [rows, columns, channels]; the product that follows has its rows permuted instead.
   */
  readonly flattened?: readonly number[];
}

/** Numbers that are not in the graph yet, in ONNX's order. */
export interface ConstantValue {
  readonly kind: 'constant';
  readonly name: string;
  readonly constant: StoredConstant;
}

/** Numbers that are known now: sizes, axes. */
export interface Numbers {
  readonly kind: 'numbers';
  readonly dims: readonly number[];
  readonly values: readonly number[];
  readonly whole: boolean;
}

export type Value = Tensor | ConstantValue | Numbers;

/** [batch, channels, rows, columns] as [batch, rows, columns, channels]. */
export const CHANNELS_LAST: readonly number[] = [0, 2, 3, 1];

export function inOrderOf(rank: number): number[] {
  return Array.from({ length: rank }, (_, axis) => axis);
}

export function dimsOf(value: Value): readonly number[] {
  return value.kind === 'constant' ? value.constant.shape : value.dims;
}

export function sameNumbers(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((value, index) => value === b[index]);
}

export function cellsOf(dims: readonly number[]): number {
  return dims.reduce((product, size) => product * size, 1);
}

/** The tensor that a node gives whose axes are ONNX's in that order. */
export function tensorOf(
  builder: NominalBuilder,
  ref: NodeRef,
  order: readonly number[] = inOrderOf(builder.nominalOf(ref).length),
): Tensor {
  const dims: number[] = [];
  builder.nominalOf(ref).forEach((size, axis) => (dims[order[axis]!] = size));
  return { kind: 'tensor', ref, dims, order };
}

export function asConstant(value: ConstantValue | Numbers, name: string): ConstantValue {
  if (value.kind === 'constant') return value;
  const read = (): Float32Array => Float32Array.from(value.values);
  return { kind: 'constant', name, constant: { shape: value.dims, weights: [], read } };
}
