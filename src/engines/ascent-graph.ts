/** From a network and an objective to the graphs that an engine runs. */
import { backward } from '../autodiff/backward.ts';
import type { Differentiated } from '../autodiff/backward.ts';
import { GraphBuilder } from '../graph/builder.ts';
import { slice } from '../graph/graph.ts';
import type { Graph, NodeRef } from '../graph/graph.ts';
import { simplifyBackward, simplifyForward } from '../graph/rewrites/index.ts';
import { tapsOf } from '../graph/taps.ts';
import type { Objective } from '../objectives/objective.ts';
import { inferShapes } from '../ops/shapes.ts';
import { PICTURE } from './engine.ts';
import type { Derivative } from './program.ts';

/** A graph input whose value comes from the picture before the ascent. */
export interface Calibration {
  readonly parameter: NodeRef;
  /** The node that computes it. */
  readonly value: NodeRef;
}

/** A scalar graph input with 1 / (rows · columns · channels) of a layer at the picture's size. */
export interface CellShare {
  readonly parameter: NodeRef;
  cells(picture: { rows: number; columns: number }): number;
}

export interface ScoredGraph {
  /** What the score needs, and no more. */
  readonly graph: Graph;
  readonly score: NodeRef;
  readonly shares: readonly CellShare[];
  readonly calibrations: readonly Calibration[];
  /** What the calibrations' values need. */
  readonly calibrationGraph: Graph;
  /** What the score and the calibrations' values need. */
  readonly calibratedGraph: Graph;
}

export interface AscentGraph extends ScoredGraph {
  /** With the backward pass. */
  readonly graph: Graph;
  readonly gradient: NodeRef;
}

export function scoredGraph(network: Graph, objective: Objective): ScoredGraph {
  const builder = GraphBuilder.from(network);
  const calibrations: Calibration[] = [];
  const calibrated = (value: NodeRef): NodeRef => {
    const parameter = builder.input(`calibrated ${value}`, inferShapes(builder).get(value)!);
    calibrations.push({ parameter, value });
    return parameter;
  };
  const shares: CellShare[] = [];
  const shareOfCell = (ref: NodeRef): NodeRef => {
    const parameter = builder.input(`share of ${ref}`, []);
    const layer = slice(builder, [ref]);
    let [of, cells] = ['', 0];
    shares.push({
      parameter,
      cells: (picture) => {
        // An octave's steps are all at one size.
        const size = `${picture.rows}×${picture.columns}`;
        if (size !== of) [of, cells] = [size, cellsOf(layer, ref, picture)];
        return cells;
      },
    });
    return parameter;
  };
  const score = objective.score({ taps: tapsOf(builder), builder, calibrated, shareOfCell });
  const values = calibrations.map(({ value }) => value);
  return {
    graph: simplifyForward(slice(builder, [score]), [score]),
    score,
    shares,
    calibrations,
    calibrationGraph: simplifyForward(slice(builder, values), values),
    calibratedGraph: simplifyForward(slice(builder, [score, ...values]), [score, ...values]),
  };
}

export function ascentGraph(network: Graph, objective: Objective): AscentGraph {
  const scored = scoredGraph(network, objective);
  const { graph, score } = scored;
  return { ...scored, ...withGradient(graph, [score], { of: score, by: PICTURE }) };
}

/** A graph with what its outputs and a derivative need, and no more. */
export function withGradient(
  graph: Graph,
  outputs: readonly NodeRef[],
  { of, by }: Derivative,
): Differentiated {
  const differentiated = backward(graph, of, by);
  const wanted = [...outputs, differentiated.gradient];
  const shapes = inferShapes(differentiated.graph);
  return {
    graph: simplifyBackward(slice(differentiated.graph, wanted), wanted, shapes),
    gradient: differentiated.gradient,
  };
}

function cellsOf(
  layer: Graph,
  ref: NodeRef,
  { rows, columns }: { rows: number; columns: number },
): number {
  const shape = inferShapes(layer, { [PICTURE]: [1, rows, columns, 3] }).get(ref)!;
  return shape.reduce<number>((product, size) => product * size!, 1);
}
