/** TensorFlow's checkpoints, written by the tests that read them. */
import protobuf from 'protobufjs/light.js';
import { protobufTypes } from '../../src/kit/protobuf.ts';
import { FLOAT, bytesOf, shapeOf } from './graphdef-files.ts';

const types = protobufTypes({
  Header: { numShards: ['int32', 1], endianness: ['int32', 2] },
  Entry: {
    dtype: ['int32', 1],
    shape: ['Shape', 2],
    shardId: ['int32', 3],
    offset: ['int64', 4],
    size: ['int64', 5],
  },
  Shape: { dim: ['repeated Dimension', 2] },
  Dimension: { size: ['int64', 1] },
});

export interface Variable {
  readonly key: string;
  readonly sizes: readonly number[];
  readonly values: readonly number[];
}

/** The files of a checkpoint: an index, and one file with all numbers. */
export function bundleFiles(variables: readonly Variable[]): Record<string, Uint8Array> {
  const pieces: Uint8Array[] = [];
  let offset = 0;
  const entries = new Map([['', message('Header', { numShards: 1 })]]);
  for (const { key, sizes, values } of variables) {
    const bytes = bytesOf(Float32Array.from(values));
    const entry = { dtype: FLOAT, shape: shapeOf(sizes), offset, size: bytes.length };
    entries.set(key, message('Entry', entry));
    pieces.push(bytes);
    offset += bytes.length;
  }
  const sorted = [...entries].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    'variables/variables.index': tableFile(sorted),
    'variables/variables.data-00000-of-00001': Buffer.concat(pieces),
  };
}

/**
 * A LevelDB table with two entries to a block.
 * @param compression as each block names it: 0 is none.
 */
export function tableFile(
  entries: readonly (readonly [string, Uint8Array])[],
  compression = 0,
): Uint8Array {
  const parts: Uint8Array[] = [];
  let length = 0;
  const add = (block: Uint8Array): Uint8Array => {
    const handle = varints(length, block.length);
    parts.push(block, Uint8Array.of(compression, 0, 0, 0, 0));
    length += block.length + 5;
    return handle;
  };
  const index: [string, Uint8Array][] = [];
  for (let start = 0; start < entries.length; start += 2) {
    const own = entries.slice(start, start + 2);
    index.push([own.at(-1)![0], add(blockOf(own))]);
  }
  const handles = Buffer.concat([add(blockOf([])), add(blockOf(index))]);
  const magic = Buffer.from('57fb808b247547db', 'hex');
  return Buffer.concat([...parts, handles, Buffer.alloc(40 - handles.length), magic]);
}

function blockOf(entries: readonly (readonly [string, Uint8Array])[]): Uint8Array {
  const parts: Uint8Array[] = [];
  let before = Buffer.alloc(0);
  for (const [name, value] of entries) {
    const key = Buffer.from(name);
    let shared = 0;
    while (shared < Math.min(key.length, before.length) && key[shared] === before[shared]) shared++;
    parts.push(varints(shared, key.length - shared, value.length), key.subarray(shared), value);
    before = key;
  }
  // One restart, at 0.
  return Buffer.concat([...parts, Buffer.from([0, 0, 0, 0, 1, 0, 0, 0])]);
}

function varints(...values: number[]): Uint8Array {
  const writer = protobuf.Writer.create();
  for (const value of values) writer.uint32(value);
  return writer.finish();
}

function message(name: string, fields: object): Uint8Array {
  const type = types.lookupType(name);
  return type.encode(type.fromObject(fields)).finish();
}
