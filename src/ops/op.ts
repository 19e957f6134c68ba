import type * as tfjs from '@tensorflow/tfjs-core';
import type { Attributes, Constant, NodeRef, Shape } from '../graph/graph.ts';
import type { GraphBuilder } from '../graph/builder.ts';
import type { Precision } from '../kit/half.ts';

export type Tensorflow = typeof tfjs;
export type Tensor = tfjs.Tensor;

/** One kind of node: all that the project knows about it, in one file of this folder. */
export interface OpDefinition {
  readonly name: string;

  /** The output's shape; unknown sizes (`null`) pass through. Throws on shapes that do not fit. */
  shape(inputs: readonly Shape[], attributes: Attributes): Shape;

  /**
   * The same computation by tensorflow.js, whose autodiff then gives the gradient. Ops that exist
   * only in backward graphs have none.
   */
  readonly tensorflow?: (
    tf: Tensorflow,
    inputs: readonly Tensor[],
    attributes: Attributes,
  ) => Tensor;

  /**
   * Inputs that the ONNX form reads as constants, in a layout of its own making: no ONNX value is
   * made of them.
   */
  readonly constantInputs?: readonly number[];

  /** Adds standard ONNX nodes; returns the name of the ONNX value that holds the output. */
  onnx(emit: OnnxEmitter, call: OnnxCall): string;

  /**
   * [rows, columns] of the output as an int64[2] ONNX value, given those of the inputs; without
   * it the output's are those of the first input. Computed from the picture's size alone, so
   * that no engine has to bring a tensor into another layout only to read its shape.
   */
  readonly spatial?: (
    emit: OnnxEmitter,
    inputs: readonly string[],
    attributes: Attributes,
  ) => string;

  /**
   * Adds the nodes of the vector-Jacobian product; returns for each input the node with its
   * cotangent, or `null` for those that `wants` does not ask for. Without it the op refuses to be
   * differentiated.
   */
  readonly backward?: (context: BackwardContext) => readonly (NodeRef | null)[];
}

export interface BackwardContext {
  readonly builder: GraphBuilder;
  readonly attributes: Attributes;
  /** The op's inputs. */
  readonly x: readonly NodeRef[];
  /** The op's output. */
  readonly y: NodeRef;
  /** The cotangent of the output: the score's gradient, of the same shape as `y`. */
  readonly dy: NodeRef;
  readonly shapeOf: (ref: NodeRef) => Shape;
  /** Whether input `index` needs a cotangent. */
  readonly wants: (index: number) => boolean;
}

export interface OnnxCall {
  readonly name: NodeRef;
  /** The graph's names of the inputs, for `shapeOf` and `constantOf`. */
  readonly refs: readonly NodeRef[];
  /** The ONNX values of the inputs; '' for those that the op reads as constants. */
  readonly inputs: readonly string[];
  readonly attributes: Attributes;
}

export type OnnxAttribute = number | string | readonly number[] | { readonly float: number };

/** Gives an initializer's numbers: from where they lie, or written into `room()`, which takes them all. */
export type ReadFloats = (room: () => Float32Array) => Float32Array;

/**
 * Where ops write their ONNX nodes. Tensors of rank 4 are [batch, channels, rows, columns] here;
 * all others are laid out as in the graph.
 */
export interface OnnxEmitter {
  /** The execution provider that the nodes are meant for: some forms exist for one only. */
  readonly provider: string;
  /** Of the tensors that the node reads and gives. */
  readonly precision: Precision;
  /** Whether weights are to be there once, for forward and backward pass, even where that is slower. */
  readonly sparing: boolean;
  node(type: string, inputs: readonly string[], attributes?: Record<string, OnnxAttribute>): string;
  /** Asks the node that gives `value` for its second output too (a max-pool's indices). */
  secondOutput(value: string): string;
  /** An initializer, made once per `key`. */
  floats(key: string, shape: readonly number[], read: ReadFloats): string;
  scalar(value: number): string;
  /** What is true or false, as 1 and 0. */
  asNumbers(value: string): string;
  /** int64[n] */
  integers(values: readonly number[]): string;
  /**
   * A value that takes part in an operation of `rank` axes: what has fewer (a vector of channels)
   * is laid out so that it broadcasts as in the graph.
   */
  broadcast(value: string, ref: NodeRef, rank: number): string;
  shapeOf(ref: NodeRef): Shape;
  constantOf(ref: NodeRef): Constant;
  valueOf(ref: NodeRef): string;
  /** The ONNX axis of the graph's `axis` in a tensor of that rank. */
  axis(axis: number, rank: number): number;
  /** int64[2]: rows and columns of the tensor. */
  spatialOf(ref: NodeRef): string;
}
