/** Render processes, kept warm between tasks: a loaded model is a second saved. */
import type { Logger } from '../../kit/log.ts';
import type { Rendered, RenderTask } from './messages.ts';
import { RenderProcess } from './render-process.ts';
import type { Environment, RenderHooks } from './render-process.ts';

export interface PoolOptions {
  readonly environment: Environment;
  readonly log: Logger;
  /** Milliseconds that a cancelled render has to stop before its process is killed. */
  readonly patience: number;
  /** Milliseconds without a step after which a process is killed. */
  readonly stall: number;
  /** Milliseconds after which an idle process ends, and with it what it holds in memory. */
  readonly idle: number;
}

/** How many there are at once is for its caller to decide. */
export class RenderPool {
  readonly #all = new Set<RenderProcess>();
  /** Idle ones, each with the timer that ends it. */
  readonly #idle = new Map<RenderProcess, NodeJS.Timeout>();

  constructor(private readonly options: PoolOptions) {}

  /** @throws RenderCrash, or the DreamError that the render gave */
  async run(task: RenderTask, hooks: RenderHooks): Promise<Rendered> {
    const process = this.#take();
    try {
      return await process.render(task, hooks, this.options);
    } finally {
      this.#giveBack(process);
    }
  }

  /** Starts a process ahead of the first task, which then need not wait for it. */
  warm(): void {
    this.#giveBack(this.#take());
  }

  /** Kills them all. */
  async close(): Promise<void> {
    for (const timer of this.#idle.values()) clearTimeout(timer);
    this.#idle.clear();
    const all = [...this.#all];
    this.#all.clear();
    await Promise.all(all.map((process) => process.end()));
  }

  #take(): RenderProcess {
    for (const [process, timer] of this.#idle) {
      clearTimeout(timer);
      this.#idle.delete(process);
      if (process.alive) return process;
      this.#all.delete(process);
    }
    const process = new RenderProcess(this.options.environment, this.options.log);
    this.#all.add(process);
    return process;
  }

  #giveBack(process: RenderProcess): void {
    if (!process.alive) {
      this.#all.delete(process);
      return;
    }
    const timer = setTimeout(() => {
      this.#idle.delete(process);
      this.#all.delete(process);
      process.kill();
    }, this.options.idle);
    timer.unref();
    this.#idle.set(process, timer);
  }
}
