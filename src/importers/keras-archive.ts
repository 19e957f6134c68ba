/** `.keras` files: a zip archive with the config as JSON and the weights as HDF5. */
import * as z from 'zod';
import { DreamError } from '../kit/errors.ts';
import { checked } from './checked.ts';
import { names, openArchive, readJson } from './containers/archive.ts';
import { inHdf5, isHdf5 } from './containers/hdf5.ts';
import { Hdf5Weights } from './containers/hdf5-weights.ts';
import { isZip } from './containers/zip.ts';
import type { Imported } from './imported.ts';
import { parseConfig } from './keras/config-text.ts';
import { importKeras } from './keras/network.ts';
import { weightsByPath } from './keras/weights-by-path.ts';

const CONFIG = 'config.json';
const METADATA = 'metadata.json';
const WEIGHTS = 'model.weights.h5';

const metadataSchema = z.looseObject({ keras_version: z.string().optional() });

/** Whether a file is an archive that names what `.keras` files hold. */
export function isKerasArchive(bytes: Uint8Array): boolean {
  return isZip(bytes) && names(bytes, CONFIG) && names(bytes, 'model.weights.');
}

/** @throws DreamError 'bad-model' or 'unsupported-op', naming the layer. */
export async function readKerasArchive(bytes: Uint8Array): Promise<Imported> {
  const files = await openArchive(bytes);
  for (const name of [CONFIG, WEIGHTS]) {
    if (files.names.includes(name)) continue;
    throw new DreamError(
      'bad-model',
      `the .keras archive has no ${name}; it holds ${files.names.slice(0, 6).join(', ')}`,
      "Save the whole network in one file: model.save('model.keras').",
    );
  }
  const config = Buffer.from(await files.read(CONFIG)).toString('utf8');
  const model = parseConfig(config, `the archive's ${CONFIG}`);
  const metadata = files.names.includes(METADATA) ? await readJson(files, METADATA) : {};
  const { keras_version: version } = checked(metadataSchema, metadata, METADATA);
  const weights = await files.read(WEIGHTS);
  if (!isHdf5(weights)) {
    throw new DreamError('bad-model', `the archive's ${WEIGHTS} is no HDF5 file`);
  }
  const datasets = inHdf5(weights, `the archive's ${WEIGHTS}`, (root) =>
    weightsByPath(model, root),
  );
  return importKeras({ model, weights: new Hdf5Weights(datasets), version });
}
