/** Number formats of ONNX tensors, all little-endian. */
import protobuf from 'protobufjs/light.js';
import { DreamError } from '../../kit/errors.ts';
import { fromHalf } from '../../kit/half.ts';
import type { TensorMessage } from '../../kit/onnx-format.ts';
import { floatsIn } from '../containers/floats.ts';

interface Format {
  readonly name: string;
  /** Of one number in `rawData`. */
  readonly bytes: number;
  readonly whole?: boolean;
  number(view: DataView, at: number): number;
}

const formats = new Map<number, Format>([
  [1, { name: 'float', bytes: 4, number: (view, at) => view.getFloat32(at, true) }],
  [2, { name: 'uint8', bytes: 1, whole: true, number: (view, at) => view.getUint8(at) }],
  [3, { name: 'int8', bytes: 1, whole: true, number: (view, at) => view.getInt8(at) }],
  [4, { name: 'uint16', bytes: 2, whole: true, number: (view, at) => view.getUint16(at, true) }],
  [5, { name: 'int16', bytes: 2, whole: true, number: (view, at) => view.getInt16(at, true) }],
  [6, { name: 'int32', bytes: 4, whole: true, number: (view, at) => view.getInt32(at, true) }],
  [
    7,
    {
      name: 'int64',
      bytes: 8,
      whole: true,
      number: (view, at) => Number(view.getBigInt64(at, true)),
    },
  ],
  [9, { name: 'bool', bytes: 1, whole: true, number: (view, at) => view.getUint8(at) }],
  [10, { name: 'float16', bytes: 2, number: (view, at) => fromHalf(view.getUint16(at, true)) }],
  [11, { name: 'double', bytes: 8, number: (view, at) => view.getFloat64(at, true) }],
  [12, { name: 'uint32', bytes: 4, whole: true, number: (view, at) => view.getUint32(at, true) }],
  [16, { name: 'bfloat16', bytes: 2, number: (view, at) => fromBrain(view.getUint16(at, true)) }],
]);

/** @throws DreamError 'bad-model' for a number format that no picture network has. */
export function formatOf(tensor: TensorMessage, place: string): Format {
  const format = formats.get(tensor.dataType ?? 0);
  if (format) return format;
  throw new DreamError(
    'bad-model',
    `${place} has number format ${tensor.dataType ?? 0}; expected one of ` +
      [...formats.values()].map(({ name }) => name).join(', '),
  );
}

/** The numbers in `bytes`, as many as fit; a view of them where they lie there as such. */
export function numbersIn(bytes: Uint8Array, format: Format): Float32Array {
  const count = Math.floor(bytes.length / format.bytes);
  if (format.name === 'float') return floatsIn(bytes.subarray(0, count * 4));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = new Float32Array(count);
  for (let index = 0; index < count; index++) {
    values[index] = format.number(view, index * format.bytes);
  }
  return values;
}

/** The same without rounding to 24 bits: int64 holds sizes and "to the end" (2⁶³ − 1). */
export function wholeNumbersIn(bytes: Uint8Array, format: Format): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = Math.floor(bytes.length / format.bytes);
  return Array.from({ length: count }, (_, index) => format.number(view, index * format.bytes));
}

/**
 * The numbers of a tensor that lie in its message, wherever they lie there.
 * @returns bytes in the tensor's format, or a list of numbers
 */
export function contentOf(
  tensor: TensorMessage,
  format: Format,
  count: number,
): Uint8Array | number[] {
  if (tensor.rawData && tensor.rawData.length > 0) return tensor.rawData;
  if (format.name === 'float') return joined(tensor.floatData);
  if (format.name === 'double') return joined(tensor.doubleData);
  if (format.name === 'int64') return varints(tensor.int64Data, count);
  const words = varints(tensor.int32Data, count);
  if (format.name === 'float16') return words.map(fromHalf);
  if (format.name === 'bfloat16') return words.map(fromBrain);
  return words;
}

/** Packed whole numbers; one more than `count` is enough to see that there are too many. */
function varints(parts: readonly Uint8Array[], count: number): number[] {
  const reader = protobuf.Reader.create(joined(parts));
  const values: number[] = [];
  while (reader.pos < reader.len && values.length <= count) values.push(Number(reader.int64()));
  return values;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
}

/** bfloat16: the upper half of a float. */
function fromBrain(upper: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint16(2, upper, true);
  return view.getFloat32(0, true);
}
