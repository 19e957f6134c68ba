/** Processes that render: a loaded model is a second saved. */
import { fileURLToPath } from 'node:url';
import { ProcessPool } from '../processes/pool.ts';
import type { PoolOptions } from '../processes/pool.ts';
import type { RenderProgress, Rendered, RenderTask } from './messages.ts';
import { StallWatch } from './stall-watch.ts';
import type { StallTimes } from './stall-watch.ts';

const ENTRY = fileURLToPath(new URL('process.ts', import.meta.url));

export interface RenderPoolOptions extends Pick<
  PoolOptions<RenderTask, RenderProgress>,
  'environment' | 'log' | 'patience' | 'idle'
> {
  /** How long a render may take no step. */
  readonly stall: StallTimes;
  /** What the processes run. @default the render process */
  readonly entry?: string;
}

export type RenderPool = ProcessPool<RenderTask, RenderProgress, Rendered>;

export function renderPool({ stall, entry = ENTRY, ...options }: RenderPoolOptions): RenderPool {
  return new ProcessPool({
    ...{ ...options, entry },
    watch: ({ facts: { rows, columns } }, stalled) => {
      const watch = new StallWatch(stall, rows * columns, stalled);
      return {
        stepped: ({ fraction }) => {
          watch.stepped(fraction);
        },
        stop: () => {
          watch.stop();
        },
      };
    },
  });
}
