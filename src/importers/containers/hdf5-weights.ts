import { DreamError } from '../../kit/errors.ts';
import type { StoredConstant, Weights } from '../weights.ts';
import type { Hdf5Dataset } from './hdf5-dataset.ts';

/** Datasets of an HDF5 file as a network's weights, by the names that the network uses. */
export class Hdf5Weights implements Weights {
  readonly #finite = new Set<string>();

  constructor(private readonly datasets: ReadonlyMap<string, Hdf5Dataset>) {}

  has(name: string): boolean {
    return this.datasets.has(name);
  }

  constant(name: string): StoredConstant {
    const dataset = this.#datasetOf(name);
    return { shape: dataset.shape, weights: [name], read: () => dataset.read() };
  }

  /** The file is in memory already: what is left to do is to look at the numbers. */
  ready(names: Iterable<string>): Promise<void> {
    for (const name of names) {
      if (this.#finite.has(name)) continue;
      const wrong = this.#datasetOf(name)
        .read()
        .find((value) => !Number.isFinite(value));
      if (wrong === undefined) {
        this.#finite.add(name);
        continue;
      }
      return Promise.reject(
        new DreamError(
          'bad-model',
          `the weight '${name}' holds ${wrong}, expected finite numbers`,
          'The training diverged before the model was saved: take an earlier checkpoint.',
        ),
      );
    }
    return Promise.resolve();
  }

  #datasetOf(name: string): Hdf5Dataset {
    const dataset = this.datasets.get(name);
    if (dataset) return dataset;
    throw new DreamError('bad-model', `the weights hold no '${name}', which the network needs`);
  }
}
