import { scoredGraph } from './ascent-graph.ts';
import type { GradientEngine } from './engine.ts';
import { evaluation } from './evaluation.ts';
import { budgetOf } from './large/budget.ts';
import { largeAscent } from './large/ascent.ts';
import type { Compiler } from './program.ts';

/** An engine, from the one thing that engines do differently. */
export function engineOf(
  parts: Compiler &
    Pick<GradientEngine, 'name' | 'describe'> & {
      /** Bytes that gradients may take where nothing else is said. @default by the process's */
      readonly memory?: number | undefined;
    },
): GradientEngine {
  return {
    name: parts.name,
    describe: () => parts.describe(),
    prepare: (network, objective, { memory, ...expected } = {}) =>
      largeAscent(
        parts,
        scoredGraph(network, objective),
        budgetOf(memory ?? parts.memory),
        expected,
      ),
    evaluate: (graph, outputs) => evaluation(parts, graph, outputs),
  };
}
