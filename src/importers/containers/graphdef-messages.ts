/**
 * The messages of a GraphDef (graph.proto, node_def.proto, attr_value.proto and
 * tensor_shape.proto of github.com/tensorflow/tensorflow), as far as they are read.
 */
import { protobufTypes } from '../../kit/protobuf.ts';

const types = protobufTypes({
  Node: {
    name: ['string', 1],
    op: ['string', 2],
    input: ['repeated string', 3],
    attr: ['repeated Attribute', 5],
  },
  // A map's entries. The values are decoded apart, and tensors not at all.
  Attribute: { key: ['string', 1], value: ['bytes', 2] },
  Value: {
    list: ['List', 1],
    s: ['optional bytes', 2],
    i: ['optional int64', 3],
    f: ['optional float', 4],
    b: ['optional bool', 5],
    type: ['optional int32', 6],
    shape: ['Shape', 7],
    tensor: ['bytes', 8],
    func: ['Func', 10],
  },
  Func: { name: ['string', 1] },
  List: { s: ['repeated bytes', 2], i: ['repeated int64', 3], f: ['repeated float', 4] },
  Shape: { dim: ['repeated Dimension', 2], unknownRank: ['bool', 3] },
  Dimension: { size: ['int64', 1] },
  // Of a function: what goes in and out, and which of its nodes gives each of those.
  Signature: {
    name: ['string', 1],
    inputArg: ['repeated Argument', 2],
    outputArg: ['repeated Argument', 3],
  },
  Argument: { name: ['string', 1] },
  Return: { key: ['string', 1], value: ['string', 2] },
});

export const nodeMessage = types.lookupType('Node');
export const valueMessage = types.lookupType('Value');
export const shapeMessage = types.lookupType('Shape');
export const signatureMessage = types.lookupType('Signature');
export const returnMessage = types.lookupType('Return');

export interface SignatureMessage {
  readonly name: string;
  readonly inputArg: readonly { name: string }[];
  readonly outputArg: readonly { name: string }[];
}

export interface NodeMessage {
  readonly name: string;
  readonly op: string;
  readonly input: readonly string[];
  readonly attr: readonly { key: string; value: Uint8Array }[];
}

/** One member is set. Numbers of 64 bits are objects that `Number` takes. */
export interface ValueMessage {
  readonly list?: { s: Uint8Array[]; i: unknown[]; f: number[] };
  readonly s?: Uint8Array;
  readonly i?: unknown;
  readonly f?: number;
  readonly b?: boolean;
  readonly type?: number;
  readonly shape?: ShapeMessage;
  readonly tensor?: Uint8Array;
  readonly func?: { name: string };
}

export interface ShapeMessage {
  readonly dim: readonly { size: unknown }[];
  readonly unknownRank: boolean;
}

/** Sizes of the axes, -1 where unknown. */
export function sizesOf(shape: unknown): number[] {
  return (shape as ShapeMessage).dim.map(({ size }) => Number(size));
}
