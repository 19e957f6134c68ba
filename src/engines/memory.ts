import { consumersOf } from '../graph/graph.ts';
import type { Graph, NodeRef, Shape } from '../graph/graph.ts';
import { inferShapes } from '../ops/shapes.ts';

const BYTES = 4;

/**
 * The most memory that the values of one run hold at once, in bytes: every value lives from its
 * node to its last reader. Engines that fuse nodes need less, those that bring values into
 * layouts of their own need more: `memoryFactor` of an engine says by how much.
 *
 * @param inputs the shapes that the graph's inputs have in that run
 */
export function peakBytes(
  graph: Graph,
  outputs: readonly NodeRef[],
  inputs: Readonly<Record<NodeRef, Shape>>,
): number {
  const shapes = inferShapes(graph, inputs);
  const readers = new Map([...consumersOf(graph)].map(([name, list]) => [name, list.length]));
  for (const output of outputs) readers.set(output, Infinity);
  let live = 0;
  let peak = 0;
  for (const { name, op, inputs: operands } of graph.nodes.values()) {
    if (op === 'constant') continue;
    live += cellsOf(shapes.get(name)!);
    peak = Math.max(peak, live);
    for (const input of new Set(operands)) {
      if (graph.constants.has(input)) continue;
      const left = readers.get(input)! - operands.filter((other) => other === input).length;
      readers.set(input, left);
      if (left === 0) live -= cellsOf(shapes.get(input)!);
    }
  }
  return peak * BYTES;
}

export function cellsOf(shape: Shape): number {
  return shape.reduce<number>((product, size) => product * (size ?? 1), 1);
}
