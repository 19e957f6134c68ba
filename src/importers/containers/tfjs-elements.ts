/** Number formats of tensorflow.js weights, all little-endian. */
import type { Packed } from '../../graph/graph.ts';
import { DreamError } from '../../kit/errors.ts';
import { fromHalf } from '../../kit/half.ts';
import { floatsIn } from './floats.ts';

const bytesByType = new Map([
  ['float32', 4],
  ['float16', 2],
  ['int32', 4],
  ['uint16', 2],
  ['uint8', 1],
  ['bool', 1],
]);

/** @throws DreamError 'bad-model' for a number format that no picture network has. */
export function bytesPerElement(type: string, weight: string): number {
  const bytes = bytesByType.get(type);
  if (bytes !== undefined) return bytes;
  throw new DreamError(
    'bad-model',
    `weight '${weight}' has the number format '${type}'; expected one of ` +
      [...bytesByType.keys()].join(', '),
  );
}

interface Quantised {
  readonly dtype: string;
  readonly quantization?:
    { readonly min?: number | undefined; readonly scale?: number | undefined } | undefined;
}

/** The weight's values as floats: stored · scale + min where it is quantised. */
export function decode(bytes: Uint8Array, type: string, weight: Quantised): Float32Array {
  const stored = elements(bytes, type);
  const { scale, min } = weight.quantization ?? {};
  if (scale === undefined || min === undefined) {
    return stored instanceof Float32Array ? stored : Float32Array.from(stored);
  }
  const values = new Float32Array(stored.length);
  for (let index = 0; index < values.length; index++) values[index] = stored[index]! * scale + min;
  if (weight.dtype === 'int32') {
    for (let index = 0; index < values.length; index++) values[index] = Math.round(values[index]!);
  }
  return values;
}

/** Whether the values are whole numbers, stored · scale + min. */
export function isPacked(type: string, { dtype, quantization }: Quantised): boolean {
  const { scale, min } = quantization ?? {};
  const known = scale !== undefined && min !== undefined;
  return known && dtype === 'float32' && (type === 'uint8' || type === 'uint16');
}

/** Of a weight that `isPacked`: the numbers that `decode` unpacks. */
export function packed(bytes: Uint8Array, type: string, { quantization }: Quantised): Packed {
  // Not as a Buffer: whoever unpacks numbers is fastest when all are in arrays of one kind.
  const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  const numbers = elements(plain, type) as Packed['numbers'];
  return { numbers, scale: quantization!.scale!, offset: quantization!.min! };
}

function elements(
  bytes: Uint8Array,
  type: string,
): Float32Array | Int32Array | Uint16Array | Uint8Array {
  if (type === 'uint8' || type === 'bool') return bytes;
  if (type === 'float32') return floatsIn(bytes);
  // A typed array of wider elements must begin at a multiple of their size: hence the copy.
  // (`slice` would not copy: the bytes are often a Buffer, whose slices are views.)
  const { buffer } = new Uint8Array(bytes);
  if (type === 'int32') return new Int32Array(buffer);
  if (type === 'uint16') return new Uint16Array(buffer);
  return Float32Array.from(new Uint16Array(buffer), fromHalf);
}
