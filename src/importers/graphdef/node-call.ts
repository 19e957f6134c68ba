import type { NodeRef } from '../../graph/graph.ts';
import type { Padding } from '../../graph/window.ts';
import { DreamError } from '../../kit/errors.ts';
import type { ShapedBuilder } from '../shaped-builder.ts';
import type { StoredConstant } from '../weights.ts';
import type { TensorflowNode } from './node.ts';

/** What an input is: a tensor of the graph, or a constant that is not in it yet. */
export type Value = { readonly ref: NodeRef } | NamedConstant;

export interface NamedConstant {
  readonly name: string;
  readonly constant: StoredConstant;
}

/** What the whole import shares. */
export interface GraphImport {
  readonly builder: ShapedBuilder;
  /** The nodes of the constants that are in the graph already. */
  readonly constants: Map<NamedConstant, NodeRef>;
}

export interface NodeDefinition {
  /** Adds nodes, the last of them named `call.output`; returns that one. */
  readonly build: (call: NodeCall) => NodeRef;
  /** Inputs (-1: the last) that are not tensors but say what to do: axes, shapes. */
  readonly settings?: readonly number[];
}

/** One node of the TensorFlow graph: its inputs and attributes, checked as they are read. */
export class NodeCall {
  readonly builder: ShapedBuilder;
  readonly #constants: Map<NamedConstant, NodeRef>;

  constructor(
    shared: GraphImport,
    readonly node: TensorflowNode,
    readonly values: readonly Value[],
    /** The name of the node that gives the output. */
    readonly output: string | undefined,
  ) {
    this.builder = shared.builder;
    this.#constants = shared.constants;
  }

  /** Input `index` as a node. */
  tensor(index: number): NodeRef {
    const value = this.#value(index);
    return 'ref' in value ? value.ref : this.#added(value);
  }

  /** Input `index`, which must be a constant. */
  constant(index: number): NamedConstant {
    const value = this.#value(index);
    if ('constant' in value) return value;
    throw this.unsupported(`input ${index} that is not a constant`);
  }

  /** The numbers in input `index`, one of the definition's settings. */
  setting(index: number): readonly number[] {
    return [...this.constant(index).constant.read()];
  }

  get rank(): number {
    return this.builder.shapeOf(this.tensor(0)).length;
  }

  /** [rows, columns] out of a list for [batch, rows, columns, channels]. */
  pair(attribute: string, otherwise?: readonly [number, number]): [number, number] {
    this.#refuseChannelsFirst();
    const list = this.node.attributes[attribute];
    if (Array.isArray(list) && list.length === 4) return [list[1] as number, list[2] as number];
    if (otherwise && (list === undefined || (list as readonly unknown[]).length === 0)) {
      return [...otherwise];
    }
    throw this.bad(`has ${attribute} = ${JSON.stringify(list)}, expected four numbers`);
  }

  padding(): Padding {
    const padding = this.node.attributes['padding'];
    if (padding === 'SAME') return 'same';
    if (padding === 'VALID') return 'valid';
    const explicit = this.node.attributes['explicit_paddings'];
    if (padding === 'EXPLICIT' && Array.isArray(explicit) && explicit.length === 8) {
      return (explicit as number[]).slice(2, 6);
    }
    throw this.unsupported(`padding ${JSON.stringify(padding)}`);
  }

  flag(attribute: string): boolean {
    return this.node.attributes[attribute] === true;
  }

  texts(attribute: string): readonly string[] {
    return (this.node.attributes[attribute] ?? []) as readonly string[];
  }

  numbers(attribute: string): readonly number[] {
    return (this.node.attributes[attribute] ?? []) as readonly number[];
  }

  bad(problem: string): DreamError {
    return new DreamError('bad-model', `${this.builder.place} ${problem}`);
  }

  unsupported(what: string): DreamError {
    return new DreamError('unsupported-op', `${this.builder.place}: ${what} is not supported`);
  }

  #added(value: NamedConstant): NodeRef {
    const known = this.#constants.get(value);
    if (known !== undefined) return known;
    const ref = this.builder.constant(value.constant, this.builder.free(value.name));
    this.#constants.set(value, ref);
    return ref;
  }

  #value(index: number): Value {
    const value = this.values.at(index);
    if (value) return value;
    throw this.bad(`has ${this.values.length} inputs, expected more`);
  }

  #refuseChannelsFirst(): void {
    const format = this.node.attributes['data_format'] ?? 'NHWC';
    if (format !== 'NHWC') throw this.unsupported(`data_format ${JSON.stringify(format)}`);
  }
}
