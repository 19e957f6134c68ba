/** Processes that work for the bot, kept warm between tasks: what one has loaded is time saved. */
import { TaskProcess } from './task-process.ts';
import type { ProcessOptions, TaskHooks } from './task-process.ts';

export interface PoolOptions<Task, Progress> extends ProcessOptions<Task, Progress> {
  /** Milliseconds after which an idle process ends, and with it what it holds in memory. */
  readonly idle: number;
}

/** How many there are at once is for its caller to decide. */
export class ProcessPool<Task, Progress, Result> {
  readonly #all = new Set<TaskProcess<Task, Progress, Result>>();
  /** Idle ones, each with the timer that ends it. */
  readonly #idle = new Map<TaskProcess<Task, Progress, Result>, NodeJS.Timeout>();

  constructor(private readonly options: PoolOptions<Task, Progress>) {}

  /** @throws ProcessCrash, or the DreamError that the task ended in */
  async run(task: Task, hooks: TaskHooks<Progress>): Promise<Result> {
    const process = this.#take();
    try {
      return await process.run(task, hooks);
    } finally {
      this.#giveBack(process);
    }
  }

  /** Starts so many processes ahead of the first tasks, which then need not wait for them. */
  warm(count: number): void {
    const warmed = Array.from({ length: count }, () => this.#take());
    for (const process of warmed) this.#giveBack(process);
  }

  /** Kills them all. */
  async close(): Promise<void> {
    for (const timer of this.#idle.values()) clearTimeout(timer);
    this.#idle.clear();
    const all = [...this.#all];
    this.#all.clear();
    await Promise.all(all.map((process) => process.end()));
  }

  #take(): TaskProcess<Task, Progress, Result> {
    for (const [process, timer] of this.#idle) {
      clearTimeout(timer);
      this.#idle.delete(process);
      if (process.alive) return process;
      this.#all.delete(process);
    }
    const process = new TaskProcess<Task, Progress, Result>(this.options);
    this.#all.add(process);
    return process;
  }

  #giveBack(process: TaskProcess<Task, Progress, Result>): void {
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
