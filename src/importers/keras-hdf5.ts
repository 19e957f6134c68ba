/** Keras networks in HDF5 files (.h5, .hdf5, .keras before Keras 3): a config and the weights. */
import { DreamError } from '../kit/errors.ts';
import type { Hdf5Dataset } from './containers/hdf5-dataset.ts';
import { inHdf5, isHdf5 } from './containers/hdf5.ts';
import type { Hdf5Group } from './containers/hdf5.ts';
import { Hdf5Weights } from './containers/hdf5-weights.ts';
import type { Imported } from './imported.ts';
import { parseConfig } from './keras/config-text.ts';
import type { KerasModel } from './keras/config.ts';
import { importKeras } from './keras/network.ts';
import { weightsInOrder } from './keras/weights-in-order.ts';

const WHERE = "the file's model_config";

/** Whether a file is HDF5 at all: what is no network in it is said in words. */
export const isKerasHdf5 = isHdf5;

/** @throws DreamError 'bad-model' or 'unsupported-op', naming what it found. */
export function readKerasHdf5(bytes: Uint8Array): Imported {
  const { model, datasets, version } = inHdf5(bytes, 'the model', readRoot);
  return importKeras({ model, weights: new Hdf5Weights(datasets), version });
}

interface Parts {
  readonly model: KerasModel;
  readonly datasets: ReadonlyMap<string, Hdf5Dataset>;
  readonly version: string | undefined;
}

function readRoot(root: Hdf5Group): Parts {
  const config = root.attribute('model_config');
  const group = root.subgroup('model_weights');
  const version = textOf(root, 'keras_version') ?? (group && textOf(group, 'keras_version'));
  if (config === null) throw withoutConfig(root);
  if (group === null) {
    throw new DreamError('bad-model', "the HDF5 file has a model_config and no 'model_weights'");
  }
  const text = [config].flat().join('');
  checkVersion(version ?? undefined, text);
  const backend = textOf(root, 'backend') ?? 'tensorflow';
  if (backend === 'theano') {
    throw new DreamError(
      'unsupported-op',
      "the network was saved by Keras's Theano backend, whose kernels are turned by 180 degrees; " +
        'expected TensorFlow, JAX or PyTorch',
      'Load it with Keras on TensorFlow and save it again.',
    );
  }
  const model = parseConfig(text, WHERE);
  return { model, datasets: weightsInOrder(model, group), version: version ?? undefined };
}

function textOf(group: Hdf5Group, name: string): string | undefined {
  const text = group.attribute(name);
  return typeof text === 'string' ? text : undefined;
}

function withoutConfig(root: Hdf5Group): DreamError {
  const layers = [root.attribute('layer_names') ?? []].flat();
  const weightsOnly =
    layers.length > 0 || root.names.includes('layers') || root.names.includes('vars');
  const backend = textOf(root, 'backend');
  const by = backend === undefined ? '' : ` by Keras on ${backend}`;
  const found = weightsOnly
    ? `weights only, saved${by} without the network they belong to`
    : `no Keras network: ${root.names.slice(0, 5).join(', ') || 'nothing at all'}`;
  return new DreamError(
    'bad-model',
    `the HDF5 file holds ${found}; expected an attribute model_config`,
    "Save the whole network, not its weights alone: model.save('model.h5') in place of " +
      "model.save_weights('model.h5').",
  );
}

/** Keras 1 wrote other options (nb_filter, border_mode), mostly without saying who it is. */
function checkVersion(version: string | undefined, config: string): void {
  const old = version === undefined ? config.includes('"nb_filter"') : /^[01]\./.test(version);
  if (!old) return;
  throw new DreamError(
    'unsupported-op',
    `the network was saved by Keras ${version ?? '1'}, expected 2 or 3`,
    'Load it with Keras 2 (2.2 reads files of Keras 1) and save it again.',
  );
}
