/** tensorflow.js models in a zip archive, as Teachable Machine exports them. */
import { DreamError } from '../kit/errors.ts';
import { inFolder, names, openArchive, readJson } from './containers/archive.ts';
import { isZip } from './containers/zip.ts';
import { isGraphModel, readGraphModel } from './graph-model.ts';
import type { Imported } from './imported.ts';
import { isKerasLayers, readKerasLayers } from './keras-layers.ts';

const MODEL = 'model.json';

/** Whether a file is an archive with a model.json. */
export function isTfjsArchive(bytes: Uint8Array): boolean {
  return isZip(bytes) && names(bytes, MODEL);
}

/** @throws DreamError 'bad-model' or 'unsupported-op', naming the file, layer or node. */
export async function readTfjsArchive(bytes: Uint8Array): Promise<Imported> {
  const files = await openArchive(bytes);
  const [name] = files.names
    .filter((path) => path.split('/').at(-1) === MODEL)
    .sort((a, b) => a.split('/').length - b.split('/').length);
  if (name === undefined) {
    const found = files.names.slice(0, 6).join(', ') || 'no files';
    throw new DreamError('bad-model', `the archive has no model.json; it holds ${found}`);
  }
  const json = await readJson(files, name);
  const beside = inFolder(files, name.slice(0, -MODEL.length));
  if (isKerasLayers(json)) return readKerasLayers(json, beside.read);
  if (isGraphModel(json)) return readGraphModel(json, beside.read);
  throw new DreamError('bad-model', `'${name}' in the archive is no tensorflow.js model`);
}
