/**
 * TensorFlow's TensorProto (tensor.proto, types.proto): the value of a Const. Its numbers lie in
 * one run of bytes, or in a list for each number format, of which the last is repeated until the
 * shape is full.
 */
import protobuf from 'protobufjs/light.js';
import { DreamError } from '../../kit/errors.ts';
import { fromHalf } from '../../kit/half.ts';
import { floatsIn } from './floats.ts';
import { shapeMessage, sizesOf } from './graphdef-messages.ts';
import { undamaged } from './protobuf-fields.ts';

/** A number format: TensorFlow's name, and how it lies in `tensor_content`. */
interface NumberFormat {
  readonly name: string;
  readonly bytes: number;
  readonly read: (view: DataView, at: number) => number;
}

const formats = new Map<number, NumberFormat>([
  [1, { name: 'DT_FLOAT', bytes: 4, read: (view, at) => view.getFloat32(at, true) }],
  [2, { name: 'DT_DOUBLE', bytes: 8, read: (view, at) => view.getFloat64(at, true) }],
  [3, { name: 'DT_INT32', bytes: 4, read: (view, at) => view.getInt32(at, true) }],
  [4, { name: 'DT_UINT8', bytes: 1, read: (view, at) => view.getUint8(at) }],
  [5, { name: 'DT_INT16', bytes: 2, read: (view, at) => view.getInt16(at, true) }],
  [6, { name: 'DT_INT8', bytes: 1, read: (view, at) => view.getInt8(at) }],
  [9, { name: 'DT_INT64', bytes: 8, read: (view, at) => Number(view.getBigInt64(at, true)) }],
  [10, { name: 'DT_BOOL', bytes: 1, read: (view, at) => view.getUint8(at) }],
  [11, { name: 'DT_QINT8', bytes: 1, read: (view, at) => view.getInt8(at) }],
  [12, { name: 'DT_QUINT8', bytes: 1, read: (view, at) => view.getUint8(at) }],
  [13, { name: 'DT_QINT32', bytes: 4, read: (view, at) => view.getInt32(at, true) }],
  [14, { name: 'DT_BFLOAT16', bytes: 2, read: (view, at) => bfloat(view.getUint16(at, true)) }],
  [17, { name: 'DT_UINT16', bytes: 2, read: (view, at) => view.getUint16(at, true) }],
  [19, { name: 'DT_HALF', bytes: 2, read: (view, at) => fromHalf(view.getUint16(at, true)) }],
  [22, { name: 'DT_UINT32', bytes: 4, read: (view, at) => view.getUint32(at, true) }],
]);
const STRING = 7;
/** Added to a type's number: the value can be assigned to. */
const REFERENCE = 100;

/** Numbers of types are told by their names, as in a graph's JSON form. */
export function typeName(type: number): string {
  const number = type > REFERENCE ? type - REFERENCE : type;
  return formats.get(number)?.name ?? (number === STRING ? 'DT_STRING' : `type ${number}`);
}

/** A field of TensorProto with a list of numbers: how one of them is read. */
const listed = new Map<number, (reader: protobuf.Reader) => number>([
  [5, (reader) => reader.float()],
  [6, (reader) => reader.double()],
  [7, (reader) => reader.int32()],
  [10, (reader) => Number(reader.int64())],
  [11, (reader) => Number(reader.bool())],
  [13, (reader) => reader.int32()],
  [16, (reader) => reader.uint32()],
]);
const TYPE = 1;
const SHAPE = 2;
const CONTENT = 4;
const HALVES = 13;

const LONGEST_SHAPE = 4096;
/** Numbers with a tag each count as lists of one: nobody writes many so. */
const MOST_LISTS = 100_000;

export interface StoredTensor {
  readonly shape: readonly number[];
  /** Cells that are not in the file one by one: repetitions of the last one that is. */
  readonly repeated: number;
  read(): Float32Array;
}

/**
 * Reads all but the numbers themselves.
 * @param name how messages call the tensor.
 * @throws DreamError 'bad-model' where its shape and its bytes do not fit.
 */
export function openTensor(bytes: Uint8Array, name: string): StoredTensor {
  const damaged = (): string => damage(name);
  const parts = undamaged(() => partsOf(bytes), damaged);
  const { content, shape } = parts;
  if (content) return openContent(content, parts, name);
  const { format, cells } = measured(parts, name);
  const count = parts.lists.reduce((sum, list) => sum + list.count, 0);
  if (count > cells) throw problem(name, `of shape [${shape.join(', ')}] has ${count} numbers`);
  const bits = format.name === 'DT_BFLOAT16' ? bfloat : format.name === 'DT_HALF' ? fromHalf : null;
  return {
    shape,
    repeated: cells - count,
    read: () => undamaged(() => filled(parts.lists, cells, bits), damaged),
  };
}

interface TypeAndShape {
  readonly type: number;
  readonly shape: readonly number[];
}

/**
 * A tensor whose numbers lie one after another.
 * @throws DreamError 'bad-model' where its shape and its bytes do not fit.
 */
export function openContent(content: Uint8Array, kind: TypeAndShape, name: string): StoredTensor {
  const { format, cells } = measured(kind, name);
  const { shape } = kind;
  const bytes = cells * format.bytes;
  if (content.length !== bytes) {
    const found = `has ${content.length} bytes, expected ${bytes}`;
    throw problem(name, `of shape [${shape.join(', ')}] ${found}`);
  }
  return { shape, repeated: 0, read: () => decoded(content, cells, format) };
}

function measured(
  { type, shape }: TypeAndShape,
  name: string,
): { format: NumberFormat; cells: number } {
  const format = formats.get(type);
  if (!format) throw problem(name, `holds ${typeName(type)}, which are no numbers of a network`);
  const cells = shape.reduce((product, size) => product * size, 1);
  if (!shape.every((size) => size >= 0) || !Number.isSafeInteger(cells)) {
    throw problem(name, `has the shape [${shape.join(', ')}]`);
  }
  return { format, cells };
}

function problem(name: string, text: string): DreamError {
  return new DreamError('bad-model', `the constant '${name}' ${text}`);
}

/** A tensor's shape, and whether not one of its numbers is in the file: they all are 0 then. */
export function outlineOf(
  bytes: Uint8Array,
  name: string,
): { shape: readonly number[]; isEmpty: boolean } {
  const { shape, content, lists } = undamaged(
    () => partsOf(bytes),
    () => damage(name),
  );
  return { shape, isEmpty: content === null && lists.length === 0 };
}

function damage(name: string): string {
  return `the constant '${name}' is damaged`;
}

interface List {
  readonly field: number;
  readonly bytes: Uint8Array;
  readonly count: number;
}

interface Parts {
  type: number;
  shape: readonly number[];
  content: Uint8Array | null;
  readonly lists: List[];
}

function partsOf(bytes: Uint8Array): Parts {
  const reader = protobuf.Reader.create(bytes);
  const parts: Parts = { type: 0, shape: [], content: null, lists: [] };
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    const [field, wire] = [tag >>> 3, tag & 7];
    if (field === TYPE && wire === 0) {
      parts.type = reader.int32();
    } else if (field === SHAPE && wire === 2) {
      const shape = reader.bytes();
      if (shape.length > LONGEST_SHAPE) throw new Error('a shape of too many axes');
      parts.shape = sizesOf(shapeMessage.decode(shape));
    } else if (field === CONTENT && wire === 2) {
      const content = reader.bytes();
      if (content.length > 0) parts.content = content;
    } else if (listed.has(field)) {
      if (parts.lists.length >= MOST_LISTS) throw new Error('too many lists of numbers');
      parts.lists.push(listAt(reader, field, wire));
    } else reader.skipType(wire, 0, field);
  }
  return parts;
}

/** Numbers in one run, or a single one with a tag of its own. */
function listAt(reader: protobuf.Reader, field: number, wire: number): List {
  if (wire === 2) {
    const bytes = reader.bytes();
    return { field, bytes, count: countIn(bytes, field) };
  }
  const start = reader.pos;
  reader.skipType(wire, 0, field);
  return { field, bytes: reader.buf.subarray(start, reader.pos), count: 1 };
}

function countIn(bytes: Uint8Array, field: number): number {
  if (field === 5) return Math.floor(bytes.length / 4);
  if (field === 6) return Math.floor(bytes.length / 8);
  // Numbers of varying length: each ends in a byte whose highest bit is not set.
  return bytes.reduce((count, byte) => count + (byte < 0x80 ? 1 : 0), 0);
}

function decoded(content: Uint8Array, cells: number, format: NumberFormat): Float32Array {
  // By far the most of a file.
  if (format.name === 'DT_FLOAT') return floatsIn(content);
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  const values = new Float32Array(cells);
  for (let cell = 0; cell < cells; cell++) values[cell] = format.read(view, cell * format.bytes);
  return values;
}

/** @param bits what the listed numbers are the bits of, where they are not the values themselves. */
function filled(
  parts: readonly List[],
  cells: number,
  bits: ((bits: number) => number) | null,
): Float32Array {
  const values = new Float32Array(cells);
  let cell = 0;
  for (const { field, bytes, count } of parts) {
    const reader = protobuf.Reader.create(bytes);
    const read = listed.get(field)!;
    for (let index = 0; index < count; index++) {
      const value = read(reader);
      values[cell++] = bits && field === HALVES ? bits(value) : value;
    }
  }
  return cell > 0 ? values.fill(values[cell - 1]!, cell) : values;
}

/** The upper half of a float's bits. */
function bfloat(bits: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint16(0, bits);
  return view.getFloat32(0);
}
