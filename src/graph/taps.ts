/**
 * How a person names a tensor:
 *
 *   mixed4          the layer's output, after the activation that directly follows it
 *   mixed4:pre      the same before its activation; of a concatenation, its parts before theirs
 *
 * Layer names are matched exactly, else without regard to case, else by a unique ending
 * (`expand/Relu6` for `…/block_1/expand/Relu6`).
 */
import { distance } from 'fastest-levenshtein';
import { DreamError } from '../kit/errors.ts';
import type { GraphBuilder } from './builder.ts';
import { nodeOf } from './graph.ts';
import type { Graph, NodeRef } from './graph.ts';

/** Gives the node of a layer's name; `:pre` may add nodes to the graph that it reads from. */
export type Taps = (layer: string) => NodeRef;

const ACTIVATIONS = new Set(['relu', 'clip', 'sigmoid', 'softmax']);

export function tapsOf(builder: GraphBuilder): Taps {
  return (layer) => {
    const { name, pre } = splitTap(layer);
    const node = builder.layers.get(resolveLayer(builder, name))!;
    return pre ? beforeActivation(builder, node) : node;
  };
}

/** The graph's own spelling of a layer's name. @throws DreamError 'unknown-layer' */
export function resolveLayer(graph: Pick<Graph, 'layers'>, name: string): string {
  if (graph.layers.has(name)) return name;
  const wanted = name.toLowerCase();
  const names = [...graph.layers.keys()];
  const sameLetters = names.filter((candidate) => candidate.toLowerCase() === wanted);
  if (sameLetters.length === 1) return sameLetters[0]!;
  const endings = names.filter((candidate) => candidate.toLowerCase().endsWith(`/${wanted}`));
  if (endings.length === 1) return endings[0]!;
  const found =
    endings.length > 1
      ? `${endings.length} layers end in '${name}'`
      : `no layer is named '${name}'`;
  const nearest = endings.length > 1 ? endings.slice(0, 5) : nearestNames(name, names, 5);
  throw new DreamError(
    'unknown-layer',
    `${found}; nearest: ${nearest.join(', ')}`,
    'List all layers with --layers.',
  );
}

/** The `count` candidates that take the fewest edits, best first. */
export function nearestNames(name: string, candidates: readonly string[], count: number): string[] {
  const wanted = name.toLowerCase();
  return candidates
    .map((candidate) => ({ candidate, edits: distance(wanted, candidate.toLowerCase()) }))
    .sort((a, b) => a.edits - b.edits)
    .slice(0, count)
    .map(({ candidate }) => candidate);
}

function splitTap(layer: string): { name: string; pre: boolean } {
  return layer.endsWith(':pre')
    ? { name: layer.slice(0, -4), pre: true }
    : { name: layer, pre: false };
}

function beforeActivation(builder: GraphBuilder, ref: NodeRef): NodeRef {
  const node = nodeOf(builder, ref);
  if (ACTIVATIONS.has(node.op)) return node.inputs[0]!;
  if (node.op !== 'concat') return ref;
  const parts = node.inputs.map((input) => beforeActivation(builder, input));
  return parts.every((part, index) => part === node.inputs[index])
    ? ref
    : builder.add('concat', parts, node.attributes);
}
