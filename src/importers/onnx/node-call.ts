import type { Attributes, NodeRef } from '../../graph/graph.ts';
import { DreamError } from '../../kit/errors.ts';
import { arranged } from './arrange.ts';
import type { Attribute, NetworkConstant, NetworkNode } from './network.ts';
import type { NominalBuilder } from './nominal-builder.ts';
import { CHANNELS_LAST, asConstant, dimsOf, tensorOf } from './value.ts';
import type { ConstantValue, Tensor, Value } from './value.ts';

/** What the whole import shares. */
export interface OnnxImport {
  readonly builder: NominalBuilder;
  readonly opset: number;
  /** The nodes of the constants that are in the graph already. */
  readonly constants: Map<string, NodeRef>;
}

/** More numbers than any list of axes, sizes or scales has. */
export const MOST_SETTINGS = 4096;

/** One ONNX node: its inputs and attributes, checked as they are read. */
export class NodeCall {
  readonly builder: NominalBuilder;
  readonly opset: number;
  readonly #constants: Map<string, NodeRef>;

  constructor(
    shared: OnnxImport,
    readonly node: NetworkNode,
    /** undefined where an optional input is left out. */
    readonly values: readonly (Value | undefined)[],
  ) {
    this.builder = shared.builder;
    this.opset = shared.opset;
    this.#constants = shared.constants;
  }

  /** The name of the graph's node that gives output `index`. */
  output(index = 0): string | undefined {
    const { name, outputs } = this.node;
    return this.builder.free(index === 0 ? name : (outputs[index] ?? `${name}:${index}`));
  }

  /** Adds the node that gives the output. */
  give(
    op: string,
    inputs: readonly NodeRef[],
    attributes: Attributes,
    order?: readonly number[],
  ): Tensor {
    return tensorOf(this.builder, this.builder.add(op, inputs, attributes, this.output()), order);
  }

  has(index: number): boolean {
    return this.values[index] !== undefined;
  }

  value(index: number): Value {
    const value = this.values[index];
    if (value) return value;
    throw this.bad(`has no input ${index}`);
  }

  dims(index: number): readonly number[] {
    return dimsOf(this.value(index));
  }

  /** Input `index` as a node. */
  tensor(index: number): Tensor {
    const value = this.value(index);
    if (value.kind === 'tensor') return value;
    const { name, constant } = asConstant(value, this.node.inputs[index]!);
    return tensorOf(this.builder, this.added(name, constant));
  }

  /** Input `index` as [batch, rows, columns, channels]. */
  picture(index: number): Tensor {
    const tensor = this.tensor(index);
    const { dims } = tensor;
    if (dims.length === 4) return arranged(this.builder, tensor, CHANNELS_LAST);
    throw this.unsupported(
      `an input of [${dims.join(', ')}] (expected [batch, channels, rows, columns])`,
    );
  }

  /** Input `index`, which must be known now. */
  constant(index: number): ConstantValue {
    const value = this.value(index);
    if (value.kind !== 'tensor') return asConstant(value, this.node.inputs[index]!);
    throw this.unsupported(`input ${index} that is computed from the picture`);
  }

  /** The node of a constant; one for the same constant in the same shape. */
  added(name: string, constant: ConstantValue['constant']): NodeRef {
    const key = `${name} ${constant.shape.join(' ')}`;
    const known = this.#constants.get(key);
    if (known !== undefined) return known;
    const ref = this.builder.constant(constant, this.builder.free(name));
    this.#constants.set(key, ref);
    return ref;
  }

  /** The numbers of input `index`, which say what to do. */
  numbers(index: number): readonly number[] {
    const value = this.value(index);
    return value.kind === 'numbers' ? value.values : this.#small(this.constant(index));
  }

  /** A list that is an attribute in older opsets and an input in newer ones. */
  list(attribute: string, input: number): readonly number[] | undefined {
    if (this.node.attributes[attribute] !== undefined) return this.ints(attribute);
    return this.has(input) ? this.numbers(input) : undefined;
  }

  /** A number that is an attribute in older opsets and an input in newer ones. */
  either(attribute: string, input: number): number | undefined {
    if (this.node.attributes[attribute] !== undefined) return this.number(attribute, 0);
    return this.has(input) ? this.numbers(input)[0] : undefined;
  }

  number(attribute: string, otherwise: number): number {
    const value = this.node.attributes[attribute] ?? otherwise;
    if (typeof value === 'number') return value;
    throw this.#wrong(attribute, value, 'a number');
  }

  ints(attribute: string, otherwise?: readonly number[]): readonly number[] {
    const value = this.node.attributes[attribute] ?? otherwise;
    if (Array.isArray(value)) return value as readonly number[];
    throw this.#wrong(attribute, value, 'a list of numbers');
  }

  /** Two numbers for [rows, columns]. */
  pair(attribute: string, otherwise: readonly [number, number]): [number, number] {
    const list = this.ints(attribute, otherwise);
    if (list.length === 2 && list.every((size) => Number.isInteger(size) && size > 0)) {
      return [list[0]!, list[1]!];
    }
    throw this.#wrong(attribute, list, 'two sizes (rows and columns)');
  }

  text(attribute: string, otherwise: string): string {
    const value = this.node.attributes[attribute] ?? otherwise;
    if (typeof value === 'string') return value;
    throw this.#wrong(attribute, value, 'a text');
  }

  /** An axis counted from the start. */
  axis(axis: number, rank: number): number {
    const counted = axis < 0 ? axis + rank : axis;
    if (Number.isInteger(counted) && counted >= 0 && counted < rank) return counted;
    throw this.bad(`has axis ${axis}, its input has ${rank} axes`);
  }

  tensorAttribute(attribute: string): NetworkConstant | undefined {
    const value = this.node.attributes[attribute];
    return typeof value === 'object' && 'constant' in value ? value : undefined;
  }

  bad(problem: string): DreamError {
    return new DreamError('bad-model', `${this.node.place} ${problem}`);
  }

  unsupported(what: string): DreamError {
    return new DreamError('unsupported-op', `${this.node.place}: ${what} is not supported`);
  }

  #small({ constant }: ConstantValue): readonly number[] {
    const count = constant.shape.reduce((product, size) => product * size, 1);
    if (count <= MOST_SETTINGS) return [...constant.read()];
    throw this.bad(`has ${count} numbers where a few settings were expected`);
  }

  #wrong(attribute: string, value: Attribute | undefined, expected: string): DreamError {
    const found = value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 60);
    return this.bad(`has ${attribute} = ${found}, expected ${expected}`);
  }
}

/** How a kind of ONNX node becomes nodes of the graph: its outputs, or the one that it has. */
export type NodeDefinition = (call: NodeCall) => Value | readonly Value[];
