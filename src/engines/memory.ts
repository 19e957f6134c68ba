import { consumersOf, nodeOf } from '../graph/graph.ts';
import type { Graph, NodeRef } from '../graph/graph.ts';
import { shapeAttribute } from '../ops/attributes.ts';
import { inferShapes } from '../ops/shapes.ts';
import { PICTURE } from './engine.ts';

const SIDE = 512;
const BYTES = 4;

/**
 * The most memory that a run of `graph` holds at once, in bytes for each pixel of the picture:
 * every value lives from its node to its last reader. Engines that fuse nodes need less, those
 * that keep freed memory apart by size need more.
 */
export function peakBytesPerPixel(graph: Graph, outputs: readonly NodeRef[]): number {
  const declared = shapeAttribute(nodeOf(graph, PICTURE).attributes);
  const [rows, columns] = [declared[1] ?? SIDE, declared[2] ?? SIDE];
  const shapes = inferShapes(graph, { [PICTURE]: [1, rows, columns, 3] });
  const readers = new Map([...consumersOf(graph)].map(([name, list]) => [name, list.length]));
  for (const output of outputs) readers.set(output, Infinity);
  const cells = (name: NodeRef): number =>
    shapes.get(name)!.reduce<number>((product, size) => product * (size ?? 1), 1);
  let live = 0;
  let peak = 0;
  for (const { name, op, inputs } of graph.nodes.values()) {
    if (op === 'constant') continue;
    live += cells(name);
    peak = Math.max(peak, live);
    for (const input of new Set(inputs)) {
      if (graph.constants.has(input)) continue;
      const left = readers.get(input)! - inputs.filter((other) => other === input).length;
      readers.set(input, left);
      if (left === 0) live -= cells(input);
    }
  }
  return (peak * BYTES) / (rows * columns);
}
