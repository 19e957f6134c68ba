/** Rewrites that keep every value and make a graph cheaper, in the order in which they help. */
import type { Graph, NodeRef, Shape } from '../graph.ts';
import { cropFilters } from './crop-filters.ts';
import { foldChannels } from './fold-channels.ts';
import { hoistScalars } from './hoist-scalars.ts';
import { mergeGradients } from './merge-gradients.ts';
import { reorderPools } from './pool-order.ts';
import { trimMasks } from './trim-masks.ts';

export function simplifyForward(graph: Graph, outputs: readonly NodeRef[]): Graph {
  return reorderPools(foldChannels(graph, outputs), outputs);
}

/**
 * For a graph with its backward pass.
 *
 * @param shapes of every node in it
 */
export function simplifyBackward(
  graph: Graph,
  outputs: readonly NodeRef[],
  shapes: ReadonlyMap<NodeRef, Shape>,
): Graph {
  const trimmed = trimMasks(hoistScalars(graph, outputs, shapes), outputs, shapes);
  return cropFilters(mergeGradients(trimmed, outputs), outputs);
}
