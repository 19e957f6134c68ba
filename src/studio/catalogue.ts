/** The models that a host has: a folder each in `models/`, described by its model.json. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { slice } from '../graph/graph.ts';
import type { Dimension, Graph, NodeRef } from '../graph/graph.ts';
import { nearestNames } from '../graph/taps.ts';
import { checked } from '../importers/checked.ts';
import { weightsOf } from '../importers/weights.ts';
import { DreamError } from '../kit/errors.ts';
import { inferShapes } from '../ops/shapes.ts';
import { modelFileSchema } from './model-file.ts';
import type { ModelFile } from './model-file.ts';
import { withPicture } from './picture-input.ts';
import { readNetwork } from './source.ts';
import type { Network } from './source.ts';

/** The folder of models that comes with the program. */
export const MODELS = fileURLToPath(new URL('../../models', import.meta.url));

/** What model.json says, and the folder's name. */
export interface ModelDescription extends ModelFile {
  readonly name: string;
}

export interface Model extends ModelDescription {
  /** Input: the node `picture`, [1, null, null, 3], RGB 0..255; scaled as for dreams. */
  readonly graph: Graph;
  /** The same network, scaled as for telling classes apart. */
  readonly classifier: Graph;
  /** The node with the scores of the classes, [1, labels]. */
  readonly output: NodeRef;
  /** [rows, columns] of the pictures that the network was trained on. */
  readonly inputSize: readonly [Dimension, Dimension];
  /** Loads the weights that these nodes need; before, their constants cannot be read. */
  ready(nodes: readonly NodeRef[]): Promise<void>;
  /** sha256 of the network and all its weights. */
  hash(): Promise<string>;
}

/** @throws DreamError 'bad-model' naming the file and field that is wrong. */
export async function listModels(directory = MODELS): Promise<ModelDescription[]> {
  const names = await modelNames(directory);
  return Promise.all(names.map((name) => describeModel(name, directory)));
}

/**
 * @param name a folder's name in `directory`.
 * @throws DreamError 'unknown-model', 'bad-model' or 'unsupported-op'.
 */
export async function loadModel(name: string, directory = MODELS): Promise<Model> {
  const description = await describeModel(name, directory);
  const network = await readNetwork(description.source, join(directory, description.name));
  const { range, classifyRange = range } = description.input;
  const graph = withPicture(network.graph, description.input);
  checkAgainst(network, description, shownPath(description.name));
  return {
    ...description,
    graph,
    classifier: withPicture(network.graph, { ...description.input, range: classifyRange }),
    output: network.output,
    inputSize: description.input.size ?? network.inputSize,
    ready: (nodes) => network.weights.ready(weightsOf(slice(graph, nodes))),
    hash: () => network.hash(),
  };
}

/**
 * The layers that people may dream at, in the network's order: those that need no node beyond
 * the model's deepest layer; all of them where it has none.
 */
export function dreamableLayers(model: Pick<Model, 'graph' | 'deepestLayer'>): string[] {
  const { graph, deepestLayer } = model;
  if (deepestLayer === undefined) return [...graph.layers.keys()];
  return [...slice(graph, [graph.layers.get(deepestLayer)!]).layers.keys()];
}

/** The folders' names, in the order of the alphabet. */
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
    throw new DreamError('bad-model', message, undefined, { cause: error });
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
function shownPath(name: string): string {
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
    throw new DreamError('bad-model', message, undefined, { cause: error });
  }
  return { name, ...checked(modelFileSchema, json, shown) };
}

/** Whether model.json speaks of this network: its layers and its number of classes. */
function checkAgainst(network: Network, description: ModelDescription, path: string): void {
  const { layersWorthDreaming, defaultLayer, deepestLayer, labels } = description;
  const named = [...layersWorthDreaming, defaultLayer, ...(deepestLayer ? [deepestLayer] : [])];
  const missing = named.find((layer) => !network.graph.layers.has(layer));
  if (missing !== undefined) {
    const nearest = nearestNames(missing, [...network.graph.layers.keys()], 3).join(', ');
    const message = `${path} names the layer '${missing}', which the network has not`;
    throw new DreamError('bad-model', `${message}; nearest: ${nearest}`);
  }
  const scores = inferShapes(network.graph).get(network.output)?.at(-1) ?? null;
  // A lone score tells one of two classes from the other.
  const classes = scores === 1 ? 2 : scores;
  if (labels.length > 0 && classes !== null && classes !== labels.length) {
    const message = `${path} lists ${labels.length} labels, the network's output has ${classes}`;
    throw new DreamError('bad-model', message);
  }
}
