import { GraphBuilder } from '../graph/builder.ts';
import { nodeOf } from '../graph/graph.ts';
import type { Graph, NodeRef } from '../graph/graph.ts';
import { opNamed } from '../ops/index.ts';
import { inferShapes } from '../ops/shapes.ts';

export interface Differentiated {
  /** The graph with its backward pass added. */
  readonly graph: Graph;
  /** d score / d input, of the input's shape. */
  readonly gradient: NodeRef;
}

/**
 * Reverse-mode differentiation from graph to graph: walks the nodes between the input and the
 * score from the last to the first, and sums what the ops' backward rules say.
 *
 * @param score a node of shape []
 * @throws where the score does not depend on the input, or an op on the way has no rule
 */
export function backward(graph: Graph, score: NodeRef, input: NodeRef): Differentiated {
  const between = nodesBetween(graph, input, score);
  if (!between.has(score)) throw new Error(`the score '${score}' does not depend on '${input}'`);
  const builder = GraphBuilder.from(graph);
  const shapes = inferShapes(graph);
  if (shapes.get(score)!.length !== 0) {
    throw new Error(
      `expected a scalar score, '${score}' has shape [${shapes.get(score)!.join(', ')}]`,
    );
  }
  const cotangents = new Map<NodeRef, NodeRef[]>([[score, [builder.scalar(1)]]]);

  for (const name of [...between].reverse()) {
    const node = nodeOf(graph, name);
    const parts = cotangents.get(name);
    if (!parts || node.op === 'input') continue;
    const rule = opNamed(node.op).backward;
    if (!rule) throw new Error(`op '${node.op}' of node '${name}' has no backward rule`);
    const results = rule({
      builder,
      attributes: node.attributes,
      x: node.inputs,
      y: name,
      dy: sum(builder, parts),
      shapeOf: (ref) => shapes.get(ref)!,
      wants: (index) => between.has(node.inputs[index]!),
    });
    node.inputs.forEach((source, index) => {
      const cotangent = results[index];
      if (!between.has(source)) return;
      if (!cotangent) throw new Error(`op '${node.op}' gave no cotangent for '${source}'`);
      cotangents.set(source, [...(cotangents.get(source) ?? []), cotangent]);
    });
  }
  checkShapes(builder, cotangents);
  return { graph: builder, gradient: sum(builder, cotangents.get(input)!) };
}

/** Nodes that depend on `from` and that `to` depends on, in topological order. */
function nodesBetween(graph: Graph, from: NodeRef, to: NodeRef): Set<NodeRef> {
  const after = new Set<NodeRef>([from]);
  for (const node of graph.nodes.values()) {
    if (node.inputs.some((input) => after.has(input))) after.add(node.name);
  }
  const needed = new Set<NodeRef>([to]);
  for (const node of [...graph.nodes.values()].reverse()) {
    if (needed.has(node.name)) node.inputs.forEach((input) => needed.add(input));
  }
  return new Set([...graph.nodes.keys()].filter((name) => after.has(name) && needed.has(name)));
}

function sum(builder: GraphBuilder, parts: readonly NodeRef[]): NodeRef {
  return parts.reduce((total, part) => builder.add('add', [total, part]));
}

/** Every cotangent must have its node's shape: a wrong rule is caught here, by name. */
function checkShapes(
  graph: GraphBuilder,
  cotangents: ReadonlyMap<NodeRef, readonly NodeRef[]>,
): void {
  const shapes = inferShapes(graph);
  for (const [name, parts] of cotangents) {
    for (const part of parts) {
      const [found, expected] = [shapes.get(part)!, shapes.get(name)!];
      const fits =
        found.length === expected.length &&
        found.every(
          (size, axis) => size === null || expected[axis] === null || size === expected[axis],
        );
      if (!fits) {
        throw new Error(
          `the cotangent '${part}' of '${name}' has shape [${found.join(', ')}], not [${expected.join(', ')}]`,
        );
      }
    }
  }
}
