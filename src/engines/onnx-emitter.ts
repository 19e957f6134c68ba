/** Turns a graph, node by node, into the nodes of an ONNX model. */
import { nodeOf } from '../graph/graph.ts';
import type { Constant, Graph, NodeRef, Shape } from '../graph/graph.ts';
import type { Precision } from '../kit/half.ts';
import { FLOAT } from '../kit/onnx-format.ts';
import { opNamed } from '../ops/index.ts';
import type { OnnxAttribute, OnnxEmitter, ReadFloats } from '../ops/op.ts';
import { inferShapes } from '../ops/shapes.ts';
import { attributeMessage, tensorInfo, valueInfo } from './onnx-format.ts';
import type { OnnxModel, OnnxNode, OnnxTensor, OnnxValueInfo } from './onnx-format.ts';
import { channelsFirst, Initializers, TYPES } from './onnx-initializers.ts';

/** Graph axis → ONNX axis, for tensors of rank 4. */
const NCHW_AXIS = [0, 2, 3, 1];

export class ModelEmitter implements OnnxEmitter {
  readonly #nodes: OnnxNode[] = [];
  readonly #initializers = new Initializers();
  readonly #inputs: OnnxValueInfo[] = [];
  readonly #values = new Map<NodeRef, string>();
  readonly #spatial = new Map<NodeRef, string>();
  readonly #computed = new Map<string, string>();
  readonly #producers = new Map<string, OnnxNode>();
  /** Values that some node reads. */
  readonly #read = new Set<string>();
  readonly #shapes: Map<NodeRef, Shape>;
  #precision: Precision = 'float';

  constructor(
    private readonly graph: Graph,
    readonly provider: string,
    private readonly half: ReadonlySet<NodeRef>,
    readonly sparing: boolean,
  ) {
    this.#shapes = inferShapes(graph);
  }

  emit(name: NodeRef): void {
    const node = nodeOf(this.graph, name);
    if (node.op === 'constant') return;
    if (node.op === 'input') {
      this.#inputs.push(valueInfo(name, FLOAT, this.shapeOf(name)));
      this.#values.set(name, name);
      return;
    }
    const op = opNamed(node.op);
    this.#precision = this.#precisionOf(name);
    const inputs = node.inputs.map((input, index) =>
      op.constantInputs?.includes(index) ? '' : this.valueOf(input),
    );
    const call = { name, refs: node.inputs, inputs, attributes: node.attributes };
    const value = op.onnx(this, call);
    this.#values.set(name, this.#stored(value));
  }

  get initializers(): readonly OnnxTensor[] {
    return this.#initializers.all();
  }

  get precision(): Precision {
    return this.#precision;
  }

  /** @param fed initializers that are inputs instead. */
  finish(outputs: readonly NodeRef[], fed: readonly OnnxTensor[]): OnnxModel['graph'] {
    const intermediates = this.#intermediates();
    this.#precision = 'float';
    for (const output of outputs) this.#append('Identity', [this.valueOf(output)], {}, output);
    return {
      name: 'dream',
      node: this.#nodes.filter((node) => !this.#isUnreadCast(node)),
      input: [...this.#inputs, ...fed.map(tensorInfo)],
      valueInfo: intermediates,
      output: outputs.map((output) => valueInfo(output, FLOAT, this.shapeOf(output))),
    };
  }

  /**
   * Names the unknown sizes of every picture-like value, the same name for the same size: what
   * onnxruntime wants to know before it multiplies a cotangent by a mask in its blocked layout.
   */
  #intermediates(): OnnxValueInfo[] {
    return [...this.#values].flatMap(([ref, value]) => {
      const shape = this.shapeOf(ref);
      if (shape.length !== 4 || this.#inputs.some(({ name }) => name === value)) return [];
      const type = TYPES[this.#precisionOf(ref)];
      return [valueInfo(value, type, shape, this.spatialOf(ref))];
    });
  }

  /**
   * Halves, as a device stores them. The processor computes their nodes in float32, and onnxruntime
   * leaves out what would round a value between two of them; not so around two nodes
   * that take any type.
   */
  #stored(value: string): string {
    if (this.precision === 'float' || this.provider !== 'cpu') return value;
    const first = this.integers([0]);
    return this.node('Squeeze', [this.node('Unsqueeze', [value, first]), first]);
  }

  #precisionOf(ref: NodeRef): Precision {
    return this.half.has(ref) ? 'half' : 'float';
  }

  /** Made for an op that wanted to know no more than a size. */
  #isUnreadCast({ opType, output: [value] }: OnnxNode): boolean {
    return opType === 'Cast' && !this.#read.has(value!);
  }

  node(
    type: string,
    inputs: readonly string[],
    attributes: Record<string, OnnxAttribute> = {},
  ): string {
    // The same node twice is one node; above all, equal sizes get equal names.
    const key = JSON.stringify([type, inputs, attributes]);
    const known = this.#computed.get(key);
    if (known !== undefined) return known;
    const value = this.#append(type, inputs, attributes, `${type}_${this.#nodes.length}`);
    this.#computed.set(key, value);
    return value;
  }

  secondOutput(value: string): string {
    const producer = this.#producers.get(value)!;
    if (producer.output.length === 1) producer.output.push(`${value}_second`);
    return producer.output[1]!;
  }

  floats(key: string, shape: readonly number[], read: ReadFloats): string {
    return this.#initializers.floats(key, shape, this.precision, read);
  }

  scalar(value: number): string {
    return this.floats(`scalar ${value}`, [], () => Float32Array.of(value));
  }

  asNumbers(value: string): string {
    return this.node('Cast', [value], { to: TYPES[this.precision] });
  }

  integers(values: readonly number[]): string {
    return this.#initializers.integers(values);
  }

  shapeOf(ref: NodeRef): Shape {
    return this.#shapes.get(ref)!;
  }

  constantOf(ref: NodeRef): Constant {
    const constant = this.graph.constants.get(ref);
    if (!constant) throw new Error(`expected '${ref}' to be a constant`);
    return constant;
  }

  valueOf(ref: NodeRef): string {
    const value = this.#values.get(ref);
    if (value !== undefined) {
      if (this.precision === this.#precisionOf(ref)) return value;
      return this.#stored(this.node('Cast', [value], { to: TYPES[this.precision] }));
    }
    // A constant, laid out only now that something reads it.
    const constant = this.constantOf(ref);
    const { shape } = constant;
    if (shape.length !== 4) return this.floats(ref, shape, () => constant.read());
    const [batch, rows, columns, channels] = shape as [number, number, number, number];
    return this.floats(ref, [batch, channels, rows, columns], () =>
      channelsFirst(constant.read(), batch, rows * columns, channels),
    );
  }

  axis(axis: number, rank: number): number {
    return rank === 4 ? NCHW_AXIS[axis]! : axis;
  }

  broadcast(value: string, ref: NodeRef, rank: number): string {
    const shape = this.shapeOf(ref);
    if (rank !== 4 || shape.length === 0 || shape.length === 4) return value;
    if (shape.length !== 1)
      throw new Error(`expected '${ref}' to be a scalar or a vector of channels`);
    const constant = this.graph.constants.get(ref);
    if (!constant) return this.node('Unsqueeze', [value, this.integers([0, 2, 3])]);
    return this.floats(`${ref}|per channel`, [1, constant.shape[0]!, 1, 1], () => constant.read());
  }

  spatialOf(ref: NodeRef): string {
    const known = this.#spatial.get(ref);
    if (known !== undefined) return known;
    const { precision } = this;
    // Sizes are no tensors of whatever node asks for them first.
    this.#precision = 'float';
    const spatial = this.#computeSpatial(ref);
    this.#precision = precision;
    this.#spatial.set(ref, spatial);
    return spatial;
  }

  #computeSpatial(ref: NodeRef): string {
    const { op, inputs, attributes } = nodeOf(this.graph, ref);
    const shape = this.shapeOf(ref);
    if (shape[1] !== null && shape[2] !== null) return this.integers([shape[1]!, shape[2]!]);
    if (op === 'input') {
      return this.node('Slice', [
        this.node('Shape', [ref]),
        this.integers([2]),
        this.integers([4]),
        this.integers([0]),
      ]);
    }
    const sizes = inputs.map((input) =>
      this.shapeOf(input).length === 4 ? this.spatialOf(input) : '',
    );
    const rule = opNamed(op).spatial;
    return rule ? rule(this, sizes, attributes) : sizes[0]!;
  }

  #append(
    type: string,
    inputs: readonly string[],
    attributes: Record<string, OnnxAttribute>,
    output: string,
  ): string {
    const attribute = Object.entries(attributes).map(([name, value]) =>
      attributeMessage(name, value),
    );
    const node = { name: output, opType: type, input: inputs, output: [output], attribute };
    this.#nodes.push(node);
    for (const input of inputs) this.#read.add(input);
    this.#producers.set(output, node);
    return output;
  }
}
