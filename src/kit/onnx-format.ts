/**
 * The part of ONNX's protobuf format that is read and written here (onnx.proto3, field numbers of
 * github.com/onnx/onnx).
 */
import { decoded, protobufTypes } from './protobuf.ts';

const types = protobufTypes({
  Model: {
    irVersion: ['int64', 1],
    producerName: ['string', 2],
    graph: ['Graph', 7],
    opsetImport: ['repeated Opset', 8],
    metadataProps: ['repeated Entry', 14],
  },
  Opset: { domain: ['string', 1], version: ['int64', 2] },
  Graph: {
    node: ['repeated Node', 1],
    name: ['string', 2],
    initializer: ['repeated Tensor', 5],
    input: ['repeated ValueInfo', 11],
    output: ['repeated ValueInfo', 12],
    valueInfo: ['repeated ValueInfo', 13],
  },
  Node: {
    input: ['repeated string', 1],
    output: ['repeated string', 2],
    name: ['string', 3],
    opType: ['string', 4],
    attribute: ['repeated Attribute', 5],
    domain: ['string', 7],
  },
  Attribute: {
    name: ['string', 1],
    f: ['float', 2],
    i: ['int64', 3],
    s: ['bytes', 4],
    t: ['Tensor', 5],
    floats: ['repeated float', 7],
    ints: ['repeated int64', 8],
    type: ['int32', 20],
  },
  Tensor: {
    dims: ['repeated int64', 1],
    dataType: ['int32', 2],
    // Packed numbers, left as the bytes that they are: they can be half a gigabyte.
    floatData: ['repeated bytes', 4],
    int32Data: ['repeated bytes', 5],
    int64Data: ['repeated bytes', 7],
    name: ['string', 8],
    rawData: ['bytes', 9],
    doubleData: ['repeated bytes', 10],
    externalData: ['repeated Entry', 13],
    dataLocation: ['int32', 14],
  },
  Entry: { key: ['string', 1], value: ['string', 2] },
  ValueInfo: { name: ['string', 1], type: ['Type', 2] },
  Type: { tensorType: ['TensorType', 1] },
  TensorType: { elemType: ['int32', 1], shape: ['Shape', 2] },
  Shape: { dim: ['repeated Dimension', 1] },
  Dimension: { dimValue: ['int64', 1], dimParam: ['string', 2] },
});

export const modelType = types.lookupType('Model');
export const tensorType = types.lookupType('Tensor');

export const FLOAT = 1;
export const INT64 = 7;
export const FLOAT16 = 10;

/** Messages as they come out of a file: lists are always there, other fields when they are set. */
export interface ModelMessage {
  readonly irVersion?: number;
  readonly producerName?: string;
  readonly graph?: GraphMessage;
  readonly opsetImport: readonly { readonly domain?: string; readonly version?: number }[];
  readonly metadataProps: readonly { readonly key?: string; readonly value?: string }[];
}

export interface GraphMessage {
  readonly node: readonly NodeMessage[];
  readonly initializer: readonly TensorMessage[];
  readonly input: readonly ValueInfoMessage[];
  readonly output: readonly ValueInfoMessage[];
}

export interface NodeMessage {
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly name?: string;
  readonly opType?: string;
  readonly domain?: string;
  readonly attribute: readonly AttributeMessage[];
}

export interface AttributeMessage {
  readonly name?: string;
  readonly type?: number;
  readonly f?: number;
  readonly i?: number;
  readonly s?: Uint8Array;
  readonly t?: TensorMessage;
  readonly floats: readonly number[];
  readonly ints: readonly number[];
}

export interface TensorMessage {
  readonly name?: string;
  readonly dims: readonly number[];
  readonly dataType?: number;
  readonly rawData?: Uint8Array;
  readonly floatData: readonly Uint8Array[];
  readonly int32Data: readonly Uint8Array[];
  readonly int64Data: readonly Uint8Array[];
  readonly doubleData: readonly Uint8Array[];
  readonly externalData: readonly { readonly key?: string; readonly value?: string }[];
  /** 1: in another file. */
  readonly dataLocation?: number;
}

export interface ValueInfoMessage {
  readonly name?: string;
  readonly type?: {
    readonly tensorType?: {
      readonly elemType?: number;
      readonly shape?: {
        readonly dim: readonly { readonly dimValue?: number; readonly dimParam?: string }[];
      };
    };
  };
}

/** @throws RangeError or Error for bytes that are no such message. */
export function decodeOnnx(bytes: Uint8Array): ModelMessage {
  return decoded(modelType, bytes) as unknown as ModelMessage;
}
