/** What the engine writes of ONNX's protobuf format (IR version 8). */
import protobuf from 'protobufjs/light.js';
import type { Shape } from '../graph/graph.ts';
import { modelType, tensorType } from '../kit/onnx-format.ts';
import type { OnnxAttribute } from '../ops/op.ts';
import type { Room } from './program.ts';

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
  /** Its numbers, which have so many bytes; read when they are needed. */
  readonly byteLength: number;
  /** @param room takes those that have to be computed. */
  readonly read: (room: Room) => ArrayBufferView;
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
 * `graph` field (protobuf merges the parts of a message): each is read when there is room for it,
 * and goes there at once.
 */
export function encodeOnnx(model: OnnxModel, initializers: readonly OnnxTensor[]): Uint8Array {
  const structure = modelType.encode(model).finish();
  const heads = initializers.map(tensorHead);
  const room = initializers.reduce(
    (sum, { byteLength }, index) => sum + heads[index]!.length + byteLength,
    structure.length,
  );
  const bytes = new Uint8Array(room);
  const laidOut = sharedRoom();
  bytes.set(structure);
  let at = structure.length;
  initializers.forEach(({ name, byteLength, read }, index) => {
    const values = read(laidOut);
    if (values.byteLength !== byteLength) {
      throw new Error(`expected ${byteLength} bytes in '${name}', found ${values.byteLength}`);
    }
    bytes.set(heads[index]!, at);
    at += heads[index]!.length;
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, byteLength), at);
    at += byteLength;
  });
  return bytes;
}

/** Always the same memory: numbers are in it until the next ask for it. */
function sharedRoom(): Room {
  let memory = new Float32Array();
  return (count) => {
    if (memory.length < count) memory = new Float32Array(count);
    return memory.subarray(0, count);
  };
}

/** All that comes before a tensor's numbers. */
function tensorHead({ name, dims, dataType, byteLength }: OnnxTensor): Uint8Array {
  const fields = tensorType.encode({ name, dims, dataType }).finish();
  const numbers = fieldHead(9, byteLength);
  const length = fields.length + numbers.length + byteLength;
  const inGraph = fieldHead(5, length);
  return Buffer.concat([fieldHead(7, inGraph.length + length), inGraph, fields, numbers]);
}

/** The key and length that come before a field of bytes or of a message. */
function fieldHead(field: number, length: number): Uint8Array {
  return protobuf.Writer.create()
    .uint32((field << 3) | 2)
    .uint32(length)
    .finish();
}

export function attributeMessage(name: string, value: OnnxAttribute): OnnxAttributeMessage {
  if (typeof value === 'number') return { name, type: 2, i: value };
  if (typeof value === 'string') return { name, type: 3, s: Buffer.from(value) };
  if ('float' in value) return { name, type: 1, f: value.float };
  return { name, type: 7, ints: value };
}

/**
 * @param shape as in the graph: channels last
 * @param sizesOf names unknown sizes: the same name for what is as large
 */
export function valueInfo(
  name: string,
  elemType: number,
  shape: Shape,
  sizesOf = name,
): OnnxValueInfo {
  const sizes = shape.length === 4 ? [shape[0]!, shape[3]!, shape[1]!, shape[2]!] : shape;
  const dim = sizes.map((size, axis) =>
    size === null ? { dimParam: `${sizesOf}_axis_${axis}` } : { dimValue: size },
  );
  return { name, type: { tensorType: { elemType, shape: { dim } } } };
}

/** A tensor as an input of the model. */
export function tensorInfo({ name, dims, dataType }: OnnxTensor): OnnxValueInfo {
  const dim = dims.map((dimValue) => ({ dimValue }));
  return { name, type: { tensorType: { elemType: dataType, shape: { dim } } } };
}
