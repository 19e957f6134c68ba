import type { NodeRef, Shape } from '../../graph/graph.ts';
import { DreamError } from '../../kit/errors.ts';
import { addActivation } from '../activations.ts';
import type { ShapedBuilder } from '../shaped-builder.ts';
import type { StoredConstant, Weights } from '../weights.ts';
import type { Slice, Table } from './operands.ts';

/** Where [batch, channels, rows, columns] lie in the graph. */
const CHANNELS_FIRST = [0, 3, 1, 2];

/** Of sides, windows and their steps. */
const LONGEST = 4096;

/** A whole number from 1 on. */
export function isLength(value: unknown, most = LONGEST): value is number {
  return Number.isInteger(value) && (value as number) > 0 && (value as number) <= most;
}

/** What the whole import shares. */
export interface KerasImport {
  readonly builder: ShapedBuilder;
  readonly weights: Weights;
  /** The version of Keras that wrote the file: 3 has another hard_sigmoid. */
  readonly major: number;
  /** Whether linear upsampling puts the corners of cells on each other, not their middles. */
  readonly fromCorners: boolean;
  /** Whether the file's pictures are [batch, channels, rows, columns]; the graph's never are. */
  readonly channelsFirst: boolean;
  /** The size that the network itself brings its pictures to, before all else. */
  resized?: readonly [rows: number, columns: number];
}

/** What a layer is called with; only nodes where it is no function that the network calls. */
export type Value = NodeRef | number | readonly number[] | Table | Slice;

/** A weight, or one that is there only if an option is not false. */
export type WeightRule = string | readonly [weight: string, option: string];

/** Weights in the order in which Keras stores them; `part/weight` for those of a layer inside. */
export type WeightRules =
  readonly WeightRule[] | ((config: Readonly<Record<string, unknown>>) => readonly string[]);

/** How one class of layers becomes nodes. */
export interface LayerDefinition {
  /** Adds the layer's nodes, the last of them named `call.output`; returns that one. */
  readonly build: (call: LayerCall) => NodeRef;
  /**
   * `linear`: its name stands for the tensor after the normalisation and activation that follow
   * it. `normalisation` and `activation`: layers that can follow so.
   */
  readonly role?: 'linear' | 'normalisation' | 'activation';
  readonly weights?: WeightRules;
  /** What `.keras` archives call the layers inside it. */
  readonly parts?: Readonly<Record<string, string>>;
}

/** One use of a layer: its options, inputs and weights, checked as they are read. */
export class LayerCall {
  readonly builder: ShapedBuilder;
  /** The values that are nodes. */
  readonly inputs: readonly NodeRef[];

  constructor(
    readonly shared: KerasImport,
    /** The layer's name, which begins the names of its weights. */
    readonly layer: string,
    readonly className: string,
    /** Its options, and those of this one use. */
    readonly config: Readonly<Record<string, unknown>>,
    readonly values: readonly Value[],
    /** The name of the node that gives the layer's output. */
    readonly output: string | undefined,
  ) {
    this.builder = shared.builder;
    this.inputs = values.filter((value) => typeof value === 'string');
  }

  get input(): NodeRef {
    if (this.inputs.length === 1) return this.inputs[0]!;
    throw this.bad(`has ${this.inputs.length} inputs, expected 1`);
  }

  get rank(): number {
    const [first] = this.inputs;
    if (first === undefined) throw this.bad('has no input');
    return this.builder.shapeOf(first).length;
  }

  /** Sizes of the channels axis, the last one, which must be known. */
  get channels(): number {
    const channels = this.builder.shapeOf(this.input).at(-1);
    if (typeof channels === 'number') return channels;
    throw this.bad('has an input of which the number of channels is not known');
  }

  /** An axis of the file's tensor (negative: from the last) as the graph counts it. */
  axis(written: number): number {
    const axis = written < 0 ? written + this.rank : written;
    return this.shared.channelsFirst && this.rank === 4 ? (CHANNELS_FIRST[axis] ?? axis) : axis;
  }

  number(option: string, otherwise?: number): number {
    const value = this.config[option] ?? otherwise;
    if (typeof value === 'number') return value;
    throw this.bad(`has ${option} = ${JSON.stringify(value)}, expected a number`);
  }

  text(option: string, otherwise: string): string {
    const value = this.config[option] ?? otherwise;
    if (typeof value === 'string') return value;
    throw this.unsupported(`${option} = ${JSON.stringify(value)}`);
  }

  flag(option: string, otherwise: boolean): boolean {
    return (this.config[option] ?? otherwise) === true;
  }

  /** [rows, columns], which Keras lets one write as one number. */
  pair(option: string, otherwise?: readonly [number, number]): readonly [number, number] {
    const value = this.config[option] ?? otherwise;
    if (typeof value === 'number') return [value, value];
    if (Array.isArray(value) && value.length === 2 && value.every(Number.isInteger)) {
      return value as unknown as [number, number];
    }
    throw this.bad(`has ${option} = ${JSON.stringify(value)}, expected [rows, columns]`);
  }

  /** [rows, columns] as a network may have them. */
  lengths(
    option: string,
    otherwise?: readonly [number, number],
    most = LONGEST,
  ): readonly [number, number] {
    const pair = this.pair(option, otherwise);
    if (pair.every((length) => isLength(length, most))) return pair;
    throw this.bad(`has ${option} = [${pair.join(', ')}], expected numbers from 1 to ${most}`);
  }

  /** The layer's weight, of that shape (null: any size). */
  weight(name: string, shape: Shape): StoredConstant {
    const weight = this.shared.weights.constant(`${this.layer}/${name}`);
    const fits =
      weight.shape.length === shape.length &&
      shape.every((size, axis) => size === null || size === weight.shape[axis]);
    if (fits) return weight;
    const expected = shape.map((size) => size ?? 'any').join(', ');
    throw this.bad(`has a ${name} of [${weight.shape.join(', ')}], expected [${expected}]`);
  }

  /** A constant node that is named after the layer's weight. */
  constant(name: string, constant: StoredConstant): NodeRef {
    return this.builder.constant(constant, this.builder.free(`${this.layer}/${name}`));
  }

  /** The name of the layer's activation; Keras 2.13 wraps some of them. */
  get activation(): string {
    const written = this.config['activation'] as { class_name?: string; config?: unknown } | null;
    const wrapped = written?.class_name === 'function' ? written.config : null;
    const activation = typeof wrapped === 'string' ? wrapped : this.text('activation', 'linear');
    const old = activation === 'hard_sigmoid' && this.shared.major < 3;
    return old ? 'hard_sigmoid of Keras 2' : activation;
  }

  /** The layer's own activation on `x`, or `x` itself; `last` names the node that comes last. */
  activate(last: (name: string | undefined) => NodeRef): NodeRef {
    const { activation } = this;
    if (activation === 'linear') return last(this.output);
    return addActivation(this.builder, activation, last(undefined), this.output);
  }

  bad(problem: string): DreamError {
    return new DreamError('bad-model', `${this.builder.place} ${problem}`);
  }

  unsupported(what: string): DreamError {
    return new DreamError('unsupported-op', `${this.builder.place}: ${what} is not supported`);
  }
}
