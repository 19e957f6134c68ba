/** What the host's models say about themselves: a folder each in `models/`, with a model.json. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nearestNames } from '../graph/taps.ts';
import { checked } from '../importers/checked.ts';
import { DreamError } from '../kit/errors.ts';
import { modelFileSchema } from './model-file.ts';
import type { ModelFile } from './model-file.ts';

/** The folder of models that comes with the program. */
export const MODELS = fileURLToPath(new URL('../../models', import.meta.url));

/** What model.json says, and the folder's name. */
export interface ModelDescription extends ModelFile {
  readonly name: string;
}

/** The folders' names, in the order of the alphabet. @throws DreamError 'bad-model' where there is no such folder */
export async function modelNames(directory = MODELS): Promise<string[]> {
  try {
    const entries = await readdir(directory, { withFileTypes: true });
    return (
      entries
        // A model that is being added lies in a hidden folder.
        .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
        .map(({ name }) => name)
        .sort()
    );
  } catch (error) {
    const message = `the folder of models '${directory}' cannot be read`;
    throw new DreamError('bad-model', message, 'MODELS_DIR names it.', { cause: error });
  }
}

/** Names come from strangers: only one that the folder lists becomes part of a path. */
async function knownName(name: string, directory: string): Promise<string> {
  const names = await modelNames(directory);
  if (names.includes(name)) return name;
  const nearest = nearestNames(name, names, 3).join(', ');
  throw new DreamError(
    'unknown-model',
    `no model is named '${name}'; nearest: ${nearest}`,
    `Models: ${names.join(', ')}.`,
  );
}

/** Changes whenever the model is added, replaced or described anew. */
export async function modelStamp(name: string, directory = MODELS): Promise<string> {
  if (!(await modelNames(directory)).includes(name)) return 'missing';
  const found = await stat(join(directory, name, 'model.json')).catch(() => null);
  return found ? `${found.ino} ${found.mtimeMs} ${found.size}` : 'undescribed';
}

/** Strangers read of it: where on the machine the models lie is not for them. */
export function shownPath(name: string): string {
  return `'${name}/model.json'`;
}

/** @throws DreamError 'unknown-model' or 'bad-model' */
export async function describeModel(asked: string, directory = MODELS): Promise<ModelDescription> {
  const name = await knownName(asked, directory);
  const shown = shownPath(name);
  let json: unknown;
  try {
    json = JSON.parse(await readFile(join(directory, name, 'model.json'), 'utf8'));
  } catch (error) {
    // The system's own words name the whole path.
    const { code, message: words } = error as NodeJS.ErrnoException;
    const message = `${shown} cannot be read: ${code ?? words}`;
    const hint =
      code === 'ENOENT' ? 'npm run models -- list looks at folders that are new.' : undefined;
    throw new DreamError('bad-model', message, hint, { cause: error });
  }
  return { name, ...checked(modelFileSchema, json, shown) };
}
