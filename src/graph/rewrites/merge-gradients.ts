/**
 * Where several 1×1 convolutions read one tensor, its cotangent is the sum of their gradients:
 * one gradient of the concatenated cotangents, with the filters concatenated alike. That saves
 * the sums, each a pass over memory.
 */
import { filterOfParts, filterParts } from '../filter-parts.ts';
import { nodeOf } from '../graph.ts';
import type { Constant, Graph, Node, NodeRef } from '../graph.ts';
import { rewrite } from './rewrite.ts';
import type { RewriteContext } from './rewrite.ts';

export function mergeGradients(graph: Graph, outputs: readonly NodeRef[]): Graph {
  return rewrite(graph, outputs, (node, context) => {
    if (node.op !== 'add' || isInnerSum(node, context)) return null;
    const terms = termsOf(node, context);
    const pointwise = terms.filter((term) => isPointwiseGradient(term, context));
    if (pointwise.length < 2) return null;
    const rest = terms.filter((term) => !pointwise.includes(term)).map(({ name }) => name);
    return () => {
      addMerged(context, pointwise, rest, node.name);
    };
  });
}

/** Whether the sum is only a part of a larger one, which then takes care of it. */
function isInnerSum(node: Node, context: RewriteContext): boolean {
  return context.soleConsumer(node.name)?.op === 'add';
}

/** The summands of a tree of sums. */
function termsOf(node: Node, context: RewriteContext): Node[] {
  return node.inputs.flatMap((input) => {
    const term = nodeOf(context.graph, input);
    return term.op === 'add' && context.isPrivate(input) ? termsOf(term, context) : [term];
  });
}

function isPointwiseGradient(term: Node, context: RewriteContext): boolean {
  if (term.op !== 'conv2dInputGradient' || !context.isPrivate(term.name)) return false;
  const { size, strides, groups } = term.attributes as Record<string, readonly number[]>;
  return (
    [...size!, ...strides!, groups].every((value) => value === (1 as unknown)) &&
    (term.attributes['padding'] === 'valid' || term.attributes['padding'] === 'same')
  );
}

function addMerged(
  { builder, graph }: RewriteContext,
  pointwise: readonly Node[],
  rest: readonly NodeRef[],
  name: NodeRef,
): void {
  const cotangents = builder.add(
    'concat',
    pointwise.map(({ inputs }) => inputs[0]!),
    { axis: 3 },
  );
  const filters = pointwise.map(({ inputs }) => graph.constants.get(inputs[1]!)!);
  const filter = builder.constant(concatOutputs(filters));
  const { inputs, attributes } = pointwise[0]!;
  const merged = [cotangents, filter, inputs[2]!];
  if (rest.length === 0) {
    builder.add('conv2dInputGradient', merged, attributes, name);
    return;
  }
  const gradient = builder.add('conv2dInputGradient', merged, attributes);
  const [last, ...others] = rest as [NodeRef, ...NodeRef[]];
  const sum = others.reduce((total, term) => builder.add('add', [total, term]), gradient);
  builder.add('add', [sum, last], {}, name);
}

/** [1, 1, channels, outputs] filters side by side. */
function concatOutputs(filters: readonly Constant[]): Constant {
  const channels = filters[0]!.shape[2]!;
  const outputs = filters.reduce((sum, { shape }) => sum + shape[3]!, 0);
  return filterOfParts([1, 1, channels, outputs], () => filters.flatMap(filterParts));
}
