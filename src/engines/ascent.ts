/** What every engine does alike once it can run graphs: ascents and forward passes of whole pictures. */
import { slice } from '../graph/graph.ts';
import type { Graph, NodeRef } from '../graph/graph.ts';
import type { Objective } from '../objectives/objective.ts';
import { inferShapes } from '../ops/shapes.ts';
import { scoredGraph } from './ascent-graph.ts';
import type { CellShare, ScoredGraph } from './ascent-graph.ts';
import { PICTURE } from './engine.ts';
import type {
  Ascent,
  Evaluated,
  Evaluation,
  GradientEngine,
  PictureSize,
  Planes,
} from './engine.ts';
import { GRADIENT, scalarTensor } from './program.ts';
import type { Compiler, Tensor } from './program.ts';

/** The values of a graph's inputs other than the picture. */
export type Parameters = Map<NodeRef, Tensor>;

/** An engine, from the one thing that engines do differently. */
export function engineOf(
  parts: Compiler & Pick<GradientEngine, 'name' | 'describe'>,
): GradientEngine {
  return {
    name: parts.name,
    describe: () => parts.describe(),
    prepare: (network: Graph, objective: Objective) =>
      wholeAscent(parts, scoredGraph(network, objective)),
    evaluate: (graph, outputs) => evaluation(parts, graph, outputs),
  };
}

/** @param parameters filled by `calibrate`; another ascent of the same score may share them */
export async function wholeAscent(
  engine: Compiler,
  scored: ScoredGraph,
  parameters: Parameters = new Map(),
): Promise<Ascent> {
  const { graph, score, shares } = scored;
  const program = await engine.compile({
    graph,
    outputs: [score],
    derivative: { of: score, by: PICTURE },
  });
  return {
    calibrate: (picture) => calibrateWhole(engine, scored, parameters, picture),
    async at(picture) {
      const results = await program.run(
        new Map([...parameters, ...shareValues(shares, picture), [PICTURE, planesTensor(picture)]]),
      );
      return {
        score: results.get(score)!.data[0]!,
        gradient: results.get(GRADIENT)!.data,
      };
    },
    dispose: () => program.dispose(),
  };
}

async function calibrateWhole(
  engine: Compiler,
  { calibrations, calibrationGraph }: ScoredGraph,
  parameters: Parameters,
  picture: Planes,
): Promise<void> {
  if (calibrations.length === 0) return;
  const values = calibrations.map(({ value }) => value);
  const program = await engine.compile({ graph: calibrationGraph, outputs: values });
  const results = await program.run(new Map([[PICTURE, planesTensor(picture)]]));
  for (const { parameter, value } of calibrations) {
    const { shape, data } = results.get(value)!;
    parameters.set(parameter, { shape, data: data.slice() });
  }
  await program.dispose();
}

/** The shares of one cell in a picture of that size, for the graph inputs that want them. */
export function shareValues(
  shares: readonly CellShare[],
  picture: PictureSize,
): [NodeRef, Tensor][] {
  return shares.map(({ parameter, cells }) => [parameter, scalarTensor(1 / cells(picture))]);
}

export function planesTensor({ rows, columns, data }: Planes): Tensor {
  return { shape: [1, 3, rows, columns], data };
}

async function evaluation(
  engine: Compiler,
  network: Graph,
  outputs: readonly NodeRef[],
): Promise<Evaluation> {
  const graph = slice(network, outputs);
  const shapes = inferShapes(graph);
  const program = await engine.compile({ graph, outputs });
  return {
    async at(picture) {
      const results = await program.run(new Map([[PICTURE, planesTensor(picture)]]));
      return new Map(
        outputs.map((name) => {
          const result = results.get(name)!;
          return [name, shapes.get(name)!.length === 4 ? channelsLast(result) : copyOf(result)];
        }),
      );
    },
    dispose: () => program.dispose(),
  };
}

function copyOf({ shape, data }: Tensor): Evaluated {
  return { shape, data: data.slice() };
}

/** [batch, channels, rows, columns] → [batch, rows, columns, channels]. */
function channelsLast({ shape, data }: Tensor): Evaluated {
  const [batch, channels, rows, columns] = shape as [number, number, number, number];
  const cells = rows * columns;
  const target = new Float32Array(data.length);
  for (let picture = 0, from = 0; picture < batch; picture++) {
    for (let channel = 0; channel < channels; channel++) {
      for (let cell = 0; cell < cells; cell++, from++) {
        target[(picture * cells + cell) * channels + channel] = data[from]!;
      }
    }
  }
  return { shape: [batch, rows, columns, channels], data: target };
}
