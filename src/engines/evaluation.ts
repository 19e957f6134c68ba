import { slice } from '../graph/graph.ts';
import type { Graph, NodeRef } from '../graph/graph.ts';
import { PICTURE } from './engine.ts';
import type { Evaluated, Evaluation } from './engine.ts';
import type { Compiler, Tensor } from './program.ts';
import { planesTensor } from './whole.ts';

/** A forward pass, made ready. */
export async function evaluation(
  compiler: Compiler,
  network: Graph,
  outputs: readonly NodeRef[],
): Promise<Evaluation> {
  const graph = slice(network, outputs);
  const program = await compiler.compile({ graph, outputs, exact: true });
  return {
    async at(picture) {
      const results = await program.run(new Map([[PICTURE, planesTensor(picture)]]));
      return new Map(outputs.map((name) => [name, evaluated(results.get(name)!)]));
    },
    dispose: () => program.dispose(),
  };
}

/** A copy in the graph's layout. */
export function evaluated({ shape, data }: Tensor): Evaluated {
  return shape.length === 4 ? channelsLast({ shape, data }) : { shape, data: data.slice() };
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
