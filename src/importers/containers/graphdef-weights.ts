/** The constants of a GraphDef: views into the file's bytes, decoded when they are read. */
import { DreamError } from '../../kit/errors.ts';
import type { StoredConstant, Weights } from '../weights.ts';
import { openTensor, outlineOf } from './tensor-proto.ts';
import type { StoredTensor } from './tensor-proto.ts';

/** Of all tensors together: a few bytes can say that one number fills a tensor of any size. */
const MOST_REPEATED = 2 ** 25;

export class GraphDefWeights implements Weights {
  readonly #opened = new Map<string, StoredTensor>();
  #repeated = 0;

  /** @param tensors node → the bytes of its TensorProto. */
  constructor(private readonly tensors: ReadonlyMap<string, Uint8Array>) {}

  has(name: string): boolean {
    return this.tensors.has(name);
  }

  constant(name: string): StoredConstant {
    const tensor = this.#opened.get(name) ?? this.#open(name);
    return { shape: tensor.shape, weights: [name], read: () => tensor.read() };
  }

  /** Nothing to wait for: they lie in the file that is in memory. */
  ready(): Promise<void> {
    return Promise.resolve();
  }

  /** Whether every constant of two axes or more is told by its shape alone. */
  areMissing(): boolean {
    const shapes = [...this.tensors].map(([name, bytes]) => outlineOf(bytes, name));
    const wide = shapes.filter(({ shape }) => shape.length > 1);
    return wide.length > 0 && wide.every(({ isEmpty }) => isEmpty);
  }

  #open(name: string): StoredTensor {
    const bytes = this.tensors.get(name);
    if (!bytes) {
      throw new DreamError('bad-model', `the node '${name}' is a constant without a value`);
    }
    const tensor = openTensor(bytes, name);
    this.#repeated += tensor.repeated;
    if (this.#repeated > MOST_REPEATED) {
      throw new DreamError(
        'bad-model',
        `the constant '${name}' of [${tensor.shape.join(', ')}] repeats one number; with those ` +
          `before it that makes more than ${MOST_REPEATED} numbers that are not in the file`,
      );
    }
    this.#opened.set(name, tensor);
    return tensor;
  }
}
