/** Rewrites that keep every value and make a graph cheaper, in the order in which they help. */
import type { Graph, NodeRef } from '../graph.ts';
import { cropFilters } from './crop-filters.ts';
import { foldChannels } from './fold-channels.ts';
import { mergeGradients } from './merge-gradients.ts';
import { reorderPools } from './pool-order.ts';

export function simplifyForward(graph: Graph, outputs: readonly NodeRef[]): Graph {
  return reorderPools(foldChannels(graph, outputs), outputs);
}

/** For a graph with its backward pass. */
export function simplifyBackward(graph: Graph, outputs: readonly NodeRef[]): Graph {
  return cropFilters(mergeGradients(graph, outputs), outputs);
}
