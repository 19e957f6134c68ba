/**
 * The part of ONNX's protobuf format that the engine writes (onnx.proto3, field numbers of
 * github.com/onnx/onnx, IR version 8).
 */
import protobuf from 'protobufjs/light.js';

const schema = protobuf.Root.fromJSON({
  nested: {
    Model: message({
      irVersion: ['int64', 1],
      producerName: ['string', 2],
      graph: ['Graph', 7],
      opsetImport: ['repeated Opset', 8],
    }),
    Opset: message({ domain: ['string', 1], version: ['int64', 2] }),
    Graph: message({
      node: ['repeated Node', 1],
      name: ['string', 2],
      initializer: ['repeated Tensor', 5],
      input: ['repeated ValueInfo', 11],
      output: ['repeated ValueInfo', 12],
      valueInfo: ['repeated ValueInfo', 13],
    }),
    Node: message({
      input: ['repeated string', 1],
      output: ['repeated string', 2],
      name: ['string', 3],
      opType: ['string', 4],
      attribute: ['repeated Attribute', 5],
    }),
    Attribute: message({
      name: ['string', 1],
      f: ['float', 2],
      i: ['int64', 3],
      s: ['bytes', 4],
      ints: ['repeated int64', 8],
      type: ['int32', 20],
    }),
    Tensor: message({
      dims: ['repeated int64', 1],
      dataType: ['int32', 2],
      name: ['string', 8],
      rawData: ['bytes', 9],
    }),
    ValueInfo: message({ name: ['string', 1], type: ['Type', 2] }),
    Type: message({ tensorType: ['TensorType', 1] }),
    TensorType: message({ elemType: ['int32', 1], shape: ['Shape', 2] }),
    Shape: message({ dim: ['repeated Dimension', 1] }),
    Dimension: message({ dimValue: ['int64', 1], dimParam: ['string', 2] }),
  },
});

const modelType = schema.lookupType('Model');
const tensorType = schema.lookupType('Tensor');

export interface OnnxModel {
  readonly irVersion: number;
  readonly producerName: string;
  readonly opsetImport: readonly { domain: string; version: number }[];
  readonly graph: {
    readonly name: string;
    readonly node: readonly OnnxNode[];
    readonly input: readonly OnnxValueInfo[];
    readonly output: readonly OnnxValueInfo[];
    /** Shapes of values in between. */
    readonly valueInfo: readonly OnnxValueInfo[];
  };
}

export interface OnnxNode {
  readonly name: string;
  readonly opType: string;
  readonly input: readonly string[];
  /** May grow: a max-pool gives indices only when they are asked for. */
  readonly output: string[];
  readonly attribute: readonly OnnxAttributeMessage[];
}

export interface OnnxAttributeMessage {
  readonly name: string;
  readonly type: number;
  readonly f?: number;
  readonly i?: number;
  readonly s?: Uint8Array;
  readonly ints?: readonly number[];
}

export interface OnnxTensor {
  readonly name: string;
  readonly dims: readonly number[];
  readonly dataType: number;
  readonly rawData: Uint8Array;
}

export interface OnnxValueInfo {
  readonly name: string;
  readonly type: {
    tensorType: {
      elemType: number;
      shape: { dim: readonly { dimValue?: number; dimParam?: string }[] };
    };
  };
}

export const FLOAT = 1;
export const INT64 = 7;

/**
 * The bytes of a model. The initializers, tens of megabytes, are appended as further parts of the
 * `graph` field (protobuf merges the parts of a message), so that they are copied once only.
 */
export function encodeOnnx(model: OnnxModel, initializers: Iterable<OnnxTensor>): Uint8Array {
  const parts = [modelType.encode(modelType.fromObject(model)).finish()];
  for (const { rawData, ...tensor } of initializers) {
    const head = tensorType.encode(tensorType.fromObject(tensor)).finish();
    const tensorLength = head.length + fieldHead(9, rawData.length).length + rawData.length;
    const inGraph = fieldHead(5, tensorLength);
    parts.push(fieldHead(7, inGraph.length + tensorLength), inGraph, head);
    parts.push(fieldHead(9, rawData.length), rawData);
  }
  return Buffer.concat(parts);
}

/** The key and length that come before a field of bytes or of a message. */
function fieldHead(field: number, length: number): Uint8Array {
  return protobuf.Writer.create()
    .uint32((field << 3) | 2)
    .uint32(length)
    .finish();
}

function message(fields: Record<string, [string, number]>): protobuf.IType {
  const entries = Object.entries(fields).map(([name, [type, id]]) => {
    const repeated = type.startsWith('repeated ');
    return [name, repeated ? { rule: 'repeated', type: type.slice(9), id } : { type, id }];
  });
  return { fields: Object.fromEntries(entries) as Record<string, protobuf.IField> };
}
