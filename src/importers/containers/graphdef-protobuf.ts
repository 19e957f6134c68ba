/**
 * TensorFlow's GraphDef as protobuf bytes (graph.proto, node_def.proto and attr_value.proto of
 * github.com/tensorflow/tensorflow). Nodes are decoded one after another; the contents of their
 * tensors stay where they are in the file.
 */
import { DreamError } from '../../kit/errors.ts';
import type { TensorflowAttribute, TensorflowNode } from '../graphdef/node.ts';
import {
  nodeMessage,
  returnMessage,
  signatureMessage,
  sizesOf,
  valueMessage,
} from './graphdef-messages.ts';
import type { NodeMessage, SignatureMessage, ValueMessage } from './graphdef-messages.ts';
import { fieldsOf, undamaged } from './protobuf-fields.ts';
import { typeName } from './tensor-proto.ts';

/** The largest picture networks have some thousands. */
const MOST_NODES = 50_000;
const LIBRARY = 2;
const MOST_INPUTS = 10_000;
const LONGEST_NAME = 1000;
/** Of all that is not the contents of a tensor. The largest networks have about 6 MB. */
const MOST_STRUCTURE = 32 * 1024 * 1024;
/** No attribute that tells what a node computes comes near this. */
const LONGEST_ATTRIBUTE = 64 * 1024;

export interface GraphDef {
  readonly nodes: readonly TensorflowNode[];
  /** Node → the bytes of the TensorProto in its attribute `value`, part of the file's. */
  readonly tensors: ReadonlyMap<string, Uint8Array>;
}

/** A graph that nodes call: its own nodes read `argument`, `node:output:0` or `^node`. */
export interface GraphFunction extends GraphDef {
  readonly parameters: readonly string[];
  /** What it gives, in order. */
  readonly results: readonly string[];
}

/** The functions of a GraphDef by their names; each is decoded when it is asked for. */
export type GraphFunctions = ReadonlyMap<string, () => GraphFunction>;

/** How a message begins whose first field is `field`, of bytes. */
const key = (field: number): number => (field << 3) | 2;

/** Whether bytes begin as a GraphDef does: with a node that has a name and an op. */
export function isGraphDef(bytes: Uint8Array): boolean {
  if (bytes[0] !== key(1) && bytes[0] !== key(4)) return false;
  try {
    for (const { field, content } of fieldsOf(bytes)) {
      if (field === 1) return isNode(content);
    }
  } catch {
    return false;
  }
  return false;
}

function isNode(bytes: Uint8Array): boolean {
  const texts: string[] = [];
  for (const { field, content } of fieldsOf(bytes)) {
    if (field > 2 || content.length > 1000) break;
    texts[field] = Buffer.from(content).toString('latin1');
  }
  return /^[\w.\\/>-]+$/.test(texts[1] ?? '') && /^[A-Z_]\w*(>\w+)?$/.test(texts[2] ?? '');
}

/** @throws DreamError 'bad-model' for bytes that are no whole GraphDef, or one beyond all measure. */
export function readGraphDef(bytes: Uint8Array): GraphDef {
  const reader = new GraphReader();
  undamaged(
    () => {
      for (const { field, content } of fieldsOf(bytes)) {
        if (field === 1) reader.node(content);
      }
    },
    () => `the TensorFlow graph breaks off or is damaged after ${reader.nodes.length} nodes`,
  );
  return reader;
}

/** @throws DreamError 'bad-model', also when a function is asked for. */
export function readFunctions(bytes: Uint8Array): GraphFunctions {
  const damaged = (): string => "the graph's functions are damaged";
  const functions = new Map<string, () => GraphFunction>();
  const measure = new Measure();
  undamaged(() => {
    for (const { content } of ofField(bytes, LIBRARY)) {
      for (const { content: body } of ofField(content, 1)) {
        const { name } = signatureOf(body);
        let known: GraphFunction | undefined;
        functions.set(name, () => (known ??= undamaged(() => functionOf(body, measure), damaged)));
      }
    }
  }, damaged);
  return functions;
}

function functionOf(bytes: Uint8Array, measure: Measure): GraphFunction {
  const { inputArg, outputArg } = signatureOf(bytes);
  const reader = new GraphReader(measure);
  for (const { content } of ofField(bytes, 3)) reader.node(content);
  const returns = ofField(bytes, 4).map(
    ({ content }) => returnMessage.decode(content) as unknown as { key: string; value: string },
  );
  const given = new Map(returns.map(({ key: name, value }) => [name, value]));
  return {
    nodes: reader.nodes,
    tensors: reader.tensors,
    parameters: inputArg.map(({ name }) => name),
    results: outputArg.map(({ name }) => given.get(name) ?? ''),
  };
}

function signatureOf(bytes: Uint8Array): SignatureMessage {
  const [signature] = ofField(bytes, 1);
  const content = signature?.content ?? new Uint8Array();
  return signatureMessage.decode(content) as unknown as SignatureMessage;
}

function ofField(bytes: Uint8Array, wanted: number): { content: Uint8Array }[] {
  return [...fieldsOf(bytes)].filter(({ field }) => field === wanted);
}

class GraphReader implements GraphDef {
  readonly nodes: TensorflowNode[] = [];
  readonly tensors = new Map<string, Uint8Array>();

  constructor(private readonly measure = new Measure()) {}

  node(bytes: Uint8Array): void {
    this.measure.add(bytes);
    const { name, op, input, attr } = nodeMessage.decode(bytes) as unknown as NodeMessage;
    if (name.length > LONGEST_NAME || op.length > LONGEST_NAME) {
      throw new DreamError('bad-model', `node ${this.nodes.length} has a name without end`);
    }
    if (input.length > MOST_INPUTS) {
      throw new DreamError('bad-model', `the node '${name}' has ${input.length} inputs`);
    }
    const attributes: Record<string, TensorflowAttribute> = {};
    for (const { key: attribute, value } of attr) {
      const tensor = tensorIn(value);
      if (tensor && attribute === 'value') this.tensors.set(name, tensor);
      if (tensor || value.length > LONGEST_ATTRIBUTE) continue;
      const plain = attributeOf(valueMessage.decode(value) as unknown as ValueMessage);
      if (plain !== undefined) attributes[attribute] = plain;
    }
    this.nodes.push({ name, op, inputs: input, attributes });
  }
}

/** Of nodes before they are decoded: what is not a tensor grows tenfold in memory. */
class Measure {
  #structure = 0;
  #nodes = 0;

  add(bytes: Uint8Array): void {
    let tensors = 0;
    for (const { field, content } of fieldsOf(bytes)) {
      if (field !== 5) continue;
      for (const part of fieldsOf(content)) {
        if (part.field === 2) tensors += tensorIn(part.content)?.length ?? 0;
      }
    }
    this.#structure += bytes.length - tensors;
    if (this.#structure > MOST_STRUCTURE || ++this.#nodes > MOST_NODES) {
      throw new DreamError(
        'bad-model',
        `the graph has more than ${MOST_NODES} nodes or ${MOST_STRUCTURE / 2 ** 20} MB besides ` +
          'its weights',
      );
    }
  }
}

/** The TensorProto that an attribute's value holds, if it holds one. */
function tensorIn(value: Uint8Array): Uint8Array | null {
  if (value[0] !== key(8)) return null;
  const [first] = fieldsOf(value);
  return first?.content ?? null;
}

function attributeOf(value: ValueMessage): TensorflowAttribute | undefined {
  const has = (name: keyof ValueMessage): boolean => Object.hasOwn(value, name);
  if (has('s')) return textOf(value.s!);
  if (has('i')) return Number(value.i);
  if (has('f')) return value.f;
  if (has('b')) return value.b;
  if (has('func')) return value.func!.name;
  if (has('type')) return typeName(value.type!);
  if (has('shape') && !value.shape!.unknownRank) return sizesOf(value.shape!);
  return has('list') ? listOf(value.list!) : undefined;
}

function listOf({ s, i, f }: NonNullable<ValueMessage['list']>): TensorflowAttribute {
  if (s.length > 0) return s.map(textOf);
  return i.length > 0 ? i.map(Number) : f;
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8');
}
