/**
 * Names that a person would want to type. Converters put a network in folders
 * (`StatefulPartitionedCall/…/predict/MobilenetV2/Conv/Relu6`): every name loses the leading
 * folders that it shares with the folder common to all convolutions.
 */
import type { NodeRef } from '../../graph/graph.ts';
import type { ShapedBuilder } from '../shaped-builder.ts';

/** @param nodes TensorFlow's name → the node, in the network's order. */
export function nameLayers(builder: ShapedBuilder, nodes: ReadonlyMap<string, NodeRef>): void {
  const convolutions = [...builder.nodes.values()].filter(({ op }) => op === 'conv2d');
  const filters = convolutions.map(({ inputs }) => inputs[1]!);
  const common = commonFolders(filters);
  for (const [name, ref] of nodes) {
    const short = withoutFolders(name, common);
    builder.layers.set(builder.layers.has(short) ? name : short, ref);
  }
}

/** The leading folders that all names have; none where there are fewer than two names. */
export function commonFolders(names: readonly string[]): readonly string[] {
  const [first, ...others] = names.map((name) => name.split('/').slice(0, -1));
  if (!first || others.length === 0) return [];
  const differs = first.findIndex((folder, index) => others.some((path) => path[index] !== folder));
  return differs === -1 ? first : first.slice(0, differs);
}

export function withoutFolders(name: string, folders: readonly string[]): string {
  const path = name.split('/');
  let shared = 0;
  while (shared < path.length - 1 && path[shared] === folders[shared]) shared++;
  return path.slice(shared).join('/');
}
