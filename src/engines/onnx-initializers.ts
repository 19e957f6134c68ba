/** The numbers that an ONNX model carries: weights, and what its nodes are told. */
import { toHalves } from '../kit/half.ts';
import type { Precision } from '../kit/half.ts';
import { FLOAT, FLOAT16, INT64 } from '../kit/onnx-format.ts';
import type { ReadFloats } from '../ops/op.ts';
import { cellsOf } from './memory.ts';
import type { OnnxTensor } from './onnx-format.ts';
import type { Room } from './program.ts';

/** ONNX's numbers of the types. */
export const TYPES: Readonly<Record<Precision, number>> = { float: FLOAT, half: FLOAT16 };

/** Of one number. */
const BYTES: Readonly<Record<number, number>> = { [FLOAT]: 4, [FLOAT16]: 2, [INT64]: 8 };

/** Each is there once for its key, and read when the model is written. */
export class Initializers {
  readonly #tensors = new Map<string, OnnxTensor>();

  all(): readonly OnnxTensor[] {
    return [...this.#tensors.values()];
  }

  floats(key: string, shape: readonly number[], precision: Precision, read: ReadFloats): string {
    const count = cellsOf(shape);
    const readInto = (room: Room): Float32Array => read(() => room(count));
    return precision === 'float'
      ? this.#made(key, shape, FLOAT, readInto)
      : this.#made(`${key}|half`, shape, FLOAT16, (room) => toHalves(readInto(room)));
  }

  integers(values: readonly number[]): string {
    const read = (): BigInt64Array => BigInt64Array.from(values, (value) => BigInt(value));
    return this.#made(`integers ${values.join(' ')}`, [values.length], INT64, read);
  }

  #made(key: string, dims: readonly number[], dataType: number, read: OnnxTensor['read']): string {
    if (!this.#tensors.has(key)) {
      const byteLength = cellsOf(dims) * BYTES[dataType]!;
      this.#tensors.set(key, { name: key, dims, dataType, byteLength, read });
    }
    return key;
  }
}

/** [batch, cells, channels] → [batch, channels, cells]. */
export function channelsFirst(
  source: Float32Array,
  batch: number,
  cells: number,
  channels: number,
): Float32Array {
  const target = new Float32Array(source.length);
  for (let picture = 0, from = 0; picture < batch; picture++) {
    for (let cell = 0; cell < cells; cell++) {
      for (let channel = 0; channel < channels; channel++, from++) {
        target[(picture * channels + channel) * cells + cell] = source[from]!;
      }
    }
  }
  return target;
}
