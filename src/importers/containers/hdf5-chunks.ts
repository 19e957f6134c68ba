/**
 * Datasets that HDF5 stores in pieces, each of them compressed by itself: a tree lists where in the
 * file each piece lies. Sizes are checked before anything is inflated.
 */
import { inflateSync } from 'node:zlib';

export interface ChunkLayout {
  readonly shape: readonly number[];
  /** Of one piece, as many axes as the shape. */
  readonly chunk: readonly number[];
  /** Of one number. */
  readonly bytes: number;
  /** HDF5's numbers of the filters, in the order in which they were applied. */
  readonly filters: readonly number[];
  /** Where the tree begins. */
  readonly address: number;
}

interface Piece {
  /** The place of its first number in the dataset. */
  readonly offset: readonly number[];
  readonly start: number;
  readonly size: number;
  /** Bits of the filters that were not applied. */
  readonly skipped: number;
}

const [DEFLATE, SHUFFLE] = [1, 2];
const CHUNK_NODE = 1;
const NODE_HEADER = 24;
const MOST_PIECES = 2 ** 20;
/** Weights hardly get smaller; networks of which most weights are 0, some times. */
const MOST_TIMES_LARGER = 16;
const ALWAYS_ALLOWED = 2 ** 20;
/** Bytes: what zlib takes. */
const LEAST_OUTPUT = 64;

/** What is wrong with a dataset's pieces, as the end of a sentence. */
export class BadChunks extends Error {}

/** The pieces of one dataset. */
export class Hdf5Chunks {
  readonly #pieces: readonly Piece[];
  readonly #size: number;

  /** @throws BadChunks */
  constructor(
    private readonly layout: ChunkLayout,
    private readonly file: Uint8Array,
  ) {
    const { chunk, shape, bytes, filters } = layout;
    const unknown = filters.find((filter) => filter !== DEFLATE && filter !== SHUFFLE);
    if (unknown !== undefined) throw new BadChunks(`is compressed by filter ${unknown}`);
    this.#size = product(chunk) * bytes;
    const count = product(shape.map((size, axis) => Math.ceil(size / chunk[axis]!)));
    if (!(count <= MOST_PIECES)) throw new BadChunks(`is stored in ${count} pieces`);
    this.#pieces = piecesOf(layout, file, count);
    const stored = this.#pieces.reduce((sum, { size }) => sum + size, 0);
    const most = stored * MOST_TIMES_LARGER + ALWAYS_ALLOWED;
    if (stored > file.length || !(count * this.#size <= most)) {
      throw new BadChunks(`would grow from ${stored} bytes to ${count * this.#size}`);
    }
  }

  /** All numbers in their order. @throws BadChunks */
  read(): Uint8Array {
    const { shape, bytes } = this.layout;
    const target = new Uint8Array(product(shape) * bytes);
    for (const piece of this.#pieces) this.#place(this.#unpacked(piece), piece, target);
    return target;
  }

  #unpacked({ start, size, skipped }: Piece): Uint8Array {
    let data = this.file.subarray(start, start + size);
    const filters = this.layout.filters.map((filter, index) => ({ filter, bit: 1 << index }));
    for (const { filter, bit } of filters.reverse()) {
      if ((skipped & bit) !== 0) continue;
      data = filter === DEFLATE ? this.#inflated(data) : unshuffled(data, this.layout.bytes);
    }
    if (data.length === this.#size) return data;
    throw new BadChunks(`has a piece of ${data.length} bytes, expected ${this.#size}`);
  }

  #inflated(data: Uint8Array): Uint8Array {
    try {
      // In one piece: with one byte more, or it would ask for memory again to see that nothing follows.
      const chunkSize = Math.max(LEAST_OUTPUT, this.#size + 1);
      return inflateSync(data, { maxOutputLength: this.#size, chunkSize });
    } catch (error) {
      throw new BadChunks(`has a piece that cannot be inflated: ${(error as Error).message}`);
    }
  }

  /** Copies row by row what of a piece lies inside of the dataset. */
  #place(data: Uint8Array, { offset }: Piece, target: Uint8Array): void {
    const { shape, chunk, bytes } = this.layout;
    const last = shape.length - 1;
    const run = Math.min(chunk[last]!, shape[last]! - offset[last]!) * bytes;
    const rows = product(chunk.slice(0, last));
    const place = chunk.map(() => 0);
    for (let row = 0; row < rows; row++) {
      const inside = place.every((at, axis) => axis === last || at + offset[axis]! < shape[axis]!);
      if (inside) {
        const to = place.reduce((flat, at, axis) => flat * shape[axis]! + at + offset[axis]!, 0);
        const from = row * chunk[last]! * bytes;
        target.set(data.subarray(from, from + run), to * bytes);
      }
      for (let axis = last - 1; axis >= 0; axis--) {
        if (++place[axis]! < chunk[axis]!) break;
        place[axis] = 0;
      }
    }
  }
}

/** The tree's leaves; a damaged tree ends in words too. */
function piecesOf(
  { shape, chunk, address }: ChunkLayout,
  file: Uint8Array,
  count: number,
): Piece[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const pieces = new Map<string, Piece>();
  const pending = [{ at: address, level: -1 }];
  let nodes = 0;
  for (let node = pending.pop(); node; node = pending.pop()) {
    const { at } = node;
    const isNode = at + NODE_HEADER <= file.length && view.getUint32(at) === TREE;
    const level = isNode ? view.getUint8(at + 5) : -1;
    const fits = node.level === -1 || level === node.level - 1;
    if (!isNode || view.getUint8(at + 4) !== CHUNK_NODE || !fits || ++nodes > 2 * count + 64) {
      throw new BadChunks('has a damaged list of pieces');
    }
    for (const { piece, child } of entriesOf(view, at, shape.length)) {
      if (level > 0) {
        pending.push({ at: child, level });
        continue;
      }
      const isPlace = piece.offset.every((cell, axis) => cell % chunk[axis]! === 0);
      const isInside = piece.offset.every((cell, axis) => cell < shape[axis]!);
      if (!isPlace || !isInside || child + piece.size > file.length) {
        throw new BadChunks('has a piece that lies outside');
      }
      pieces.set(piece.offset.join(), { ...piece, start: child });
    }
  }
  if (pieces.size === count) return [...pieces.values()];
  throw new BadChunks(`holds ${pieces.size} of ${count} pieces`);
}

/** 'TREE' */
const TREE = 0x54524545;

function entriesOf(
  view: DataView,
  node: number,
  rank: number,
): { piece: Omit<Piece, 'start'>; child: number }[] {
  const count = view.getUint16(node + 6, true);
  // A place has one number more, for the bytes of an element.
  const length = 8 + 8 * (rank + 1) + 8;
  if (node + NODE_HEADER + count * length > view.byteLength) {
    throw new BadChunks('has a list of pieces that reaches beyond the end of the file');
  }
  return Array.from({ length: count }, (_, index) => {
    const at = node + NODE_HEADER + index * length;
    const whole = (from: number): number => Number(view.getBigUint64(from, true));
    return {
      piece: {
        size: view.getUint32(at, true),
        skipped: view.getUint32(at + 4, true),
        offset: Array.from({ length: rank }, (__, axis) => whole(at + 8 + 8 * axis)),
      },
      child: whole(at + length - 8),
    };
  });
}

/** First bytes of all numbers, then second bytes …: each number's own together again. */
function unshuffled(data: Uint8Array, bytes: number): Uint8Array {
  const count = Math.floor(data.length / bytes);
  const target = new Uint8Array(data);
  for (let byte = 0; byte < bytes; byte++) {
    for (let index = 0; index < count; index++) {
      target[index * bytes + byte] = data[byte * count + index]!;
    }
  }
  return target;
}

function product(sizes: readonly number[]): number {
  return sizes.reduce((all, size) => all * size, 1);
}
