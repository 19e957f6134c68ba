import type { NodeRef } from '../../graph/graph.ts';
import type { Trunk } from './locality.ts';

/**
 * Where a graph can be cut, from the picture on: nodes through which the picture reaches each term
 * of the score, if the term depends on the node at all.
 */
export function cutsOf({ start, nodes, reductions }: Trunk): NodeRef[] {
  const dominators = new Map<NodeRef, ReadonlySet<NodeRef>>();
  const ancestors = new Map<NodeRef, ReadonlySet<NodeRef>>();
  for (const { name, inputs } of nodes.values()) {
    const sources = inputs.filter((input) => nodes.has(input));
    const common = sources
      .map((source) => dominators.get(source)!)
      .reduce<ReadonlySet<NodeRef> | null>(
        (shared, set) => (shared ? new Set([...shared].filter((ref) => set.has(ref))) : set),
        null,
      );
    dominators.set(name, new Set([...(common ?? []), name]));
    ancestors.set(
      name,
      new Set([...sources.flatMap((source) => [...ancestors.get(source)!]), name]),
    );
  }
  const last = reductions.at(-1);
  if (!last) return [];
  const fits = (ref: NodeRef): boolean =>
    reductions.every(
      ({ source }) => dominators.get(source)!.has(ref) || !ancestors.get(source)!.has(ref),
    );
  return [...dominators.get(last.source)!].filter((ref) => ref !== start && fits(ref));
}
