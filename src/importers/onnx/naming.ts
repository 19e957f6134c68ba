/**
 * Names that a person would want to type. Exporters put a network in folders
 * (`/features/features.0/Conv`): every name loses the leading folders that all convolutions share.
 */
import type { NodeRef } from '../../graph/graph.ts';
import { commonFolders, withoutFolders } from '../graphdef/naming.ts';
import { INPUT } from '../imported.ts';
import type { ShapedBuilder } from '../shaped-builder.ts';
import type { NetworkNode } from './network.ts';

/** What a function is written out in, and what moves values about. */
const STEPS = new Set([
  ...['Add', 'Sub', 'Mul', 'Div', 'Pow', 'Sqrt', 'Erf', 'ReduceMean', 'Sigmoid', 'HardSigmoid'],
  ...['MatMul', 'Reshape', 'Transpose', 'Slice', 'Split', 'Gather', 'Unsqueeze', 'Squeeze'],
]);

/** @param named the nodes' names → what they give, in the network's order. */
export function nameLayers(
  builder: ShapedBuilder,
  nodes: readonly NetworkNode[],
  named: ReadonlyMap<string, NodeRef>,
): void {
  const bare = (name: string): string => name.replace(/^\/+/, '');
  const convolutions = nodes.filter(({ op }) => op === 'Conv').map(({ name }) => bare(name));
  const common = commonFolders(convolutions);
  const inside = stepsInside(nodes, named);
  // Nodes that only hand on what they get (Identity, Dropout, Transpose) are no layers.
  const known = new Set<NodeRef>([INPUT]);
  for (const [name, ref] of named) {
    if (known.has(ref) || inside.has(ref)) continue;
    known.add(ref);
    const short = withoutFolders(bare(name), common);
    builder.layers.set(builder.layers.has(short) ? name : short, ref);
  }
}

/**
 * The steps of functions that exporters write out (a normalisation, a GELU) in a folder of their
 * own: of those, only what leaves the folder is a layer.
 */
function stepsInside(
  nodes: readonly NetworkNode[],
  named: ReadonlyMap<string, NodeRef>,
): Set<NodeRef> {
  const readers = readersOf(nodes, named);
  const isStep = ({ name, op }: NetworkNode): boolean => STEPS.has(op) && folderOf(name) !== '';
  const met = new Set<NodeRef>();
  const inside = nodes.flatMap((node) => {
    const ref = named.get(node.name);
    if (ref === undefined || met.has(ref)) return [];
    met.add(ref);
    if (!isStep(node)) return [];
    const own = readers.get(ref) ?? [];
    const stay = own.every((each) => isStep(each) && folderOf(each.name) === folderOf(node.name));
    return own.length > 0 && stay ? [ref] : [];
  });
  return new Set(inside);
}

/** For each tensor the nodes that make another of it: not those that read its size, or hand it on. */
function readersOf(
  nodes: readonly NetworkNode[],
  named: ReadonlyMap<string, NodeRef>,
): Map<NodeRef, NetworkNode[]> {
  const refs = new Map<string, NodeRef | undefined>();
  const readers = new Map<NodeRef, NetworkNode[]>();
  for (const node of nodes) {
    const result = named.get(node.name);
    node.outputs.forEach((output, index) =>
      refs.set(output, index === 0 ? result : named.get(output)),
    );
    for (const input of result === undefined ? [] : node.inputs) {
      const ref = refs.get(input);
      if (ref === undefined || ref === result) continue;
      const known = readers.get(ref);
      if (known) known.push(node);
      else readers.set(ref, [node]);
    }
  }
  return readers;
}

function folderOf(name: string): string {
  return name.slice(0, Math.max(name.lastIndexOf('/'), 0));
}
