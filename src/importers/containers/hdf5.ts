/**
 * HDF5 files: groups in groups, with attributes, and datasets in the innermost. Structure is read
 * by jsfive; the numbers, which it would turn into lists of doubles, straight from the bytes.
 */
import { Dataset, File } from 'jsfive';
import type { Group } from 'jsfive';
import { DreamError } from '../../kit/errors.ts';
import { Hdf5Dataset } from './hdf5-dataset.ts';
import { withinTime } from './time-limit.ts';

const SIGNATURE = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];
/** The latest version of the header that there is. */
const LATEST = 3;
const DAMAGED = 'Copy the file anew: it was cut short, or changed on its way.';

/** Whether a file begins as HDF5 files do. */
export function isHdf5(bytes: Uint8Array): boolean {
  return SIGNATURE.every((byte, index) => bytes[index] === byte);
}

/** A group of an open file. What is not there is null; what cannot be read is a DreamError. */
export class Hdf5Group {
  readonly #opened = new Map<string, Hdf5Group | Hdf5Dataset>();

  constructor(
    private readonly group: Group,
    private readonly bytes: Uint8Array,
    /** From the root on: 'model_weights/conv2d'. */
    readonly path = '',
  ) {}

  get names(): readonly string[] {
    return this.group.keys;
  }

  /** An attribute's text, or its list of texts; null when there is none, or it is neither. */
  attribute(name: string): string | readonly string[] | null {
    const { attrs } = this.group;
    const value = Object.hasOwn(attrs, name) ? attrs[name] : null;
    if (typeof value === 'string') return withoutPadding(value);
    if (!Array.isArray(value) || !value.every((text) => typeof text === 'string')) return null;
    return value.map(withoutPadding);
  }

  subgroup(path: string): Hdf5Group | null {
    const found = this.#find(path);
    return found instanceof Hdf5Group ? found : null;
  }

  dataset(path: string): Hdf5Dataset | null {
    const found = this.#find(path);
    return found instanceof Hdf5Dataset ? found : null;
  }

  /** @param path names with slashes between them, from this group on. */
  #find(path: string): Hdf5Group | Hdf5Dataset | null {
    const [name, ...rest] = path.split('/').filter((part) => part !== '');
    if (name === undefined) return this;
    const child = this.#child(name);
    if (rest.length === 0 || child === null) return child;
    return child instanceof Hdf5Group ? child.#find(rest.join('/')) : null;
  }

  #child(name: string): Hdf5Group | Hdf5Dataset | null {
    const known = this.#opened.get(name);
    if (known) return known;
    if (!this.group.keys.includes(name)) return null;
    const path = this.path === '' ? name : `${this.path}/${name}`;
    const found = this.group.get(name);
    if (found === null) return null;
    const child =
      found instanceof Dataset
        ? new Hdf5Dataset(path, found, this.bytes)
        : new Hdf5Group(found, this.bytes, path);
    this.#opened.set(name, child);
    return child;
  }
}

/**
 * Opens a file and lets `visit` look into it. Datasets that it finds can be read at any later time.
 * @param what how messages call the file.
 * @throws DreamError 'bad-model' for a file that is damaged.
 */
export function inHdf5<Result>(
  bytes: Uint8Array,
  what: string,
  visit: (root: Hdf5Group) => Result,
): Result {
  checkLength(bytes, what);
  const whole = bytes.byteLength === bytes.buffer.byteLength ? bytes : new Uint8Array(bytes);
  try {
    return withinTime(what, () =>
      visit(new Hdf5Group(new File(whole.buffer as ArrayBuffer), whole)),
    );
  } catch (error) {
    if (error instanceof DreamError) throw error;
    // jsfive throws texts, and whatever its reading at wild addresses leads to.
    const found = typeof error === 'string' ? error : 'an address in it leads nowhere';
    const message = `${what} is a damaged HDF5 file: ${found}`;
    throw new DreamError('bad-model', message, DAMAGED, { cause: error });
  }
}

/** The file's header says where the file ends. */
function checkLength(bytes: Uint8Array, what: string): void {
  const version = bytes[8] ?? 0;
  if (version > LATEST) return;
  const at = version < 2 ? 40 + (version === 1 ? 4 : 0) : 28;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = at + 8 <= bytes.length ? Number(view.getBigUint64(at, true)) : Infinity;
  if (end <= bytes.length) return;
  const expected = Number.isSafeInteger(end) ? `${end} bytes` : 'more';
  throw new DreamError(
    'bad-model',
    `${what} holds ${bytes.length} bytes, by its own header ${expected}`,
    DAMAGED,
  );
}

/** Texts of a fixed length are filled up with NUL. */
function withoutPadding(text: string): string {
  const end = text.indexOf('\0');
  return end < 0 ? text : text.slice(0, end);
}
