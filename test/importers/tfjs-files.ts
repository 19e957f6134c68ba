/** Small tensorflow.js models, made in the test that reads them. */
import type { ReadShard } from '../../src/importers/imported.ts';

export interface WeightEntry {
  name: string;
  shape: number[];
  dtype: string;
  quantization?: { dtype: string; min?: number; scale?: number };
}

/** A float32 weight with the values 0.5, 1.5, 2.5 … or those given. */
export function floats(name: string, shape: number[], values?: readonly number[]) {
  const count = shape.reduce((product, size) => product * size, 1);
  const data = values ?? Array.from({ length: count }, (_, index) => index + 0.5);
  return { entry: { name, shape, dtype: 'float32' }, bytes: bytesOf(Float32Array.from(data)) };
}

export function bytesOf(array: ArrayBufferView): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

/** Weights in shards that are cut at the given bytes. */
export function weightFiles(
  weights: readonly { entry: WeightEntry; bytes: Uint8Array }[],
  cuts: readonly number[] = [],
) {
  const all = Buffer.concat(weights.map(({ bytes }) => bytes));
  const edges = [0, ...cuts, all.length];
  const shards = new Map<string, Uint8Array>(
    edges.slice(1).map((end, index) => [`shard${index + 1}`, all.subarray(edges[index], end)]),
  );
  const read: string[] = [];
  const readShard: ReadShard = (path) => {
    read.push(path);
    const bytes = shards.get(path);
    return bytes ? Promise.resolve(bytes) : Promise.reject(new Error('no such file'));
  };
  const manifest = [{ paths: [...shards.keys()], weights: weights.map(({ entry }) => entry) }];
  return { manifest, readShard, read, shards };
}
