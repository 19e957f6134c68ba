/**
 * Two shortcuts at the top of a backward pass, where the cotangent is the activation itself (the
 * gradient of a mean square):
 *
 *   crop(concat(a, b, c)) = b       where the crop takes just b's channels
 *   reluGradient(y, y) = y          what the mask would silence is 0 already
 */
import { nodeOf } from '../graph.ts';
import type { Graph, Node, NodeRef, Shape } from '../graph.ts';
import { rewrite } from './rewrite.ts';

export function trimMasks(
  graph: Graph,
  outputs: readonly NodeRef[],
  shapes: ReadonlyMap<NodeRef, Shape>,
): Graph {
  const alias = new Map<NodeRef, NodeRef>();
  const resolve = (ref: NodeRef): NodeRef => alias.get(ref) ?? ref;
  const kept = new Set(outputs);
  return rewrite(graph, outputs, (node, { builder }) => {
    const inputs = node.inputs.map(resolve);
    const shortcut = kept.has(node.name) ? null : shortcutOf(graph, { ...node, inputs }, shapes);
    if (shortcut !== null) alias.set(node.name, shortcut);
    if (shortcut === null && inputs.every((input, index) => input === node.inputs[index]))
      return null;
    return () => {
      builder.add(node.op, inputs, node.attributes, node.name);
    };
  });
}

function shortcutOf(graph: Graph, node: Node, shapes: ReadonlyMap<NodeRef, Shape>): NodeRef | null {
  const [first, second] = node.inputs;
  if (node.op === 'reluGradient') return first === second ? first! : null;
  if (node.op !== 'crop') return null;
  const source = nodeOf(graph, first!);
  // Of nodes that a rewrite has made, the shapes are not known.
  if (source.op !== 'concat' || source.attributes['axis'] !== 3 || !shapes.has(source.name))
    return null;
  const { before, after } = node.attributes as Record<string, readonly number[]>;
  if (![0, 1, 2].every((axis) => before![axis] === 0 && after![axis] === 0)) return null;
  let start = 0;
  for (const part of source.inputs) {
    const size = shapes.get(part)![3]!;
    const end = shapes.get(source.name)![3]! - after![3]!;
    if (start === before![3] && start + size === end) return part;
    start += size;
  }
  return null;
}
