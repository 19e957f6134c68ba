import type { Graph, NodeRef, Shape } from '../graph/graph.ts';
import { shapeAttribute } from './attributes.ts';
import { opNamed } from './index.ts';

/**
 * The shape of every node. `inputs` says how large the graph's inputs are; those it does not name
 * keep the shape that they were declared with, unknown sizes included.
 */
export function inferShapes(
  graph: Pick<Graph, 'nodes' | 'constants'>,
  inputs: Readonly<Record<NodeRef, Shape>> = {},
): Map<NodeRef, Shape> {
  const shapes = new Map<NodeRef, Shape>();
  for (const node of graph.nodes.values()) {
    if (node.op === 'input') {
      shapes.set(node.name, inputs[node.name] ?? shapeAttribute(node.attributes));
    } else if (node.op === 'constant') {
      shapes.set(node.name, graph.constants.get(node.name)!.shape);
    } else {
      const shapesIn = node.inputs.map((input) => shapes.get(input)!);
      try {
        shapes.set(node.name, opNamed(node.op).shape(shapesIn, node.attributes));
      } catch (error) {
        throw new Error(`node '${node.name}': ${(error as Error).message}`, { cause: error });
      }
    }
  }
  return shapes;
}
