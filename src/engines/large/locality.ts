/**
 * What of a graph works cell by cell, on rows and columns: that part can be computed tile by tile.
 * It ends in reductions (sums and means over all rows and columns); what is computed from those
 * alone is the head.
 */
import { nodeOf } from '../../graph/graph.ts';
import type { Graph, Node, NodeRef, Shape } from '../../graph/graph.ts';
import type { Window } from '../../graph/window.ts';
import { listOf, windowOf } from '../../ops/attributes.ts';
import { inferShapes } from '../../ops/shapes.ts';

export interface Trunk {
  readonly start: NodeRef;
  /** Values with rows and columns, in topological order, the start included. */
  readonly nodes: ReadonlyMap<NodeRef, Node>;
  readonly reductions: readonly Reduction[];
  /** What is computed from reductions. */
  readonly head: ReadonlyMap<NodeRef, Node>;
}

/** A sum or a mean over rows and columns. */
export interface Reduction {
  readonly name: NodeRef;
  /** What is summed, [1, rows, columns, channels]. */
  readonly source: NodeRef;
  readonly channels: number;
  readonly mean: boolean;
  /** Whether the channels are summed too. */
  readonly acrossChannels: boolean;
  /** What comes out. */
  readonly shape: Shape;
}

/** Why a graph cannot be computed tile by tile. */
export class NotLocal extends Error {}

/** Ops whose cell depends on the same cell of their inputs. */
const POINTWISE = new Set([
  'relu',
  'clip',
  'sigmoid',
  'softmax',
  'lrn',
  'square',
  'exp',
  'log',
  'sqrt',
  'tanh',
  'erf',
  'add',
  'sub',
  'mul',
  'div',
]);
const WINDOWS = new Set(['conv2d', 'maxPool', 'averagePool']);
/** Ops that pass a cotangent on whatever the values are, if one operand alone has rows and columns. */
const LINEAR = new Set(['conv2d', 'averagePool', 'pad', 'crop', 'concat', 'add', 'sub', 'mul']);

/** @throws NotLocal */
export function trunkOf(graph: Graph, start: NodeRef): Trunk {
  const shapes = inferShapes(graph);
  const nodes = new Map<NodeRef, Node>([[start, nodeOf(graph, start)]]);
  const head = new Map<NodeRef, Node>();
  const reductions = new Map<NodeRef, Reduction>();
  for (const node of graph.nodes.values()) {
    if (node.name === start) continue;
    const reads = node.inputs.some((input) => nodes.has(input));
    const readsHead = node.inputs.some((input) => head.has(input) || reductions.has(input));
    if (!reads && !readsHead) continue;
    const reduction = reads ? reductionOf(node, shapes) : null;
    if (reduction) reductions.set(node.name, reduction);
    else if (!reads) head.set(node.name, node);
    else if (readsHead || !isLocal(node, { nodes, shapes })) throw notLocal(node);
    else nodes.set(node.name, node);
  }
  return { start, nodes, reductions: [...reductions.values()], head };
}

function notLocal({ name, op }: Node): NotLocal {
  return new NotLocal(`node '${name}' (${op}) looks further than a window`);
}

/** How a node's cells are made of its first input's; `null` where they match one to one. */
export function windowOver({ op, attributes }: Node): Window | null {
  if (WINDOWS.has(op)) return windowOf(attributes);
  if (op !== 'pad' && op !== 'crop') return null;
  const sign = op === 'pad' ? 1 : -1;
  const [before, after] = [listOf(attributes, 'before'), listOf(attributes, 'after')];
  const padding = [before[1]!, after[1]!, before[2]!, after[2]!].map((cells) => sign * cells);
  return { size: [1, 1], strides: [1, 1], dilations: [1, 1], padding };
}

/** Whether a node's gradient depends on no value of the trunk. */
export function isLinear({ op, inputs }: Node, { nodes }: Pick<Trunk, 'nodes'>): boolean {
  if (!LINEAR.has(op)) return false;
  return op !== 'mul' || inputs.filter((input) => nodes.has(input)).length === 1;
}

/** Whether the head multiplies its reductions by nothing that depends on the picture. */
export function isHeadLinear({ head, reductions }: Trunk): boolean {
  const depends = new Set([...head.keys(), ...reductions.map(({ name }) => name)]);
  return [...head.values()].every(({ op, inputs }) => {
    const dependent = inputs.map((input) => depends.has(input));
    if (op === 'add' || op === 'sub') return true;
    if (op === 'mul') return dependent.filter(Boolean).length === 1;
    return op === 'div' && !dependent[1]!;
  });
}

function isLocal(
  node: Node,
  { nodes, shapes }: { nodes: ReadonlyMap<NodeRef, Node>; shapes: ReadonlyMap<NodeRef, Shape> },
): boolean {
  const { op, inputs, attributes } = node;
  if (shapes.get(node.name)!.length !== 4) return false;
  if (WINDOWS.has(op) || op === 'pad' || op === 'crop') return nodes.has(inputs[0]!);
  if (op === 'concat') return attributes['axis'] === 3 && inputs.every((input) => nodes.has(input));
  // Operands from outside must be the same for every cell.
  const uniform = inputs.every((input) => nodes.has(input) || hasNoRows(shapes.get(input)!));
  return POINTWISE.has(op) && uniform;
}

function hasNoRows(shape: Shape): boolean {
  return shape.slice(-3, -1).every((size) => size === 1);
}

function reductionOf(node: Node, shapes: ReadonlyMap<NodeRef, Shape>): Reduction | null {
  const { name, op, inputs, attributes } = node;
  if (op !== 'reduceSum' && op !== 'reduceMean') return null;
  const source = inputs[0]!;
  const axes = new Set(listOf(attributes, 'axes'));
  if (shapes.get(source)!.length !== 4 || !axes.has(1) || !axes.has(2)) return null;
  return {
    name,
    source,
    channels: shapes.get(source)![3]!,
    mean: op === 'reduceMean',
    acrossChannels: axes.has(3),
    shape: shapes.get(name)!,
  };
}
