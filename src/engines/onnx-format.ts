/** What the engine writes of ONNX's protobuf format (IR version 8). */
import protobuf from 'protobufjs/light.js';
import { modelType, tensorType } from '../kit/onnx-format.ts';

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
