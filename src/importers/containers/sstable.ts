/**
 * The tables of LevelDB (table_format.md of github.com/google/leveldb), which TensorFlow writes
 * without compression: sorted keys, each with a value, in blocks that an index at the end lists.
 */
import protobuf from 'protobufjs/light.js';
import { DreamError } from '../../kit/errors.ts';
import { undamaged } from './protobuf-fields.ts';

const FOOTER = 48;
const MAGIC = '57fb808b247547db';
/** After each block: how it is compressed, and its check sum. */
const TRAILER = 5;
/** Networks have some thousands of weights. */
const MOST_KEYS = 100_000;
const LONGEST_KEY = 4096;

interface Entry {
  readonly key: string;
  readonly value: Uint8Array;
}

/** Whether bytes end as a table does. */
export function isTable(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.subarray(-8)).toString('hex') === MAGIC;
}

/** @throws DreamError 'bad-model' for bytes that are no whole table. */
export function tableEntries(bytes: Uint8Array, name: string): ReadonlyMap<string, Uint8Array> {
  if (bytes.length < FOOTER || !isTable(bytes)) throw bad(`'${name}' is no whole table of weights`);
  const read = (): ReadonlyMap<string, Uint8Array> => {
    const footer = protobuf.Reader.create(bytes.subarray(-FOOTER));
    handleAt(footer);
    const found = new Map<string, Uint8Array>();
    for (const { value: handle } of entriesOf(blockAt(bytes, handleAt(footer), name))) {
      const place = handleAt(protobuf.Reader.create(handle));
      for (const { key, value } of entriesOf(blockAt(bytes, place, name))) {
        found.set(key, value);
        if (found.size > MOST_KEYS) throw bad(`'${name}' lists more than ${MOST_KEYS} weights`);
      }
    }
    return found;
  };
  return undamaged(read, () => `'${name}' is damaged`);
}

interface Place {
  readonly start: number;
  readonly size: number;
}

function handleAt(reader: protobuf.Reader): Place {
  return { start: Number(reader.uint64()), size: Number(reader.uint64()) };
}

function blockAt(bytes: Uint8Array, { start, size }: Place, name: string): Uint8Array {
  const end = start + size;
  if (size < 4 || end + TRAILER > bytes.length - FOOTER) {
    throw bad(`'${name}' says that a part of it lies at ${start} to ${end}, beyond its end`);
  }
  if (bytes[end] !== 0) throw bad(`'${name}' is compressed, which no checkpoint of TensorFlow is`);
  return bytes.subarray(start, end);
}

/** Each key without the beginning that it shares with the one before it. */
function* entriesOf(block: Uint8Array): Generator<Entry> {
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
  const restarts = view.getUint32(block.length - 4, true);
  const end = block.length - 4 * (restarts + 1);
  if (end < 0) throw new Error('a block without entries');
  const reader = protobuf.Reader.create(block.subarray(0, end));
  const piece = (length: number): Uint8Array => {
    const start = reader.pos;
    reader.skip(length);
    return block.subarray(start, reader.pos);
  };
  let key = Buffer.alloc(0);
  while (reader.pos < end) {
    const [shared, own, length] = [reader.uint32(), reader.uint32(), reader.uint32()];
    if (shared > key.length || shared + own > LONGEST_KEY) throw new Error('a key without end');
    key = Buffer.concat([key.subarray(0, shared), own === 0 ? new Uint8Array() : piece(own)]);
    yield { key: key.toString('utf8'), value: length === 0 ? new Uint8Array() : piece(length) };
  }
}

function bad(message: string): DreamError {
  return new DreamError('bad-model', message, 'Copy the file anew, if it was cut short.');
}
