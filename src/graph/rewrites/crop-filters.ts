/**
 * A convolution's gradient of which only ranges of channels are read (the branches of a
 * concatenation) is computed range by range, with the part of the filter that makes it: no
 * tensor is cut.
 */
import { filterOfParts, filterParts, filterShape } from '../filter-parts.ts';
import { consumersOf, nodeOf } from '../graph.ts';
import type { Constant, Graph, Node, NodeRef } from '../graph.ts';
import { rewrite } from './rewrite.ts';

export function cropFilters(graph: Graph, outputs: readonly NodeRef[]): Graph {
  const consumers = consumersOf(graph);
  const kept = new Set(outputs);
  const isCutUp = (source: Node): boolean =>
    source.op === 'conv2dInputGradient' &&
    source.attributes['groups'] === 1 &&
    !kept.has(source.name) &&
    consumers.get(source.name)!.every((reader) => isChannelCrop(nodeOf(graph, reader)));

  return rewrite(graph, outputs, (node, { builder }) => {
    const source = isChannelCrop(node) ? nodeOf(graph, node.inputs[0]!) : null;
    if (!source || !isCutUp(source)) return null;
    const [dy, filterRef, x] = source.inputs as [NodeRef, NodeRef, NodeRef];
    const filter = graph.constants.get(filterRef);
    if (!filter) return null;
    const start = (node.attributes['before'] as readonly number[])[3]!;
    const end = filter.shape[2]! - (node.attributes['after'] as readonly number[])[3]!;
    return () => {
      const part = builder.constant(channelRange(filter, start, end));
      builder.add('conv2dInputGradient', [dy, part, x], source.attributes, node.name);
    };
  });
}

function isChannelCrop({ op, attributes }: Node): boolean {
  if (op !== 'crop') return false;
  const { before, after } = attributes as Record<string, readonly number[]>;
  return (
    before!.length === 4 &&
    [...before!.slice(0, 3), ...after!.slice(0, 3)].every((cells) => cells === 0)
  );
}

/** Input channels start … end−1 of a filter [rows, columns, channels, outputs]. */
function channelRange(filter: Constant, start: number, end: number): Constant {
  const [rows, columns, , outputs] = filterShape(filter);
  return filterOfParts([rows, columns, end - start, outputs], () =>
    filterParts(filter).map((part) => ({
      ...part,
      start: part.start + start * part.channelStride,
    })),
  );
}
