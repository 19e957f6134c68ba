import type { DataObjects, Dataset } from 'jsfive';
import { DreamError } from '../../kit/errors.ts';
import { BadChunks, Hdf5Chunks } from './hdf5-chunks.ts';
import { decode } from './tfjs-elements.ts';

/** The kind of header message that says where a dataset's numbers lie. */
const DATA_LAYOUT = 8;
const CONTIGUOUS = 1;
const CHUNKED = 2;
/** The latest version of that message whose list of pieces is a tree. */
const TREES = 3;
/** More than this many numbers are in no weight of a picture network. */
const MOST_CELLS = 2 ** 31;

const formats = new Map([
  ['<f2', { bytes: 2, name: 'float16' }],
  ['<f4', { bytes: 4, name: 'float32' }],
  ['<f8', { bytes: 8, name: 'float64' }],
  ['<i4', { bytes: 4, name: 'int32' }],
  ['<i8', { bytes: 8, name: 'int64' }],
  ['<u8', { bytes: 8, name: 'uint64' }],
]);

const ONE_PIECE = 'Bring it into one piece: h5repack -l CONTI -f NONE model.h5 plain.h5';

/** An array of numbers in an HDF5 file. */
export class Hdf5Dataset {
  readonly shape: readonly number[];
  readonly #format: { readonly bytes: number; readonly name: string };
  readonly #cells: number;
  /** Its bytes: a view of the file, or what its pieces hold. */
  readonly #stored: () => Uint8Array;

  /** @throws DreamError 'bad-model' when its numbers are no such array, or not in the file. */
  constructor(
    readonly path: string,
    dataset: Dataset,
    private readonly file: Uint8Array,
  ) {
    this.shape = dataset.shape;
    this.#cells = this.shape.reduce((product, size) => product * size, 1);
    this.#format = this.#formatOf(dataset);
    this.#stored = this.#placeOf(dataset);
  }

  /** Its values as floats; a view of the file where they lie there as such. */
  read(): Float32Array {
    const { bytes, name } = this.#format;
    const stored = this.#stored();
    const { buffer, byteOffset } = stored;
    if (name === 'float32' && byteOffset % 4 === 0) {
      return new Float32Array(buffer as ArrayBuffer, byteOffset, this.#cells);
    }
    if (bytes < 8) return decode(stored, name, { dtype: name });
    const copy = stored.slice().buffer;
    if (name === 'float64') return Float32Array.from(new Float64Array(copy));
    return Float32Array.from(new BigInt64Array(copy), Number);
  }

  #formatOf(dataset: Dataset): { bytes: number; name: string } {
    const type = typeof dataset.dtype === 'string' ? dataset.dtype : 'a compound';
    const format = formats.get(type);
    if (format && dataset.attrs['dtype'] !== 'bfloat16') return format;
    const expected = [...formats.values()].map(({ name }) => name).join(', ');
    throw this.#bad(`has the number format ${type}; expected one of ${expected}`);
  }

  #placeOf(dataset: Dataset): () => Uint8Array {
    const headers = dataset._dataobjects;
    const [message] = headers.find_msg_type(DATA_LAYOUT);
    const [version, , layout, properties] = headers._get_data_message_properties(
      message!.get('offset_to_message')!,
    );
    if (layout === CONTIGUOUS) return this.#whole(properties);
    if (layout === CHUNKED && version <= TREES) return this.#inPieces(headers);
    throw this.#bad('is stored in a form that is not supported', ONE_PIECE);
  }

  #whole(properties: number): () => Uint8Array {
    const view = new DataView(this.file.buffer, this.file.byteOffset, this.file.byteLength);
    const start = Number(view.getBigUint64(properties, true));
    const end = start + this.#cells * this.#format.bytes;
    if (this.#cells <= MOST_CELLS && end <= this.file.length) {
      return () => this.file.subarray(start, end);
    }
    const declared = `[${this.shape.join(', ')}] of ${this.#format.name}`;
    throw this.#bad(`says to hold ${declared}, which reaches beyond the end of the file`);
  }

  #inPieces({ chunks, _chunk_address: address, filter_pipeline }: DataObjects): () => Uint8Array {
    const filters = (filter_pipeline ?? []).map((filter) => Number(filter.get('filter_id')));
    const { shape } = this;
    const { bytes } = this.#format;
    if (chunks?.length !== shape.length || this.#cells > MOST_CELLS || chunks.includes(0)) {
      throw this.#bad(`says to hold [${shape.join(', ')}] in pieces of another shape`);
    }
    const inWords = <Result>(step: () => Result): Result => {
      try {
        return step();
      } catch (error) {
        throw error instanceof BadChunks ? this.#bad(error.message, ONE_PIECE) : error;
      }
    };
    const layout = { shape, chunk: chunks, bytes, filters, address: Number(address) };
    const pieces = inWords(() => new Hdf5Chunks(layout, this.file));
    return () => inWords(() => pieces.read());
  }

  #bad(problem: string, hint?: string): DreamError {
    return new DreamError('bad-model', `the dataset '${this.path}' ${problem}`, hint);
  }
}
