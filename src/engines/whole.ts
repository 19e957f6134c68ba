/** Ascents that compute a picture's gradient in one piece. */
import type { NodeRef } from '../graph/graph.ts';
import type { CellShare, ScoredGraph } from './ascent-graph.ts';
import { PICTURE } from './engine.ts';
import type { Ascent, PictureSize, Planes } from './engine.ts';
import { GRADIENT, scalarTensor } from './program.ts';
import type { Compiler, Tensor } from './program.ts';

/** The values of a graph's inputs other than the picture. */
export type Parameters = Map<NodeRef, Tensor>;

/** @param parameters filled by `calibrate`; another ascent of the same score may share them */
export async function wholeAscent(
  compiler: Compiler,
  scored: ScoredGraph,
  parameters: Parameters = new Map(),
): Promise<Ascent> {
  const { graph, score, shares } = scored;
  const program = await compiler.compile({
    graph,
    outputs: [score],
    derivative: { of: score, by: PICTURE },
  });
  return {
    calibrate: (picture) => calibrateWhole(compiler, scored, parameters, picture),
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

export async function calibrateWhole(
  compiler: Compiler,
  { calibrations, calibrationGraph }: ScoredGraph,
  parameters: Parameters,
  picture: Planes,
): Promise<void> {
  if (calibrations.length === 0) return;
  const values = calibrations.map(({ value }) => value);
  const program = await compiler.compile({ graph: calibrationGraph, outputs: values });
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
