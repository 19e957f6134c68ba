/**
 * Names that a person would want to type. Exporters put a network in folders
 * (`/features/features.0/Conv`): every name loses the leading folders that all convolutions share.
 */
import type { NodeRef } from '../../graph/graph.ts';
import { commonFolders, withoutFolders } from '../graphdef/naming.ts';
import { INPUT } from '../imported.ts';
import type { ShapedBuilder } from '../shaped-builder.ts';
import type { NetworkNode } from './network.ts';

/** @param named the nodes' names → what they give, in the network's order. */
export function nameLayers(
  builder: ShapedBuilder,
  nodes: readonly NetworkNode[],
  named: ReadonlyMap<string, NodeRef>,
): void {
  const bare = (name: string): string => name.replace(/^\/+/, '');
  const convolutions = nodes.filter(({ op }) => op === 'Conv').map(({ name }) => bare(name));
  const common = commonFolders(convolutions);
  // Nodes that only hand on what they get (Identity, Dropout, Transpose) are no layers.
  const known = new Set<NodeRef>([INPUT]);
  for (const [name, ref] of named) {
    if (known.has(ref)) continue;
    known.add(ref);
    const short = withoutFolders(bare(name), common);
    builder.layers.set(builder.layers.has(short) ? name : short, ref);
  }
}
