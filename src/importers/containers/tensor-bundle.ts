/**
 * TensorFlow's checkpoints (tensor_bundle.proto): a table says where in the files beside it the
 * numbers of each variable lie, one after another as they are in memory.
 */
import { DreamError } from '../../kit/errors.ts';
import { protobufTypes } from '../../kit/protobuf.ts';
import type { Beside } from '../imported.ts';
import type { StoredConstant, Weights } from '../weights.ts';
import { sizesOf } from './graphdef-messages.ts';
import { undamaged } from './protobuf-fields.ts';
import { tableEntries } from './sstable.ts';
import { openContent } from './tensor-proto.ts';

const types = protobufTypes({
  Header: { numShards: ['int32', 1], endianness: ['int32', 2] },
  Entry: {
    dtype: ['int32', 1],
    shape: ['Shape', 2],
    shardId: ['int32', 3],
    offset: ['int64', 4],
    size: ['int64', 5],
    slices: ['repeated bytes', 7],
  },
  Shape: { dim: ['repeated Dimension', 2] },
  Dimension: { size: ['int64', 1] },
});
const headerType = types.lookupType('Header');
const entryType = types.lookupType('Entry');

const MOST_AXES = 8;

interface HeaderMessage {
  readonly numShards: number;
  readonly endianness: number;
}

interface EntryMessage {
  readonly dtype: number;
  readonly shape: object | null;
  readonly shardId: number;
  readonly offset: unknown;
  readonly size: unknown;
  readonly slices: readonly Uint8Array[];
}

/** @param path of the checkpoint's files without their endings: `variables/variables` */
export async function openBundle(beside: Beside, path: string): Promise<TensorBundle> {
  const name = `${path}.index`;
  const entries = tableEntries(await fileOf(beside, name), name);
  const header = undamaged(
    () => headerType.decode(entries.get('') ?? new Uint8Array()) as unknown as HeaderMessage,
    () => `'${name}' is damaged`,
  );
  if (header.endianness !== 0) {
    throw new DreamError('bad-model', `'${name}' was written by a machine of another byte order`);
  }
  return new TensorBundle(entries, (shard) => {
    const number = (value: number): string => String(value).padStart(5, '0');
    return fileOf(beside, `${path}.data-${number(shard)}-of-${number(header.numShards)}`);
  });
}

async function fileOf(beside: Beside, name: string): Promise<Uint8Array> {
  try {
    return await beside.read(name);
  } catch (error) {
    if (error instanceof DreamError) throw error;
    const message = `the file '${name}' cannot be read: ${(error as Error).message}`;
    const hint = 'Bring the whole folder of the SavedModel.';
    throw new DreamError('bad-model', message, hint, { cause: error });
  }
}

/** Variables by their keys; the files with their numbers are read when they are wanted. */
export class TensorBundle implements Weights {
  readonly #shards = new Map<number, Uint8Array>();

  constructor(
    private readonly entries: ReadonlyMap<string, Uint8Array>,
    private readonly readShard: (shard: number) => Promise<Uint8Array>,
  ) {}

  has(key: string): boolean {
    return key !== '' && this.entries.has(key);
  }

  constant(key: string): StoredConstant {
    const { shape, dtype, shardId, offset, size, slices } = this.#entry(key);
    if (slices.length > 0) {
      throw new DreamError('unsupported-op', `the variable '${key}' is kept in several pieces`);
    }
    const sizes = shape ? sizesOf(shape) : [];
    if (sizes.length > MOST_AXES || sizes.some((length) => length < 0)) {
      throw new DreamError('bad-model', `the variable '${key}' has an impossible shape`);
    }
    const [start, end] = [Number(offset), Number(offset) + Number(size)];
    const read = (): Float32Array => {
      const file = this.#shards.get(shardId);
      if (!file) throw new Error(`variable '${key}' was read before ready(['${key}']) was awaited`);
      return openContent(file.subarray(start, end), { type: dtype, shape: sizes }, key).read();
    };
    return { shape: sizes, weights: [key], read };
  }

  async ready(keys: Iterable<string>): Promise<void> {
    for (const key of keys) {
      const { shardId, offset, size } = this.#entry(key);
      const file = this.#shards.get(shardId) ?? (await this.readShard(shardId));
      this.#shards.set(shardId, file);
      const end = Number(offset) + Number(size);
      if (Number(offset) < 0 || Number(size) < 0 || end > file.length) {
        throw new DreamError(
          'bad-model',
          `the variable '${key}' ends at ${end} of a file of ${file.length} bytes`,
          'Copy the folder anew: the file was cut short, or belongs to another model.',
        );
      }
    }
  }

  #entry(key: string): EntryMessage {
    const bytes = this.entries.get(key);
    if (!bytes) throw new DreamError('bad-model', `the checkpoint holds no variable '${key}'`);
    return undamaged(
      () => entryType.decode(bytes) as unknown as EntryMessage,
      () => `the checkpoint's entry of '${key}' is damaged`,
    );
  }
}
