import type { io } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import type { Packed } from '../../src/graph/graph.ts';
import { openWeights } from '../../src/importers/containers/tfjs-weights.ts';
import { plainTensorflow } from '../helpers/tensorflow.ts';
import { bytesOf, floats, weightFiles } from './tfjs-files.ts';
import type { WeightEntry } from './tfjs-files.ts';

const tf = await plainTensorflow();
const MEGABYTE = 1024 * 1024;

async function valuesOf(entry: WeightEntry, bytes: Uint8Array): Promise<number[]> {
  // One byte before it, so that nothing lies where typed arrays would like it.
  const first = { entry: { name: 'first', shape: [1], dtype: 'bool' }, bytes: Uint8Array.of(1) };
  const { manifest, readShard } = weightFiles([first, { entry, bytes }]);
  const weights = openWeights(manifest, readShard);
  await weights.ready([entry.name]);
  const constant = weights.constant(entry.name);
  if (constant.packed) expect(unpacked(constant.packed())).toEqual(constant.read());
  return [...constant.read()];
}

function unpacked({ numbers, scale, offset }: Packed): Float32Array {
  return Float32Array.from(numbers, (number) => number * scale + offset);
}

/** The same by tensorflow.js's own reader. */
function reference(entry: WeightEntry, bytes: Uint8Array): number[] {
  const spec = entry as unknown as io.WeightsManifestEntry;
  return [...tf.io.decodeWeights(new Uint8Array(bytes).buffer, [spec])[entry.name]!.dataSync()];
}

describe('number formats', () => {
  const numbers = Uint16Array.from({ length: 12 }, (_, index) => (index * 40503) % 65536);
  const entry = (dtype: string, quantization?: WeightEntry['quantization']): WeightEntry => ({
    name: 'w',
    shape: [3, 4],
    dtype,
    ...(quantization && { quantization }),
  });

  test.each([
    ['float32', entry('float32'), bytesOf(Float32Array.from(numbers, (n) => n / 7 - 3000))],
    [
      'uint8',
      entry('float32', { dtype: 'uint8', min: -0.7, scale: 0.013 }),
      Uint8Array.from(numbers),
    ],
    ['uint16', entry('float32', { dtype: 'uint16', min: -9, scale: 3e-4 }), bytesOf(numbers)],
    [
      'uint8 of int32',
      entry('int32', { dtype: 'uint8', min: -5, scale: 0.3 }),
      Uint8Array.from(numbers),
    ],
    ['int32', entry('int32'), bytesOf(Int32Array.from(numbers, (n) => n - 30000))],
    ['bool', entry('bool'), Uint8Array.from(numbers, (n) => n % 2)],
  ])('%s is read as tensorflow.js reads it', async (_, spec, bytes) => {
    expect(await valuesOf(spec, bytes)).toEqual(reference(spec, bytes));
  });

  test('whole numbers that stand for floats can be had as they are', () => {
    const isPacked = (dtype: string, stored: string): boolean => {
      const weight = entry(dtype, { dtype: stored, min: -1, scale: 0.5 });
      const { manifest, readShard } = weightFiles([{ entry: weight, bytes: new Uint8Array(24) }]);
      return openWeights(manifest, readShard).constant('w').packed !== undefined;
    };
    expect([isPacked('float32', 'uint8'), isPacked('float32', 'uint16')]).toEqual([true, true]);
    expect([isPacked('int32', 'uint8'), isPacked('float32', 'float16')]).toEqual([false, false]);
  });

  test('float16: signs, fractions, the smallest, infinity', async () => {
    const halves = [0x3c00, 0xc000, 0x3555, 0x0001, 0x03ff, 0x7bff, 0x8000, 0xfc00, 0, 0, 0, 0];
    const bytes = bytesOf(Uint16Array.from(halves));
    const values = await valuesOf(entry('float32', { dtype: 'float16' }), bytes);
    const small = 2 ** -24;
    expect(values.slice(0, 8)).toEqual([
      1,
      -2,
      0.333251953125,
      small,
      1023 * small,
      65504,
      -0,
      -Infinity,
    ]);
  });
});

describe('shards', () => {
  const weights = [floats('a', [3]), floats('b', [2, 2]), floats('c', [1])];

  test('a weight that lies in two or three shards is put together', async () => {
    for (const cuts of [[18], [14, 23], [1, 2, 3, 31]]) {
      const { manifest, readShard } = weightFiles(weights, cuts);
      const opened = openWeights(manifest, readShard);
      await opened.ready(['b']);
      expect([...opened.constant('b').read()]).toEqual([0.5, 1.5, 2.5, 3.5]);
    }
  });

  test('of shards of the usual length only those are read that are needed', async () => {
    const large = floats('large', [(9 * MEGABYTE) / 4], [7]);
    const bytes = new Uint8Array(9 * MEGABYTE);
    bytes.set(large.bytes);
    const all = [floats('a', [3]), { ...large, bytes }, floats('z', [2])];
    const { manifest, readShard, read } = weightFiles(all, [4 * MEGABYTE, 8 * MEGABYTE]);
    const opened = openWeights(manifest, readShard);
    expect(read).toEqual([]);
    await opened.ready(['a', 'a']);
    await opened.ready(['a']);
    expect(read).toEqual(['shard1']);
    await opened.ready(['z']);
    expect(read).toEqual(['shard1', 'shard3']);
    expect([...opened.constant('z').read()]).toEqual([0.5, 1.5]);
    expect(() => opened.constant('large').read()).toThrow("weight 'large' was read before ready");
  });

  test('weights are found in several groups', async () => {
    const one = weightFiles([floats('a', [3])]);
    const manifest = [...one.manifest, { paths: ['other'], weights: [floats('d', [2]).entry] }];
    const opened = openWeights(manifest, (path) =>
      path === 'other' ? Promise.resolve(floats('d', [2], [8, 9]).bytes) : one.readShard(path),
    );
    await opened.ready(['a', 'd']);
    expect([...opened.constant('d').read()]).toEqual([8, 9]);
    expect(opened.has('d') && !opened.has('e')).toBe(true);
  });
});

describe('failures', () => {
  const weights = [floats('a', [3]), floats('b', [2, 2])];

  test('reading before loading is a defect of the program', () => {
    const { manifest, readShard } = weightFiles(weights);
    expect(() => openWeights(manifest, readShard).constant('a').read()).toThrow(
      "weight 'a' was read before ready(['a']) was awaited",
    );
  });

  test('a missing shard is named, and can be tried again when it is there', async () => {
    const { manifest, readShard, shards } = weightFiles(weights, [12]);
    const bytes = shards.get('shard2')!;
    shards.delete('shard2');
    const opened = openWeights(manifest, readShard);
    await expect(opened.ready(['b'])).rejects.toMatchObject({
      code: 'bad-model',
      message: "the weight file 'shard2' (one of 2) cannot be read: no such file",
    });
    shards.set('shard2', bytes);
    await opened.ready(['b']);
    expect([...opened.constant('b').read()]).toEqual([0.5, 1.5, 2.5, 3.5]);
  });

  test('a shard that was cut short is named with the expected and the found bytes', async () => {
    const { manifest, readShard, shards } = weightFiles(weights);
    const whole = shards.get('shard1')!;
    shards.set('shard1', whole.subarray(0, 20));
    const opened = openWeights(manifest, readShard);
    await expect(opened.ready(['a'])).rejects.toMatchObject({
      code: 'bad-model',
      message:
        "the weight file 'shard1' holds 20 bytes, expected 28; " +
        'the weight files shard1 hold 20 bytes together, expected 28',
    });
    expect(() => opened.constant('a').read()).toThrow('before ready');
    shards.set('shard1', whole);
    await opened.ready(['a']);
    expect([...opened.constant('a').read()]).toEqual([0.5, 1.5, 2.5]);
  });

  test('without a usual length the total tells', async () => {
    const { manifest, readShard, shards } = weightFiles(weights, [10]);
    shards.set('shard2', new Uint8Array(19));
    await expect(openWeights(manifest, readShard).ready(['a'])).rejects.toThrow(
      'the weight files shard1, shard2 hold 29 bytes together, expected 28',
    );
  });

  test('an unknown number format and an unknown weight are named', () => {
    const { manifest, readShard } = weightFiles([
      { entry: { name: 'w', shape: [1], dtype: 'complex64' }, bytes: new Uint8Array(8) },
    ]);
    expect(() => openWeights(manifest, readShard)).toThrow(
      "weight 'w' has the number format 'complex64'; expected one of float32, float16, int32",
    );
    const good = weightFiles(weights);
    expect(() => openWeights(good.manifest, good.readShard).constant('nobody')).toThrow(
      "the weights hold no 'nobody', which the network needs",
    );
  });

  test('a manifest of another form is refused by field', () => {
    const manifest = [{ paths: ['x'], weights: [{ name: 'w', shape: [-1], dtype: 'float32' }] }];
    expect(() => openWeights(manifest, () => Promise.reject(new Error()))).toThrow(
      'weightsManifest: 0.weights.0.shape.0:',
    );
    expect(() => openWeights(undefined, () => Promise.reject(new Error()))).toThrow(
      'weightsManifest:',
    );
  });
});
