/** An engine that keeps its last ascent for a while: the next dream is often of the same kind. */
import type { Graph } from '../graph/graph.ts';
import type { Objective } from '../objectives/objective.ts';
import type { Ascent, GradientEngine, PictureSize } from './engine.ts';

/** Milliseconds. */
const KEPT_FOR = 10_000;

/**
 * Pixels of the largest picture that a kept ascent was for: what it holds is some 2 kB a pixel. A
 * dream of a larger one takes so long that a new ascent does not count.
 */
const MOST_PIXELS = 512 * 512;

interface Kept {
  readonly graph: Graph;
  readonly objective: Objective;
  readonly ascent: Ascent;
  readonly timer: NodeJS.Timeout;
}

/**
 * An ascent of the same graph and the same objective (the objects themselves) as the last one, and
 * for a small picture too, is that one again. One that has failed is not kept, nor one that ended
 * on another engine than it began on.
 */
export function keepingLast(engine: GradientEngine): GradientEngine {
  let kept: Kept | null = null;

  async function forget(): Promise<void> {
    const old = kept;
    kept = null;
    clearTimeout(old?.timer);
    await old?.ascent.dispose();
  }

  function keep(graph: Graph, objective: Objective, ascent: Ascent): void {
    const timer = setTimeout(() => {
      // What cannot be given back is lost with the process.
      forget().catch(() => undefined);
    }, KEPT_FOR).unref();
    kept = { graph, objective, ascent, timer };
  }

  return {
    name: engine.name,
    describe: () => engine.describe(),
    evaluate: (graph, outputs) => engine.evaluate(graph, outputs),
    async prepare(graph, objective, options = {}) {
      if (!isSmall(options.largest)) {
        await forget();
        return engine.prepare(graph, objective, options);
      }
      let ascent: Ascent;
      if (kept?.graph === graph && kept.objective === objective) {
        ({ ascent } = kept);
        clearTimeout(kept.timer);
        kept = null;
      } else {
        await forget();
        ascent = await engine.prepare(graph, objective, options);
      }
      const began = engine.describe();
      return watched(ascent, async (failed) => {
        if (failed || engine.describe() !== began) return ascent.dispose();
        await forget();
        keep(graph, objective, ascent);
      });
    },
  };
}

function isSmall(largest: PictureSize | undefined): boolean {
  return largest !== undefined && largest.rows * largest.columns <= MOST_PIXELS;
}

/** @param ended what `dispose` does; whether any call has failed. */
function watched(ascent: Ascent, ended: (failed: boolean) => Promise<void>): Ascent {
  let failed = false;
  let disposed = false;
  const noting = async <Result>(call: Promise<Result>): Promise<Result> => {
    try {
      return await call;
    } catch (error) {
      failed = true;
      throw error;
    }
  };
  return {
    calibrate: (picture) => noting(ascent.calibrate(picture)),
    at: (picture) => noting(ascent.at(picture)),
    async dispose() {
      if (disposed) return;
      disposed = true;
      await ended(failed);
    },
  };
}
