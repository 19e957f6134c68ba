/**
 * Cotangents on their way through half precision.
 *
 * The backward pass is linear in the cotangents that it begins with. Of a mean over a million cells
 * they are near 1e-6, where halves have few bits or none (the least is 6e-8). So each of them is
 * multiplied by one number, which takes the largest to `LARGEST_START`, and the gradient is divided
 * by it, both in float32. The number is computed from the cotangents themselves: no picture, layer
 * or objective has to be known. Halves end at 65504, so that on their way cotangents may grow to
 * 65504 / LARGEST_START; and what is 2⁻¹⁴ / LARGEST_START of the largest still has all its 11 bits.
 */
import { GraphBuilder } from '../../graph/builder.ts';
import type { Graph, Node, NodeRef } from '../../graph/graph.ts';
import { inferShapes } from '../../ops/shapes.ts';

/** In Inception V3 (mixed3, mixed5) the largest cotangent grows on its way by less than 20. */
const LARGEST_START = 64;

/** Added to the square of the largest: where all cotangents are 0 they stay 0. */
const LEAST_SQUARE = 1e-30;

/** Ops of backward passes alone, linear in their first input. */
const GRADIENTS = new Set([
  'conv2dInputGradient',
  'conv2dTransposeGradient',
  'resizeGradient',
  'reluGradient',
  'clipGradient',
  'maxPoolGradient',
  'averagePoolGradient',
  'lrnGradient',
]);

/** Linear in all inputs together. */
const SUMS = new Set(['add', 'sub', 'concat']);

export interface ScaledGradient {
  readonly graph: Graph;
  readonly gradient: NodeRef;
  /** The nodes whose values are scaled: those between where cotangents begin and the gradient. */
  readonly scaled: ReadonlySet<NodeRef>;
}

/** The same gradient, computed with scaled cotangents. */
export function scaleCotangents(graph: Graph, gradient: NodeRef): ScaledGradient {
  const { chain, starts } = chainTo(graph, gradient);
  if (starts.size === 0) return { graph, gradient, scaled: new Set() };
  const builder = new GraphBuilder(graph.nodes);
  const late = descendants(graph);
  const copy = ({ name, op, inputs, attributes }: Node, from = inputs): void => {
    const constant = graph.constants.get(name);
    if (constant) builder.constant(constant, name);
    else builder.add(op, from, attributes, name);
  };
  // Nothing that cotangents begin with comes of a cotangent: there is a point between the two.
  for (const node of graph.nodes.values()) if (!late.has(node.name)) copy(node);
  const { factor, inverse } = addFactor(builder, starts);
  const scaled = new Map([...starts].map((start) => [start, builder.add('mul', [start, factor])]));
  for (const node of graph.nodes.values()) {
    if (!late.has(node.name)) continue;
    const begins = chain.get(node.name);
    copy(
      node,
      node.inputs.map((input, index) => (begins?.has(index) ? scaled.get(input)! : input)),
    );
  }
  for (const [layer, node] of graph.layers) builder.layers.set(layer, node);
  const unscaled = builder.add('mul', [gradient, inverse]);
  return { graph: builder, gradient: unscaled, scaled: new Set(chain.keys()) };
}

/** Scalars: LARGEST_START / √(Σ (largest of each)²), and one divided by it. */
function addFactor(
  builder: GraphBuilder,
  starts: Iterable<NodeRef>,
): { factor: NodeRef; inverse: NodeRef } {
  const shapes = inferShapes(builder);
  const squares = [...starts].map((start) => {
    const axes = shapes.get(start)!.map((_, axis) => axis);
    const square = builder.add('square', [start]);
    return axes.length === 0
      ? square
      : builder.add('reduceMax', [square], { axes, keepDimensions: false });
  });
  const sum = squares.reduce(
    (total, square) => builder.add('add', [total, square]),
    builder.scalar(LEAST_SQUARE),
  );
  const largest = builder.add('sqrt', [sum]);
  return {
    factor: builder.add('div', [builder.scalar(LARGEST_START), largest]),
    inverse: builder.add('mul', [largest, builder.scalar(1 / LARGEST_START)]),
  };
}

/**
 * The nodes that carry cotangents to `gradient`, each with the places of those inputs that
 * cotangents begin with, and all of these inputs.
 */
function chainTo(
  graph: Graph,
  gradient: NodeRef,
): { chain: ReadonlyMap<NodeRef, ReadonlySet<number>>; starts: ReadonlySet<NodeRef> } {
  const late = descendants(graph);
  const chain = new Map<NodeRef, Set<number>>();
  const starts = new Set<NodeRef>();
  const pending = late.has(gradient) ? [gradient] : [];
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (chain.has(name)) continue;
    const begins = new Set<number>();
    chain.set(name, begins);
    const node = graph.nodes.get(name)!;
    node.inputs.forEach((input, index) => {
      if (late.has(input)) pending.push(input);
      else if (isCotangent(node, index)) {
        begins.add(index);
        starts.add(input);
      }
    });
  }
  return { chain, starts };
}

/** Whether what comes of no gradient may be a cotangent there, and no factor or forward value. */
function isCotangent({ op }: Node, index: number): boolean {
  return SUMS.has(op) || (GRADIENTS.has(op) && index === 0);
}

/** The ops of backward passes and all that comes of them. */
function descendants(graph: Graph): Set<NodeRef> {
  const late = new Set<NodeRef>();
  for (const { name, op, inputs } of graph.nodes.values()) {
    if (GRADIENTS.has(op) || inputs.some((input) => late.has(input))) late.add(name);
  }
  return late;
}
