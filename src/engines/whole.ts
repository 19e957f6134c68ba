/** Ascents that compute a picture's gradient in one piece. */
import { nodeOf } from '../graph/graph.ts';
import type { Graph, NodeRef } from '../graph/graph.ts';
import { shapeAttribute } from '../ops/attributes.ts';
import type { CellShare, ScoredGraph } from './ascent-graph.ts';
import { PICTURE } from './engine.ts';
import type { Ascent, PictureSize, Planes } from './engine.ts';
import { GRADIENT, scalarTensor } from './program.ts';
import type { Compiler, Program, Room, Tensor } from './program.ts';

/** The values of a graph's inputs other than the picture. */
export type Parameters = Map<NodeRef, Tensor>;

export interface WholeOptions {
  /** Filled by `calibrate`; another ascent of the same score may share them. */
  readonly parameters?: Parameters;
  /** As an engine's `PrepareOptions` say. */
  readonly brief?: Room | undefined;
}

/**
 * One program gives score, gradient and what calibrates them, so that the network is prepared once.
 */
export async function wholeAscent(
  compiler: Compiler,
  scored: ScoredGraph,
  { parameters = new Map(), brief }: WholeOptions = {},
): Promise<Ascent> {
  const { calibratedGraph: graph, score, shares, calibrations } = scored;
  const program = await compiler.compile({
    graph,
    outputs: [score, ...calibrations.map(({ value }) => value)],
    derivative: { of: score, by: PICTURE },
    ...(brief ? { few: brief } : {}),
  });
  const run = (picture: Planes): ReturnType<Program['run']> =>
    program.run(
      new Map([...parameters, ...shareValues(shares, picture), [PICTURE, planesTensor(picture)]]),
    );
  return {
    async calibrate(picture) {
      if (calibrations.length === 0) return;
      // The values do not depend on the parameters, but the program wants some.
      for (const { parameter } of calibrations) {
        if (!parameters.has(parameter)) parameters.set(parameter, onesFor(graph, parameter));
      }
      const results = await run(picture);
      for (const { parameter, value } of calibrations) {
        const { shape, data } = results.get(value)!;
        parameters.set(parameter, { shape, data: data.slice() });
      }
    },
    async at(picture) {
      if (calibrations.some(({ parameter }) => !parameters.has(parameter))) {
        throw new Error('expected calibrate() to come before at(): the score has parameters');
      }
      const results = await run(picture);
      return {
        score: results.get(score)!.data[0]!,
        gradient: results.get(GRADIENT)!.data,
      };
    },
    dispose: () => program.dispose(),
  };
}

/** For an input whose shape is declared in full. */
function onesFor(graph: Graph, input: NodeRef): Tensor {
  const shape = shapeAttribute(nodeOf(graph, input).attributes) as readonly number[];
  const cells = shape.reduce((product, size) => product * size, 1);
  return { shape, data: new Float32Array(cells).fill(1) };
}

/** The shares of one cell in a picture of that size, for the graph inputs that want them. */
export function shareValues(
  shares: readonly CellShare[],
  picture: PictureSize,
): [NodeRef, Tensor][] {
  return shares.map((share) => [share.parameter, scalarTensor(1 / share.cells(picture))]);
}

export function planesTensor({ rows, columns, data }: Planes): Tensor {
  return { shape: [1, 3, rows, columns], data };
}
