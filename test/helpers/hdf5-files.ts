/** Small HDF5 files, written by the HDF5 library itself. */
import h5wasm from 'h5wasm';
import type { Dtype, Group } from 'h5wasm';
import { seededRandom } from '../../src/kit/random.ts';

export interface StoredWeight {
  /** As the file lists it: 'conv/kernel:0'. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** Values in ±1 that depend on the seed alone. */
export function weight(name: string, shape: readonly number[], seed: number): StoredWeight {
  const random = seededRandom(seed);
  const count = shape.reduce((product, size) => product * size, 1);
  const values = Float32Array.from({ length: count }, () => 2 * random.uniform() - 1);
  return { name, shape, values };
}

/** @param libver 'earliest' as h5py writes, 'v110' for the newer kinds of groups. */
export async function hdf5(
  build: (root: Group) => void,
  libver: 'earliest' | 'v110' = 'earliest',
): Promise<Uint8Array> {
  const { FS } = (await h5wasm.ready) as unknown as {
    FS: { readFile(path: string): Uint8Array; unlink(path: string): void };
  };
  const path = '/model.h5';
  const file = new h5wasm.File(path, 'w', { libver: [libver, 'v110'] });
  try {
    build(file);
  } finally {
    file.close();
  }
  const bytes = new Uint8Array(FS.readFile(path));
  FS.unlink(path);
  return bytes;
}

/** A list of texts, filled up to one length as h5py writes them. */
export function texts(group: Group, name: string, list: readonly string[]): void {
  const length = Math.max(1, ...list.map((text) => text.length));
  group.create_attribute(name, [...list], [list.length], `A${length}`);
}

export function dataset(
  root: Group,
  { name, shape, values }: StoredWeight,
  { dtype = '<f4', compressed = false }: Pick<KerasFile, 'dtype' | 'compressed'> = {},
): void {
  const parts = name.split('/');
  const last = parts.pop()!;
  let group = root;
  for (const part of parts) {
    group = group.keys().includes(part) ? (group.get(part) as Group) : group.create_group(part);
  }
  const data = dtype === '<f4' ? values : Float64Array.from(values);
  const pieces = compressed ? { chunks: [...shape], compression: 6 } : {};
  group.create_dataset({ name: last, data, shape: [...shape], dtype, ...pieces });
}

export interface KerasFile {
  readonly config: unknown;
  readonly version?: string;
  readonly backend?: string;
  /** The weights that each outermost layer's group lists. */
  readonly groups: Readonly<Record<string, readonly StoredWeight[]>>;
  readonly dtype?: Dtype;
  readonly compressed?: boolean;
  readonly libver?: 'earliest' | 'v110';
  /** Names in a list until it goes on in the next attribute. */
  readonly listLength?: number;
}

/** A whole network as Keras's `model.save('….h5')` writes it, with the state of an optimizer. */
export function kerasHdf5(file: KerasFile): Promise<Uint8Array> {
  return hdf5((root) => {
    root.create_attribute('keras_version', file.version ?? '2.4.0');
    root.create_attribute('backend', file.backend ?? 'tensorflow');
    const { config } = file;
    root.create_attribute(
      'model_config',
      typeof config === 'string' ? config : JSON.stringify(config),
    );
    writeWeights(root.create_group('model_weights'), file);
    const optimizer = root.create_group('optimizer_weights');
    texts(optimizer, 'weight_names', ['Variable:0']);
    dataset(optimizer, weight('Variable:0', [64], 99));
  }, file.libver);
}

/** The groups of the layers, as `model.save_weights` writes them alone. */
export function writeWeights(root: Group, file: KerasFile): void {
  const { groups, listLength } = file;
  texts(root, 'layer_names', Object.keys(groups));
  for (const [layer, weights] of Object.entries(groups)) {
    const group = root.create_group(layer);
    const names = weights.map(({ name }) => name);
    if (listLength === undefined) texts(group, 'weight_names', names);
    else {
      for (let at = 0; at * listLength < names.length; at++) {
        texts(group, `weight_names${at}`, names.slice(at * listLength, (at + 1) * listLength));
      }
    }
    for (const each of weights) dataset(group, each, file);
  }
}
