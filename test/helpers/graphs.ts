/** Looking at graphs, and running them as they are. */
import type { Evaluated, Planes } from '../../src/engines/engine.ts';
import { onnxEngine } from '../../src/engines/onnx.ts';
import { GraphBuilder } from '../../src/graph/builder.ts';
import { slice } from '../../src/graph/graph.ts';
import type { Graph, NodeRef } from '../../src/graph/graph.ts';
import { tapsOf } from '../../src/graph/taps.ts';
import type { Objective } from '../../src/objectives/objective.ts';

/** How many nodes of each op a graph has, without inputs and constants. */
export function opsOf(graph: Graph): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { op } of graph.nodes.values()) {
    if (op !== 'input' && op !== 'constant') counts[op] = (counts[op] ?? 0) + 1;
  }
  return counts;
}

/** The values of nodes, node by node as the graph says. */
export async function valuesOf(
  graph: Graph,
  outputs: readonly NodeRef[],
  picture: Planes,
): Promise<Evaluated[]> {
  const evaluation = await onnxEngine({ threads: 1 }).evaluate(graph, outputs);
  const values = await evaluation.at(picture);
  await evaluation.dispose();
  return outputs.map((output) => values.get(output)!);
}

/** A network with an objective on top whose means are sums over a fixed number of cells. */
export function withScore(network: Graph, objective: Objective): { graph: Graph; score: NodeRef } {
  const builder = GraphBuilder.from(network);
  const score = objective.score({
    taps: tapsOf(builder),
    builder,
    calibrated: (value) => value,
    shareOfCell: () => builder.scalar(1 / 1024),
  });
  return { graph: slice(builder, [score]), score };
}
