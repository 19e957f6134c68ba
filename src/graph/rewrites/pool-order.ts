/**
 * Two exchanges that leave every value as it is and make pools cheaper, forwards and, above all,
 * backwards:
 *
 *   conv1×1(averagePool(x)) = averagePool(conv1×1(x))   the pool then has the convolution's few
 *                                                       outputs (both are linear, and a mean
 *                                                       keeps the bias)
 *   maxPool(relu(x)) = relu(maxPool(x))                 the ReLU then has the pool's few cells
 */
import type { Graph, Node, NodeRef } from '../graph.ts';
import { rewrite } from './rewrite.ts';
import type { RewriteContext } from './rewrite.ts';

export function reorderPools(graph: Graph, outputs: readonly NodeRef[]): Graph {
  return rewrite(
    graph,
    outputs,
    (node, context) => convolutionFirst(node, context) ?? maximumFirst(node, context),
  );
}

function convolutionFirst(node: Node, context: RewriteContext): (() => void) | null {
  const { builder } = context;
  const [poolRef, ...weights] = node.inputs;
  const pool = poolRef === undefined ? undefined : builder.nodes.get(poolRef);
  if (node.op !== 'conv2d' || pool?.op !== 'averagePool' || !context.isPrivate(pool.name))
    return null;
  const { size, strides, groups } = node.attributes as Record<string, readonly number[]>;
  const pointwise = [...size!, ...strides!, groups].every((value) => value === (1 as unknown));
  const unpadded = node.attributes['padding'] === 'valid' || node.attributes['padding'] === 'same';
  if (!pointwise || !unpadded) return null;
  return () => {
    const convolved = builder.add('conv2d', [pool.inputs[0]!, ...weights], node.attributes);
    builder.add('averagePool', [convolved], pool.attributes, node.name);
  };
}

function maximumFirst(node: Node, context: RewriteContext): (() => void) | null {
  const { builder } = context;
  const relu = builder.nodes.get(node.inputs[0] ?? '');
  if (node.op !== 'maxPool' || relu?.op !== 'relu' || !context.isPrivate(relu.name)) return null;
  return () => {
    const pooled = builder.add('maxPool', relu.inputs, node.attributes);
    builder.add('relu', [pooled], {}, node.name);
  };
}
