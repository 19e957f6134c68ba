/** What a model allows an objective to look at, and how small a picture may be for it. */
import type { Graph, NodeRef } from '../graph/graph.ts';
import { slice } from '../graph/graph.ts';
import { GraphBuilder } from '../graph/builder.ts';
import { resolveLayer, tapsOf } from '../graph/taps.ts';
import { DreamError } from '../kit/errors.ts';
import type { Objective } from '../objectives/objective.ts';
import { parseTerms } from '../objectives/parse.ts';
import { inferShapes } from '../ops/shapes.ts';
import { PICTURE } from '../engines/engine.ts';
import { dreamableLayers } from './catalogue.ts';
import type { Model } from './catalogue.ts';

/** Every network fits a picture of this side; a wider window is a mistake in the model. */
const LARGEST_SIDE = 4096;

/** The network with an objective on top, and nothing that the score does not need. */
export function withObjective(network: Graph, objective: Objective): Graph {
  const builder = GraphBuilder.from(network);
  const score = objective.score({
    taps: tapsOf(builder),
    builder,
    calibrated: (value) => value,
    shareOfCell: () => builder.scalar(1),
  });
  return slice(builder, [score]);
}

/** Whether a model has every layer that `words` (a recipe's `layer`) name. */
export function hasLayers(model: Pick<Model, 'graph'>, words: string): boolean {
  return parseTerms(words).every(({ layer }) => hasLayer(model.graph, withoutTap(layer)));
}

function hasLayer(graph: Graph, name: string): boolean {
  try {
    resolveLayer(graph, name);
    return true;
  } catch (error) {
    if (error instanceof DreamError) return false;
    throw error;
  }
}

/**
 * @param needed the nodes that an objective needs.
 * @throws DreamError 'unknown-layer' where one lies beyond the model's deepest layer.
 */
export function checkDepth(model: Model, words: string, needed: Iterable<NodeRef>): void {
  const { graph, deepestLayer, name, description } = model;
  if (deepestLayer === undefined) return;
  const allowed = slice(graph, [graph.layers.get(deepestLayer)!]).nodes;
  const beyond = [...needed].filter((node) => graph.nodes.has(node) && !allowed.has(node));
  if (beyond.length === 0) return;
  const deep = parseTerms(words)
    .map(({ layer }) => resolveLayer(graph, withoutTap(layer)))
    .filter((layer) => !allowed.has(graph.layers.get(layer)!));
  throw new DreamError(
    'unknown-layer',
    `layer '${(deep.length > 0 ? deep : [words]).join("', '")}' lies beyond '${deepestLayer}', the deepest layer of ${name} that dreams may use (${description})`,
    'Choose a layer up to that one (--layers lists them), or allow the others with --deep-layers.',
  );
}

/**
 * The layers that have rows and columns, in the network's order.
 * @param deep whether those beyond the model's deepest layer are among them.
 */
export function pictureLayers(
  model: Pick<Model, 'graph' | 'deepestLayer'>,
  deep: boolean,
): string[] {
  const { graph } = model;
  const shapes = inferShapes(graph);
  const names = deep ? [...graph.layers.keys()] : dreamableLayers(model);
  return names.filter((layer) => shapes.get(graph.layers.get(layer)!)!.length === 4);
}

/** The same without those that are one node with a later layer. */
export function distinctLayers(
  model: Pick<Model, 'graph' | 'deepestLayer'>,
  deep: boolean,
): string[] {
  const byNode = new Map(
    pictureLayers(model, deep).map((layer) => [model.graph.layers.get(layer)!, layer]),
  );
  return [...byNode.values()];
}

/**
 * The smallest side at which every window of `graph` finds at least one place, in pixels.
 * @param least no smaller one is looked for.
 * @throws DreamError 'bad-option' where it takes pictures of one size only.
 */
export function smallestSide(graph: Graph, least = 1): number {
  try {
    inferShapes(graph, { [PICTURE]: [1, LARGEST_SIDE, LARGEST_SIDE, 3] });
  } catch (error) {
    const why = (error as Error).message;
    throw new DreamError(
      'bad-option',
      `so deep in this network pictures of one size only can be looked at (${why})`,
      'Choose an earlier layer, or a class: classes are looked at in that size.',
      { cause: error },
    );
  }
  // Many layers of a network need what those before them need.
  if (fits(graph, least)) return least;
  let [low, high] = [least + 1, LARGEST_SIDE];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (fits(graph, middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function fits(graph: Graph, side: number): boolean {
  try {
    const shapes = inferShapes(graph, { [PICTURE]: [1, side, side, 3] });
    return [...shapes.values()].every((shape) =>
      shape.every((length) => length === null || length > 0),
    );
  } catch {
    // A shape rule that refuses: there is less than nothing left.
    return false;
  }
}

function withoutTap(layer: string): string {
  return layer.replace(/:pre$/, '');
}
