/** tensorflow.js models in a zip archive, as Teachable Machine exports them. */
import { DreamError } from '../kit/errors.ts';
import { inFolder, openArchive, readJson } from './containers/archive.ts';
import { isGraphModel, readGraphModel } from './graph-model.ts';
import type { Imported } from './imported.ts';
import { isKerasLayers, readKerasLayers } from './keras-layers.ts';

/** @throws DreamError 'bad-model' or 'unsupported-op', naming the file, layer or node. */
export async function readTfjsArchive(bytes: Uint8Array): Promise<Imported> {
  const files = await openArchive(bytes);
  const [name] = files.names
    .filter((path) => path.split('/').at(-1) === 'model.json')
    .sort((a, b) => a.split('/').length - b.split('/').length);
  if (name === undefined) {
    const found = files.names.slice(0, 6).join(', ') || 'no files';
    throw new DreamError('bad-model', `the archive has no model.json; it holds ${found}`);
  }
  const json = await readJson(files, name);
  const beside = inFolder(files, name.slice(0, -'model.json'.length));
  if (isKerasLayers(json)) return readKerasLayers(json, beside.read);
  if (isGraphModel(json)) return readGraphModel(json, beside.read);
  throw new DreamError('bad-model', `'${name}' in the archive is no tensorflow.js model`);
}
