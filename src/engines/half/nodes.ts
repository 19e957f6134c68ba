/** Which nodes of a graph are computed in half precision, and which stay in float32. */
import { consumersOf } from '../../graph/graph.ts';
import type { Graph, Node, NodeRef } from '../../graph/graph.ts';

/** Where the time goes; sums of products, which engines add up in more bits than they store. */
const HEAVY = new Set([
  'conv2d',
  'conv2dInputGradient',
  'conv2dTranspose',
  'conv2dTransposeGradient',
  'maxPoolGradient',
  'averagePoolGradient',
  'reluGradient',
  'clipGradient',
]);

/**
 * What neither leaves the range of its inputs by much nor loses more than a rounding: in half
 * precision between heavy nodes. All others (squares, sums and means over planes, roots, logarithms,
 * quotients, local response normalisation, dense layers) are in float32.
 */
const LIGHT = new Set([
  ...['relu', 'clip', 'maxPool', 'averagePool', 'concat', 'crop', 'pad'],
  ...['add', 'sub', 'mul', 'reshape', 'reshapeLike', 'transpose'],
]);

/** @param scaled nodes that carry cotangents */
export function halfNodes(graph: Graph, scaled: ReadonlySet<NodeRef>): ReadonlySet<NodeRef> {
  const half = new Set<NodeRef>();
  const isHalf = (ref: NodeRef): boolean => half.has(ref);
  for (const { name, op, inputs } of graph.nodes.values()) {
    if (HEAVY.has(op)) half.add(name);
    else if (LIGHT.has(op) && !scaled.has(name)) {
      const tensors = inputs.filter((input) => !graph.constants.has(input));
      if (tensors.length > 0 && tensors.every(isHalf)) half.add(name);
    }
  }
  // Backwards, what comes before a heavy node is what is read later.
  const consumers = consumersOf(graph);
  for (const { name, op } of reversed(graph)) {
    if (LIGHT.has(op) && scaled.has(name) && consumers.get(name)!.some(isHalf)) half.add(name);
  }
  return half;
}

function reversed(graph: Graph): Node[] {
  return [...graph.nodes.values()].reverse();
}
