import type { Dimension, NodeRef, Shape } from '../../graph/graph.ts';
import type { Padding } from '../../graph/window.ts';
import { DreamError } from '../../kit/errors.ts';
import type { ShapedBuilder } from '../shaped-builder.ts';
import type { StoredConstant } from '../weights.ts';
import type { TensorflowNode } from './node.ts';
import type { NamedConstant, Sizes, Value } from './value.ts';

/** Axes, paddings and shapes have fewer numbers. */
const MOST_SETTINGS = 64;
const LONGEST_WINDOW = 4096;

/** Of a window or its steps. */
function isLength(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) > 0 && (value as number) <= LONGEST_WINDOW;
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
    return 'ref' in value ? value.ref : this.#added(this.#asConstant(value));
  }

  /** Input `index`, which must be a constant. */
  constant(index: number): NamedConstant {
    const value = this.#value(index);
    if ('ref' in value) throw this.unsupported(`input ${index} that is not a constant`);
    return this.#asConstant(value);
  }

  isConstant(index: number): boolean {
    return !('ref' in this.#value(index));
  }

  /** The numbers in input `index`, one of the definition's settings. */
  setting(index: number): readonly number[] {
    const sizes = this.sizes(index);
    if (sizes.includes(null))
      throw this.unsupported(`input ${index}, which depends on the picture,`);
    return sizes as readonly number[];
  }

  /** The numbers in input `index`, of which some may be known only when a picture comes. */
  sizes(index: number): readonly Dimension[] {
    const value = this.#value(index);
    if ('sizes' in value) return value.sizes;
    const { constant } = this.constant(index);
    const { shape } = constant;
    if (shape.length > 2 || shape.some((size) => size > MOST_SETTINGS)) {
      throw this.bad(`has [${shape.join(', ')}] as input ${index}, expected a list of numbers`);
    }
    return [...constant.read()];
  }

  /** Whether input `index`, one of sizes, is a list and not a number. */
  isList(index: number): boolean {
    const value = this.#value(index);
    return 'sizes' in value ? value.isList : this.constant(index).constant.shape.length > 0;
  }

  shapeOf(index: number): Shape {
    const value = this.#value(index);
    if ('ref' in value) return this.builder.shapeOf(value.ref);
    return this.#asConstant(value).constant.shape;
  }

  get rank(): number {
    return this.shapeOf(0).length;
  }

  /** What `compute` gives. @throws DreamError 'bad-model' where it finds that shapes do not fit. */
  checkedShape(compute: () => Shape): Shape {
    try {
      return compute();
    } catch (error) {
      throw this.bad(`cannot be: ${(error as Error).message}`);
    }
  }

  /** [rows, columns] out of a list for [batch, rows, columns, channels]. */
  pair(attribute: string, otherwise?: readonly [number, number]): [number, number] {
    this.refuseChannelsFirst();
    const list = this.node.attributes[attribute];
    if (Array.isArray(list) && list.length === 4 && list.every(isLength)) {
      return [list[1]!, list[2]!];
    }
    if (otherwise && (list === undefined || (list as readonly unknown[]).length === 0)) {
      return [...otherwise];
    }
    throw this.bad(
      `has ${attribute} = ${JSON.stringify(list)}, expected four whole numbers above 0`,
    );
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

  flag(attribute: string, otherwise = false): boolean {
    return (this.node.attributes[attribute] ?? otherwise) === true;
  }

  number(attribute: string, otherwise: number): number {
    const value = this.node.attributes[attribute] ?? otherwise;
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    throw this.bad(`has ${attribute} = ${JSON.stringify(value)}, expected a number`);
  }

  texts(attribute: string): readonly string[] {
    return (this.node.attributes[attribute] ?? []) as readonly string[];
  }

  numbers(attribute: string): readonly number[] {
    const value = this.node.attributes[attribute] ?? [];
    if (Array.isArray(value)) return value as readonly number[];
    throw this.bad(`has ${attribute} = ${JSON.stringify(value)}, expected a list`);
  }

  bad(problem: string): DreamError {
    return new DreamError('bad-model', `${this.builder.place} ${problem}`);
  }

  unsupported(what: string): DreamError {
    return new DreamError('unsupported-op', `${this.builder.place}: ${what} is not supported`);
  }

  refuseChannelsFirst(): void {
    const format = this.node.attributes['data_format'] ?? 'NHWC';
    if (format !== 'NHWC') throw this.unsupported(`data_format ${JSON.stringify(format)}`);
  }

  /** A constant of the graph, made from others. */
  derived(constant: StoredConstant, suffix: string): NodeRef {
    return this.builder.constant(constant, this.builder.free(`${this.node.name}/${suffix}`));
  }

  #asConstant(value: NamedConstant | Sizes): NamedConstant {
    if ('constant' in value) return value;
    const { sizes, isList } = value;
    if (sizes.includes(null)) throw this.unsupported('a number that depends on the picture');
    const shape = isList ? [sizes.length] : [];
    const read = (): Float32Array => Float32Array.from(sizes as readonly number[]);
    return { name: `${this.node.name}/sizes`, constant: { shape, weights: [], read } };
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
}
