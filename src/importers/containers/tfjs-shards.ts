/** One group of a weights manifest: shards that are one run of bytes cut into files. */
import { DreamError } from '../../kit/errors.ts';
import type { ReadShard } from '../imported.ts';

/** What tensorflow.js's converter cuts weights into; the last shard of a group is shorter. */
const USUAL_SHARD_BYTES = 4 * 1024 * 1024;

interface Range {
  readonly start: number;
  readonly end: number;
}

/**
 * A manifest does not say how long each shard is. Where the number of shards fits the usual
 * length, that length is taken for granted until a shard shows otherwise; then all are read.
 */
export class ShardGroup {
  readonly #paths: readonly string[];
  readonly #total: number;
  readonly #readShard: ReadShard;
  readonly #shards = new Map<number, Promise<Uint8Array>>();
  readonly #loaded: Uint8Array[] = [];
  /** Where each shard begins, and the end of the last; null until all have been read. */
  #starts: readonly number[] | null;

  /** @param total bytes of all the group's weights together. */
  constructor(paths: readonly string[], total: number, readShard: ReadShard) {
    this.#paths = paths;
    this.#total = total;
    this.#readShard = readShard;
    this.#starts = usualStarts(paths.length, total);
  }

  /** Reads the shards in which the ranges lie, and no others. */
  async load(ranges: readonly Range[]): Promise<void> {
    const starts = this.#starts;
    if (!starts) return this.#loadAll();
    const needed = this.#paths
      .map((_, shard) => shard)
      .filter((shard) =>
        ranges.some(({ start, end }) => start < starts[shard + 1]! && end > starts[shard]!),
      );
    const shards = await Promise.all(needed.map((shard) => this.#shard(shard)));
    const asExpected = shards.every(
      (bytes, index) => bytes.length === starts[needed[index]! + 1]! - starts[needed[index]!]!,
    );
    if (!asExpected) await this.#loadAll();
  }

  /** The bytes from `start` to `end`, or null while a shard that holds some of them is missing. */
  bytes(start: number, end: number): Uint8Array | null {
    const starts = this.#starts;
    if (!starts) return null;
    const parts: Uint8Array[] = [];
    for (let shard = 0; shard < this.#paths.length; shard++) {
      const [first, last] = [starts[shard]!, starts[shard + 1]!];
      if (start >= last || end <= first) continue;
      const bytes = this.#loaded[shard];
      if (!bytes) return null;
      parts.push(bytes.subarray(Math.max(start - first, 0), Math.min(end, last) - first));
    }
    return parts.length === 1 ? parts[0]! : joined(parts, end - start);
  }

  async #loadAll(): Promise<void> {
    const shards = await Promise.all(this.#paths.map((_, shard) => this.#shard(shard)));
    const starts = [0];
    for (const shard of shards) starts.push(starts.at(-1)! + shard.length);
    if (starts.at(-1) !== this.#total) {
      // Nothing of them can be trusted, and they can be tried again once they are whole.
      this.#shards.clear();
      this.#loaded.length = 0;
      throw this.#wrongLength(shards, starts.at(-1)!);
    }
    this.#starts = starts;
  }

  #wrongLength(shards: readonly Uint8Array[], found: number): DreamError {
    const usual = usualStarts(shards.length, this.#total);
    const wrong = shards.findIndex(
      (bytes, shard) => usual && bytes.length !== usual[shard + 1]! - usual[shard]!,
    );
    const one =
      usual && wrong >= 0
        ? `the weight file '${this.#paths[wrong]!}' holds ${shards[wrong]!.length} bytes, ` +
          `expected ${usual[wrong + 1]! - usual[wrong]!}; `
        : '';
    return new DreamError(
      'bad-model',
      `${one}the weight files ${this.#paths.join(', ')} hold ${found} bytes together, ` +
        `expected ${this.#total}`,
      'Copy the weight files anew: one was cut short, or belongs to another model.',
    );
  }

  #shard(shard: number): Promise<Uint8Array> {
    const known = this.#shards.get(shard);
    if (known) return known;
    const reading = this.#read(shard);
    this.#shards.set(shard, reading);
    // A file that is put in its place later can be tried again.
    reading.catch(() => this.#shards.delete(shard));
    return reading;
  }

  async #read(shard: number): Promise<Uint8Array> {
    const path = this.#paths[shard]!;
    try {
      return (this.#loaded[shard] = await this.#readShard(path));
    } catch (error) {
      if (error instanceof DreamError) throw error;
      throw new DreamError(
        'bad-model',
        `the weight file '${path}' (one of ${this.#paths.length}) cannot be read: ` +
          (error as Error).message,
        'Put it beside the model, under the name that the manifest gives it.',
        { cause: error },
      );
    }
  }
}

function usualStarts(count: number, total: number): readonly number[] | null {
  if (count !== Math.max(1, Math.ceil(total / USUAL_SHARD_BYTES)) && count !== 1) return null;
  const length = count === 1 ? total : USUAL_SHARD_BYTES;
  return Array.from({ length: count + 1 }, (_, shard) => Math.min(shard * length, total));
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
