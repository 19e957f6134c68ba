/**
 * Where the loops over whole planes run: in WebAssembly, four floats at a time. JavaScript takes
 * five times as long for the same, and much longer until V8 has compiled it.
 *
 * The loops see the workbench's own memory alone. Pictures stay where they are and are brought here
 * strip by strip, small enough for the processor's caches: so no picture is too large.
 */
import { COMPILED } from './compiled.ts';

/** Of a place on the workbench, in bytes. */
export type Address = number;

/** What each of them does is said in ./assembly. */
interface Kernels {
  halve(
    source: Address,
    first: number,
    rows: number,
    columns: number,
    from: number,
    to: number,
    line: Address,
    target: Address,
  ): void;
  addGrown(
    coarse: Address,
    first: number,
    coarseRows: number,
    coarseColumns: number,
    from: number,
    to: number,
    columns: number,
    line: Address,
    target: Address,
    keep: number,
    factor: number,
  ): void;
  scale(values: Address, count: number, factor: number): void;
  sum(values: Address, count: number): number;
  sumOfAbsolutes(values: Address, count: number): number;
  sumOfSquares(values: Address, count: number, centre: number): number;
  standardise(values: Address, count: number, centre: number, factor: number): void;
  limit(values: Address, count: number, inverse: number): void;
  addWithin(
    values: Address,
    others: Address,
    count: number,
    factor: number,
    low: number,
    high: number,
  ): void;
  clip(values: Address, count: number, low: number, high: number): void;
  mixColours(red: Address, green: Address, blue: Address, count: number, matrix: Address): void;
  addEnergies(values: Address, rows: number, columns: number, energies: Address): void;
  interpolate(
    above: Address,
    below: Address,
    share: number,
    blocks: number,
    line: Address,
    columns: number,
    factors: Address,
  ): void;
  multiply(values: Address, factors: Address, count: number): void;
  combine(
    source: Address,
    stride: number,
    count: number,
    weights: Address,
    taps: number,
    target: Address,
  ): void;
  look(look: Address, pixels: Address, from: number, to: number, target: Address): void;
  lookBack(look: Address, seen: Address, from: number, to: number, pixels: Address): void;
  interleave(
    red: Address,
    green: Address,
    blue: Address,
    count: number,
    factor: number,
    pixels: Address,
  ): void;
  separate(pixels: Address, count: number, red: Address, green: Address, blue: Address): void;
  rotateRows(values: Address, rows: number, columns: number, by: number, line: Address): void;
  gather(
    source: Address,
    rows: number,
    columns: number,
    starts: Address,
    weights: Address,
    taps: number,
    count: number,
    target: Address,
  ): void;
}

/** Bytes of WebAssembly's pages. */
const PAGE = 2 ** 16;
/** Floats of a strip, about: 128 KiB. */
const STRIP = 2 ** 15;

class Workbench {
  readonly kernels: Kernels;
  readonly #memory: WebAssembly.Memory;
  #floats: Float32Array;
  /** The first page is the program's own. */
  #used = PAGE;

  constructor() {
    const program = new WebAssembly.Module(Buffer.from(COMPILED, 'base64'));
    const { exports } = new WebAssembly.Instance(program);
    this.kernels = exports as unknown as Kernels;
    this.#memory = exports['memory'] as WebAssembly.Memory;
    this.#floats = new Float32Array(this.#memory.buffer);
  }

  /** Forgets what lies on it. */
  clear(): this {
    this.#used = PAGE;
    return this;
  }

  /** A place for so many floats, with anything in it. */
  room(count: number): Address {
    const address = this.#used;
    // Vectors begin where they can be read best.
    this.#used += Math.ceil(count / 4) * 16;
    const missing = this.#used - this.#memory.buffer.byteLength;
    if (missing > 0) {
      this.#memory.grow(Math.ceil(missing / PAGE));
      this.#floats = new Float32Array(this.#memory.buffer);
    }
    return address;
  }

  zeros(count: number): Address {
    const address = this.room(count);
    this.view(address, count).fill(0);
    return address;
  }

  /** Brings `source[from … to]`. @returns where it lies */
  put(source: Float32Array, from = 0, to = source.length): Address {
    const address = this.room(to - from);
    this.write(address, source, from, to);
    return address;
  }

  putIntegers(source: Int32Array): Address {
    const address = this.room(source.length);
    new Int32Array(this.#memory.buffer, address, source.length).set(source);
    return address;
  }

  putDoubles(values: readonly number[]): Address {
    const address = this.room(2 * values.length);
    new Float64Array(this.#memory.buffer, address, values.length).set(values);
    return address;
  }

  write(address: Address, source: Float32Array, from = 0, to = source.length): void {
    this.#floats.set(source.subarray(from, to), address / 4);
  }

  /** target[at … at + count] ← what lies at the address. */
  take(address: Address, count: number, target: Float32Array, at: number): void {
    target.set(this.#floats.subarray(address / 4, address / 4 + count), at);
  }

  /** `count` floats, to be read and written until the next `room`. */
  view(address: Address, count: number): Float32Array {
    return this.#floats.subarray(address / 4, address / 4 + count);
  }

  /** `work` on all values, piece by piece. */
  read(data: Float32Array, work: (values: Address, count: number) => void): void {
    for (let from = 0; from < data.length; from += STRIP) {
      const to = Math.min(from + STRIP, data.length);
      work(this.clear().put(data, from, to), to - from);
    }
  }

  /** The same, and back. */
  change(data: Float32Array, work: (values: Address, count: number) => void): void {
    let from = 0;
    this.read(data, (values, count) => {
      work(values, count);
      this.take(values, count, data, from);
      from += count;
    });
  }
}

let made: Workbench | null = null;

/** The only one; what lies on it counts until the next caller clears it. */
export function workbench(): Workbench {
  return (made ??= new Workbench());
}

/** [from, to] of strips of rows, each a multiple of `unit` high but for the last. */
export function* stripsOf(
  rows: number,
  columns: number,
  unit = 1,
): Generator<readonly [from: number, to: number]> {
  const high = Math.max(1, Math.floor(STRIP / (columns * unit))) * unit;
  for (let from = 0; from < rows; from += high) yield [from, Math.min(from + high, rows)];
}
