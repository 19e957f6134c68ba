/** The constants of an ONNX file: their numbers lie in it, or in files beside it. */
import { DreamError } from '../../kit/errors.ts';
import type { TensorMessage } from '../../kit/onnx-format.ts';
import type { ReadShard } from '../imported.ts';
import type { StoredConstant, Weights } from '../weights.ts';
import { contentOf, formatOf, numbersIn, wholeNumbersIn } from './elements.ts';
import type { NetworkConstant } from './network.ts';

interface Place {
  readonly path: string;
  readonly start: number;
  readonly end: number;
}

/** Other files, each read once, when the first weight in it is wanted. */
export class OnnxWeights implements Weights {
  readonly #constants = new Map<string, NetworkConstant>();
  readonly #places = new Map<string, Place>();
  readonly #files = new Map<string, Uint8Array>();

  constructor(private readonly readShard: ReadShard) {}

  /** @throws DreamError 'bad-model' where the numbers do not fill the tensor's shape. */
  add(name: string, tensor: TensorMessage): NetworkConstant {
    const place = `the weight '${name}'`;
    const format = formatOf(tensor, place);
    const count = elementsOf(tensor.dims, place);
    const whole = format.whole === true;
    if (tensor.dataLocation === 1) {
      const at = placeOf(tensor, count * format.bytes, place);
      this.#places.set(name, at);
      const read = (): Float32Array => numbersIn(this.#bytes(at, name), format);
      return this.#keep(name, { constant: { shape: tensor.dims, weights: [name], read }, whole });
    }
    const content = contentOf(tensor, format, count);
    const found =
      content instanceof Uint8Array ? Math.floor(content.length / format.bytes) : content.length;
    if (found !== count) {
      const shape = `[${tensor.dims.join(', ')}]`;
      throw bad(`${place} of ${shape} needs ${count} numbers, the file holds ${found}`);
    }
    const values = (): Float32Array | number[] =>
      content instanceof Uint8Array
        ? (whole ? wholeNumbersIn : numbersIn)(content, format)
        : content;
    const read = (): Float32Array => {
      const numbers = values();
      return numbers instanceof Float32Array ? numbers : Float32Array.from(numbers);
    };
    const constant: StoredConstant = { shape: tensor.dims, weights: [name], read };
    return this.#keep(name, whole ? { constant, whole, values } : { constant, whole });
  }

  get constants(): ReadonlyMap<string, NetworkConstant> {
    return this.#constants;
  }

  has(name: string): boolean {
    return this.#constants.has(name);
  }

  constant(name: string): StoredConstant {
    const known = this.#constants.get(name);
    if (known) return known.constant;
    throw bad(`the file holds no weight '${name}', which the network needs`);
  }

  async ready(names: Iterable<string>): Promise<void> {
    const places = [...names].flatMap((name) => this.#places.get(name) ?? []);
    for (const { path } of places) {
      if (!this.#files.has(path)) this.#files.set(path, await this.#file(path));
    }
    for (const name of names) {
      const place = this.#places.get(name);
      const length = place && this.#files.get(place.path)!.length;
      if (place && length! < place.end) {
        throw bad(
          `the weight file '${place.path}' holds ${length!} bytes, but '${name}' ends at ${place.end}`,
          'Copy it anew: it was cut short, or belongs to another model.',
        );
      }
    }
  }

  #keep(name: string, constant: NetworkConstant): NetworkConstant {
    this.#constants.set(name, constant);
    return constant;
  }

  #bytes({ path, start, end }: Place, name: string): Uint8Array {
    const file = this.#files.get(path);
    if (!file) throw new Error(`weight '${name}' was read before ready(['${name}']) was awaited`);
    return file.subarray(start, end);
  }

  async #file(path: string): Promise<Uint8Array> {
    try {
      return await this.readShard(path);
    } catch (error) {
      if (error instanceof DreamError) throw error;
      throw bad(
        `the weight file '${path}' cannot be read: ${(error as Error).message}`,
        'Put it beside the model, under the name that the model gives it.',
      );
    }
  }
}

/** Far beyond any network of pictures. */
const MOST_ELEMENTS = 2 ** 31;
export const MOST_AXES = 8;

export function elementsOf(dims: readonly number[], place: string): number {
  if (dims.length > MOST_AXES) throw bad(`${place} has ${dims.length} axes`);
  let count = 1;
  for (const size of dims) {
    count *= size;
    if (!Number.isInteger(size) || size < 0 || count > MOST_ELEMENTS) {
      throw bad(`${place} has an impossible shape [${dims.slice(0, 8).join(', ')}]`);
    }
  }
  return count;
}

function placeOf(tensor: TensorMessage, length: number, where: string): Place {
  const entries = new Map(tensor.externalData.map(({ key, value }) => [key, value ?? '']));
  const path = entries.get('location') ?? '';
  // The reader refuses what leads out of the folder; this refuses what no writer would write.
  if (path === '' || /^([\\/]|[a-z]:)|(^|[\\/])\.\.([\\/]|$)/i.test(path)) {
    throw bad(`${where} is said to lie in '${path}', which is no file beside the model`);
  }
  const start = Number(entries.get('offset') ?? 0);
  const stored = Number(entries.get('length') ?? length);
  if (!Number.isSafeInteger(start) || start < 0 || stored !== length) {
    throw bad(`${where} needs ${length} bytes, '${path}' is said to hold ${stored} at ${start}`);
  }
  return { path, start, end: start + length };
}

function bad(message: string, hint?: string): DreamError {
  return new DreamError('bad-model', message, hint);
}
