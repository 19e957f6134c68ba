/** From a network and an objective to the graphs that an engine runs. */
import { backward } from '../autodiff/backward.ts';
import { GraphBuilder } from '../graph/builder.ts';
import { slice } from '../graph/graph.ts';
import type { Graph, NodeRef } from '../graph/graph.ts';
import { tapsOf } from '../graph/taps.ts';
import type { Calibration, Objective } from '../objectives/objective.ts';
import { simplifyBackward, simplifyForward } from '../graph/rewrites/index.ts';
import { PICTURE } from './engine.ts';

export interface ScoredGraph {
  /** What the score needs, and no more. */
  readonly graph: Graph;
  readonly score: NodeRef;
  readonly calibrations: readonly Calibration[];
  /** What the calibrations' values need. */
  readonly calibrationGraph: Graph;
}

export interface AscentGraph extends ScoredGraph {
  /** With the backward pass. */
  readonly graph: Graph;
  readonly gradient: NodeRef;
}

export function scoredGraph(network: Graph, objective: Objective): ScoredGraph {
  const builder = GraphBuilder.from(network);
  const taps = tapsOf(builder);
  const score = objective.score(taps, builder);
  const calibrations = objective.calibrations?.(taps, builder) ?? [];
  return {
    graph: slice(builder, [score]),
    score,
    calibrations,
    calibrationGraph: slice(builder, calibrations.map(({ value }) => value)),
  };
}

export function ascentGraph(network: Graph, objective: Objective): AscentGraph {
  const scored = scoredGraph(network, objective);
  const forward = simplifyForward(scored.graph, [scored.score]);
  const { graph, gradient } = backward(forward, scored.score, PICTURE);
  const outputs = [scored.score, gradient];
  return { ...scored, graph: simplifyBackward(slice(graph, outputs), outputs), gradient };
}
