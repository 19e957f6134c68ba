import { engineOf } from '../../src/engines/ascent.ts';
import type { GradientEngine, PrepareOptions } from '../../src/engines/engine.ts';
import { onnxCompiler } from '../../src/engines/onnx.ts';

/** An engine whose sessions fail where `fault` says so, by their number of runs over all sessions. */
export function faulty(fault: (run: number) => string | null): GradientEngine & {
  /** What it was asked to keep to. */
  readonly memories: (number | undefined)[];
} {
  const compiler = onnxCompiler({ threads: 1 });
  let runs = 0;
  const memories: (number | undefined)[] = [];
  const engine = engineOf({
    name: 'onnx',
    describe: () => 'onnxruntime 0.0.0 on a faulty GPU',
    memoryFactor: compiler.memoryFactor,
    async compile(task) {
      const program = await compiler.compile(task);
      return {
        run(feeds) {
          const reason = fault(runs++);
          return reason === null ? program.run(feeds) : Promise.reject(new Error(reason));
        },
        close: () => program.close(),
        dispose: () => program.dispose(),
      };
    },
  });
  const prepare: GradientEngine['prepare'] = (graph, wanted, options: PrepareOptions = {}) => {
    memories.push(options.memory);
    return engine.prepare(graph, wanted, options);
  };
  return { ...engine, prepare, memories };
}
