import type { Dataset } from 'jsfive';
import { DreamError } from '../../kit/errors.ts';
import { decode } from './tfjs-elements.ts';

/** The kind of header message that says where a dataset's numbers lie. */
const DATA_LAYOUT = 8;
const CONTIGUOUS = 1;
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

/** An array of numbers in an HDF5 file. */
export class Hdf5Dataset {
  readonly shape: readonly number[];
  readonly #format: { readonly bytes: number; readonly name: string };
  readonly #start: number;
  readonly #cells: number;

  /** @throws DreamError 'bad-model' when its numbers are no such array, or not in the file. */
  constructor(
    readonly path: string,
    dataset: Dataset,
    private readonly file: Uint8Array,
  ) {
    this.shape = dataset.shape;
    this.#cells = this.shape.reduce((product, size) => product * size, 1);
    this.#format = this.#formatOf(dataset);
    this.#start = this.#startOf(dataset);
    const size = this.#cells * this.#format.bytes;
    if (this.#cells > MOST_CELLS || this.#start + size > file.length) {
      const declared = `[${this.shape.join(', ')}] of ${this.#format.name}`;
      throw this.#bad(`says to hold ${declared}, which reaches beyond the end of the file`);
    }
  }

  /** Its values as floats; a view of the file where they lie there as such. */
  read(): Float32Array {
    const { bytes, name } = this.#format;
    const start = this.file.byteOffset + this.#start;
    const { buffer } = this.file;
    if (name === 'float32' && start % 4 === 0) return new Float32Array(buffer, start, this.#cells);
    const stored = new Uint8Array(buffer, start, this.#cells * bytes);
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

  #startOf(dataset: Dataset): number {
    const headers = dataset._dataobjects;
    const [message] = headers.find_msg_type(DATA_LAYOUT);
    const [, , layout, properties] = headers._get_data_message_properties(
      message!.get('offset_to_message')!,
    );
    if (layout !== CONTIGUOUS) {
      throw this.#bad(
        'is stored in chunks or compressed; expected one piece, as Keras writes it',
        'Bring it into one piece: h5repack -l CONTI -f NONE model.h5 plain.h5',
      );
    }
    const view = new DataView(this.file.buffer, this.file.byteOffset, this.file.byteLength);
    return Number(view.getBigUint64(properties, true));
  }

  #bad(problem: string, hint?: string): DreamError {
    return new DreamError('bad-model', `the dataset '${this.path}' ${problem}`, hint);
  }
}
