/**
 * A convolution followed by a product or a sum per channel (what is left of a batch
 * normalisation) is one convolution: filter · scale, bias · scale + offset.
 */
import { filterOfParts, filterParts, filterShape } from '../filter-parts.ts';
import type { Constant, Graph, Node, NodeRef } from '../graph.ts';
import { rewrite } from './rewrite.ts';
import type { RewriteContext } from './rewrite.ts';

export function foldChannels(graph: Graph, outputs: readonly NodeRef[]): Graph {
  let folded = graph;
  for (;;) {
    const before = folded.nodes.size;
    folded = rewrite(folded, outputs, foldOne);
    if (folded.nodes.size === before) return folded;
  }
}

function foldOne(node: Node, context: RewriteContext): (() => void) | null {
  const { graph, builder } = context;
  const { op } = node;
  if (op !== 'mul' && op !== 'add' && op !== 'sub') return null;
  const [source, operand] = node.inputs as [NodeRef, NodeRef];
  const convolution = builder.nodes.get(source);
  const values = graph.constants.get(operand);
  if (convolution?.op !== 'conv2d' || !values || !context.isPrivate(source)) return null;
  const [x, filterRef, biasRef] = convolution.inputs as [NodeRef, NodeRef, NodeRef?];
  const filter = builder.constants.get(filterRef);
  const outputs = filter?.shape[3];
  if (!filter || outputs === undefined || !isPerChannel(values, outputs)) return null;
  const bias = biasRef === undefined ? null : builder.constants.get(biasRef)!;
  return () => {
    const scaled = op === 'mul' ? scaledFilter(filter, values) : filter;
    const shifted =
      op === 'mul' ? bias && scaledBias(bias, values) : sumBias(bias, values, op, outputs);
    const inputs = [x, scaled === filter ? filterRef : builder.constant(scaled)];
    if (shifted) inputs.push(builder.constant(shifted));
    builder.add('conv2d', inputs, convolution.attributes, node.name);
  };
}

function isPerChannel({ shape }: Constant, channels: number): boolean {
  return shape.slice(0, -1).every((size) => size === 1) && (shape.at(-1) ?? 1) === channels;
}

function scaledFilter(filter: Constant, scale: Constant): Constant {
  return filterOfParts(filterShape(filter), () => {
    const scales = scale.read();
    let first = 0;
    return filterParts(filter).map((part) => {
      const own = scales.subarray(first, (first += part.factors.length));
      return { ...part, factors: part.factors.map((factor, output) => factor * own[output]!) };
    });
  });
}

function scaledBias(bias: Constant, scale: Constant): Constant {
  return {
    shape: bias.shape,
    read: () => {
      const scales = scale.read();
      return bias.read().map((value, channel) => value * scales[channel]!);
    },
  };
}

function sumBias(
  bias: Constant | null,
  offset: Constant,
  op: 'add' | 'sub',
  channels: number,
): Constant {
  const sign = op === 'add' ? 1 : -1;
  return {
    shape: [channels],
    read: () => {
      const before = bias?.read();
      return offset.read().map((value, channel) => (before?.[channel] ?? 0) + sign * value);
    },
  };
}
