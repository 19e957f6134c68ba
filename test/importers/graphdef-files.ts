/** Small TensorFlow graphs, written by the test that reads them. */
import { protobufTypes } from '../../src/kit/protobuf.ts';

const types = protobufTypes({
  SavedModel: { schemaVersion: ['int64', 1], metaGraphs: ['repeated MetaGraph', 2] },
  MetaGraph: {
    info: ['Info', 1],
    graph: ['Graph', 2],
    signature: ['repeated SignatureEntry', 5],
  },
  Info: { version: ['string', 1], tags: ['repeated string', 4] },
  SignatureEntry: { key: ['string', 1], value: ['Signature', 2] },
  Signature: { outputs: ['repeated OutputEntry', 2] },
  OutputEntry: { key: ['string', 1], value: ['Output', 2] },
  Output: { name: ['string', 1] },
  Graph: { node: ['repeated Node', 1], library: ['Library', 2], versions: ['Versions', 4] },
  Library: { function: ['repeated Function', 1] },
  Function: {
    signature: ['FunctionSignature', 1],
    nodeDef: ['repeated Node', 3],
    ret: ['repeated Return', 4],
  },
  FunctionSignature: {
    name: ['string', 1],
    inputArg: ['repeated Argument', 2],
    outputArg: ['repeated Argument', 3],
  },
  Argument: { name: ['string', 1], type: ['int32', 3] },
  Return: { key: ['string', 1], value: ['string', 2] },
  Versions: { producer: ['int32', 1] },
  Node: {
    name: ['string', 1],
    op: ['string', 2],
    input: ['repeated string', 3],
    device: ['string', 4],
    attr: ['repeated Attribute', 5],
  },
  Attribute: { key: ['string', 1], value: ['Value', 2] },
  Value: {
    list: ['List', 1],
    s: ['optional bytes', 2],
    i: ['optional int64', 3],
    f: ['optional float', 4],
    b: ['optional bool', 5],
    type: ['optional int32', 6],
    shape: ['Shape', 7],
    tensor: ['Tensor', 8],
    func: ['Func', 10],
  },
  Func: { name: ['string', 1] },
  List: { s: ['repeated bytes', 2], i: ['repeated int64', 3], f: ['repeated float', 4] },
  Shape: { dim: ['repeated Dimension', 2], unknownRank: ['bool', 3] },
  Dimension: { size: ['int64', 1] },
  Tensor: {
    dtype: ['int32', 1],
    tensorShape: ['Shape', 2],
    tensorContent: ['bytes', 4],
    floatVal: ['repeated float', 5],
    doubleVal: ['repeated double', 6],
    intVal: ['repeated int32', 7],
    stringVal: ['repeated bytes', 8],
    int64Val: ['repeated int64', 10],
    boolVal: ['repeated bool', 11],
    halfVal: ['repeated int32', 13],
  },
});

export interface FileNode {
  readonly name: string;
  readonly op: string;
  readonly input?: readonly string[];
  readonly attr?: Readonly<Record<string, object>>;
}

export const FLOAT = 1;
export const INT32 = 3;
export const STRING = 7;

export const text = (value: string) => ({ s: Buffer.from(value) });
export const list = (...values: number[]) => ({ list: { i: values } });
export const shape = (...sizes: number[]) => ({ shape: shapeOf(sizes) });
export const shapeOf = (sizes: readonly number[]) => ({ dim: sizes.map((size) => ({ size })) });

export function node(
  op: string,
  name: string,
  input: readonly string[] = [],
  attr: Readonly<Record<string, object>> = {},
): FileNode {
  return { name, op, input, attr };
}

/** A float32 constant: the given values, else waves. */
export function floats(
  name: string,
  sizes: readonly number[],
  values?: readonly number[],
): FileNode {
  const data = Float32Array.from(values ?? waves(sizes));
  return constant(name, {
    dtype: FLOAT,
    tensorShape: shapeOf(sizes),
    tensorContent: bytesOf(data),
  });
}

export function waves(sizes: readonly number[]): number[] {
  const count = sizes.reduce((product, size) => product * size, 1);
  return Array.from({ length: count }, (_, index) => Math.sin(index * 5 + sizes.length) / 2);
}

export function integers(
  name: string,
  values: readonly number[],
  sizes: readonly number[] = [values.length],
): FileNode {
  return constant(name, { dtype: INT32, tensorShape: shapeOf(sizes), intVal: values });
}

/** The fields of a TensorProto. */
export interface TensorFields {
  readonly dtype: number;
  readonly tensorShape?: object;
  readonly [field: string]: unknown;
}

export function constant(name: string, tensor: TensorFields): FileNode {
  return node('Const', name, [], { dtype: { type: tensor.dtype }, value: { tensor } });
}

export function bytesOf(array: ArrayBufferView): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

export function graphFile(nodes: readonly FileNode[]): Uint8Array {
  return encoded('Graph', graphOf(nodes));
}

export function metaGraphFile(nodes: readonly FileNode[]): Uint8Array {
  return encoded('MetaGraph', { info: { version: 'v1' }, graph: graphOf(nodes) });
}

/** A function of a graph: inside it nodes read `argument` or `node:output:0`. */
export interface FileFunction {
  readonly name: string;
  readonly parameters: readonly string[];
  readonly nodes: readonly FileNode[];
  /** Result → what gives it. */
  readonly results: Readonly<Record<string, string>>;
}

export function savedModelFile(
  nodes: readonly FileNode[],
  output?: string,
  functions: readonly FileFunction[] = [],
): Uint8Array {
  const outputs = output === undefined ? [] : [{ key: 'scores', value: { name: output } }];
  const meta = {
    info: { tags: ['serve'] },
    graph: { ...graphOf(nodes), library: { function: functions.map(functionOf) } },
    signature: [{ key: 'serving_default', value: { outputs } }],
  };
  return encoded('SavedModel', { schemaVersion: 1, metaGraphs: [meta] });
}

function functionOf({ name, parameters, nodes, results }: FileFunction): object {
  const outputs = Object.entries(results);
  return {
    signature: {
      name,
      inputArg: parameters.map((parameter) => ({ name: parameter })),
      outputArg: outputs.map(([result]) => ({ name: result })),
    },
    nodeDef: nodes.map(messageOf),
    ret: outputs.map(([key, value]) => ({ key, value })),
  };
}

function graphOf(nodes: readonly FileNode[]): object {
  return { node: nodes.map(messageOf), versions: { producer: 21 } };
}

function messageOf({ attr = {}, ...rest }: FileNode): object {
  return { ...rest, attr: Object.entries(attr).map(([key, value]) => ({ key, value })) };
}

function encoded(name: string, message: object): Uint8Array {
  const type = types.lookupType(name);
  return type.encode(type.fromObject(message)).finish();
}
