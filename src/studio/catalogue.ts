/** The models that a host has, with their networks. */
import { join } from 'node:path';
import { slice } from '../graph/graph.ts';
import type { Dimension, Graph, NodeRef } from '../graph/graph.ts';
import { nearestNames } from '../graph/taps.ts';
import { weightsOf } from '../importers/weights.ts';
import { DreamError } from '../kit/errors.ts';
import { inferShapes } from '../ops/shapes.ts';
import { describeModel, MODELS, shownPath } from './descriptions.ts';
import type { ModelDescription } from './descriptions.ts';
import { withPicture } from './picture-input.ts';
import { readNetwork } from './source.ts';
import type { Network } from './source.ts';

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
