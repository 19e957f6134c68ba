import { DreamError } from '../../kit/errors.ts';
import { FLOAT } from '../../kit/onnx-format.ts';
import type { Attribute, NetworkConstant, NetworkNode } from '../onnx/network.ts';
import { elementsOf } from '../onnx/tensors.ts';
import type { OnnxWeights } from '../onnx/tensors.ts';
import { derived } from '../weights.ts';
import type { StoredConstant } from '../weights.ts';
import { bad } from './net.ts';
import type { Layer } from './net.ts';
import type { BlobMessage } from './schema.ts';

const DOUBLE = 11;

/** What the whole import shares, and what it makes. */
export interface CaffeImport {
  readonly weights: OnnxWeights;
  readonly constants: Map<string, NetworkConstant>;
  readonly nodes: NetworkNode[];
}

/** One of a layer's trained blobs, as a constant in the shape that a node wants. */
export interface Blob {
  readonly name: string;
  readonly cells: number;
  flat(): string;
  /** [rows, columns], where old files put 1s in front. */
  matrix(): string;
  shaped(shape: readonly number[]): string;
  with(
    other: Blob,
    what: string,
    compute: (values: Float32Array, others: Float32Array) => Float32Array,
  ): string;
}

/** One layer: its options, inputs and blobs, checked as they are read. */
export class LayerCall {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly #layer: Layer;
  readonly #shared: CaffeImport;
  #inner = 0;

  constructor(shared: CaffeImport, layer: Layer) {
    this.#shared = shared;
    this.#layer = layer;
    this.inputs = layer.inputs;
    this.outputs = layer.outputs;
  }

  get input(): string {
    const [input] = this.inputs;
    if (input !== undefined) return input;
    throw bad(`${this.place} has no input (bottom)`);
  }

  get place(): string {
    return `layer '${this.#layer.name}' (${this.#layer.type})`;
  }

  /** Adds the node that gives a top of the layer. */
  give(
    op: string,
    attributes: Readonly<Record<string, Attribute>> = {},
    inputs: readonly string[] = this.inputs,
    top = 0,
  ): void {
    const output = this.outputs[top];
    if (output === undefined) throw bad(`${this.place} has no output (top)`);
    const name = top === 0 ? this.#layer.name : output;
    const { place } = this;
    this.#shared.nodes.push({ name, op, inputs, outputs: [output], attributes, place });
  }

  /** Adds one node that gives all tops. */
  giveAll(op: string, attributes: Readonly<Record<string, Attribute>>): void {
    const { place, inputs, outputs } = this;
    this.#shared.nodes.push({ name: this.#layer.name, op, inputs, outputs, attributes, place });
  }

  /** Adds a node on the way to the layer's output; returns its value. */
  inner(
    op: string,
    attributes: Readonly<Record<string, Attribute>>,
    inputs: readonly string[],
  ): string {
    const { place } = this;
    const name = `${this.#layer.name}/${op} ${this.#inner++}`;
    this.#shared.nodes.push({ name, op, inputs, outputs: [name], attributes, place, inner: true });
    return name;
  }

  option(parameters: string, option: string): unknown {
    return this.#layer.options(parameters)[option];
  }

  number(parameters: string, option: string, otherwise: number): number {
    const value = this.option(parameters, option) ?? otherwise;
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    throw bad(`${this.place} has ${option} = ${JSON.stringify(value)}, expected a number`);
  }

  list(parameters: string, option: string): readonly number[] {
    return (this.option(parameters, option) ?? []) as readonly number[];
  }

  /** [rows, columns]: `<option>_h` and `<option>_w`, or one or two numbers in `both`. */
  pair(parameters: string, option: string, otherwise: number, both = option): [number, number] {
    const value = this.option(parameters, both) ?? [];
    const [rows = otherwise, columns = rows] = Array.isArray(value)
      ? (value as number[])
      : [value as number];
    return [
      this.number(parameters, `${option}_h`, rows),
      this.number(parameters, `${option}_w`, columns),
    ];
  }

  shape(parameters: string): readonly number[] {
    const { dim = [] } = (this.option(parameters, 'shape') ?? {}) as { dim?: readonly number[] };
    return dim;
  }

  get blobs(): number {
    return this.#layer.blobs.length;
  }

  blob(index: number): Blob {
    const message = this.#layer.blobs[index];
    if (!message) {
      const found = this.blobs === 0 ? 'none' : String(this.blobs);
      throw bad(
        `${this.place} needs the weights number ${index + 1}, the file holds ${found} for it`,
        'The .prototxt and the .caffemodel must be of the same network.',
      );
    }
    const name = `${this.#layer.name}/${['weights', 'bias'][index] ?? index}`;
    const { weights } = this.#shared;
    const stored = weights.has(name)
      ? weights.constant(name)
      : weights.add(name, tensorOf(message)).constant;
    this.#constant(name, stored);
    return this.#blob(name, stored);
  }

  /** A constant of equal numbers. */
  filled(what: string, cells: number, value: number): string {
    const read = (): Float32Array => new Float32Array(cells).fill(value);
    return this.#constant(`${this.#layer.name}/${what}`, { shape: [cells], weights: [], read });
  }

  /** A constant of whole numbers. */
  numbers(what: string, values: readonly number[]): string {
    const name = `${this.#layer.name}/${what}`;
    const read = (): Float32Array => Float32Array.from(values);
    const constant = { shape: [values.length], weights: [], read };
    this.#shared.constants.set(name, { constant, whole: true, values: () => values });
    return name;
  }

  unsupported(what: string): DreamError {
    return new DreamError('unsupported-op', `${this.place}: ${what} is not supported`);
  }

  #blob(name: string, stored: StoredConstant): Blob {
    const { shape } = stored;
    const cells = shape.reduce((product, size) => product * size, 1);
    const shaped = (wanted: readonly number[]): string =>
      this.#constant(`${name} as ${wanted.join('×')}`, { ...stored, shape: wanted });
    return {
      name,
      cells,
      shaped,
      flat: () => shaped([cells]),
      matrix: () => shaped([cells / (shape.at(-1) ?? 1), shape.at(-1) ?? 1]),
      with: (other, what, compute) => {
        const both = [stored, this.#shared.constants.get(other.name)!.constant];
        const made = derived([cells], both, ([a, b]) => compute(a!, b!));
        return this.#constant(`${name} ${what}`, made);
      },
    };
  }

  #constant(name: string, constant: StoredConstant): string {
    this.#shared.constants.set(name, { constant, whole: false });
    return name;
  }
}

function tensorOf(blob: BlobMessage): Parameters<OnnxWeights['add']>[1] {
  const { num, channels, height, width, shape } = blob;
  const old = [num, channels, height, width].map((size) => size ?? 1);
  const isDouble = blob.double_data.length > 0;
  const dims = shape?.dim ?? old;
  elementsOf(dims, 'a blob');
  return {
    dims,
    dataType: isDouble ? DOUBLE : FLOAT,
    floatData: isDouble ? [] : blob.data,
    doubleData: blob.double_data,
    int32Data: [],
    int64Data: [],
    externalData: [],
  };
}
