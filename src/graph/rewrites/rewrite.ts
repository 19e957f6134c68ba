import { GraphBuilder } from '../builder.ts';
import { consumersOf, slice } from '../graph.ts';
import type { Graph, Node, NodeRef } from '../graph.ts';

export interface RewriteContext {
  readonly graph: Graph;
  /** The new graph, as far as it has grown. */
  readonly builder: GraphBuilder;
  /** The node that reads `ref`, where exactly one does and nobody outside needs it. */
  soleConsumer(ref: NodeRef): Node | null;
  /** Whether nothing but one node needs `ref`. */
  isPrivate(ref: NodeRef): boolean;
}

/**
 * What stands for `node` in the new graph: a function that adds it, or `null` to keep the node as
 * it is. The node that is added last must bear the old node's name: others read it by that name.
 */
export type RewriteRule = (node: Node, context: RewriteContext) => (() => void) | null;

/**
 * Applies a rule to every node, in order, and drops what nothing needs any more.
 *
 * @param outputs nodes that must keep their values
 */
export function rewrite(graph: Graph, outputs: readonly NodeRef[], rule: RewriteRule): Graph {
  const builder = new GraphBuilder(graph.nodes);
  const consumers = consumersOf(graph);
  const kept = new Set(outputs);
  const isPrivate = (ref: NodeRef): boolean => consumers.get(ref)?.length === 1 && !kept.has(ref);
  const context: RewriteContext = {
    graph,
    builder,
    isPrivate,
    soleConsumer: (ref) => (isPrivate(ref) ? graph.nodes.get(consumers.get(ref)![0]!)! : null),
  };
  for (const node of graph.nodes.values()) {
    const constant = graph.constants.get(node.name);
    const replace = rule(node, context);
    if (constant) builder.constant(constant, node.name);
    else if (replace) replace();
    else builder.add(node.op, node.inputs, node.attributes, node.name);
  }
  for (const [layer, node] of graph.layers) builder.layers.set(layer, node);
  return slice(builder, outputs);
}
