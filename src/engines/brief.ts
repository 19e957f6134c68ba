/** An engine for dreams that are over soon. */
import type { GradientEngine } from './engine.ts';

/** What it prepares is `brief`. */
export function briefly(engine: GradientEngine): GradientEngine {
  return {
    name: engine.name,
    describe: () => engine.describe(),
    prepare: (graph, objective, options) =>
      engine.prepare(graph, objective, { ...options, brief: true }),
    evaluate: (graph, outputs) => engine.evaluate(graph, outputs),
  };
}
