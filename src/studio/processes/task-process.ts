/** A process that works for the bot, as the bot sees it. */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { DreamError } from '../../kit/errors.ts';
import type { Logger } from '../../kit/log.ts';
import type { FromProcess, ToProcess } from './messages.ts';
import { residentBytes } from './resident-bytes.ts';

const START = fileURLToPath(new URL('../../start.js', import.meta.url));

/** Letters of its last words that are kept for the log. */
const LAST_WORDS = 2000;

/** Milliseconds between two looks at its memory. */
const LOOKS = 100;

export type Environment = Readonly<Record<string, string | undefined>>;

/** Looks how a task gets on, and says so where it does not. */
export interface Watch<Progress> {
  stepped(progress: Progress): void;
  stop(): void;
}

export interface ProcessOptions<Task, Progress> {
  /** The file that it runs; it calls `serveTasks`. */
  readonly entry: string;
  /** All variables that it sees: never the bot's own, with its secrets. */
  readonly environment: Environment;
  readonly log: Logger;
  /** Milliseconds after which a process that does not stop at the signal is killed. */
  readonly patience: number;
  /** When a process that gets nowhere is. */
  readonly watch: (task: Task, stalled: () => void) => Watch<Progress>;
  /** Bytes beyond which it is. @default no limit */
  readonly memory?: number;
}

export interface TaskHooks<Progress> {
  readonly signal?: AbortSignal;
  readonly progress?: (progress: Progress) => void;
  /** The process that took the task. */
  readonly begun?: (pid: number) => void;
}

/** A process died, or was given up. */
export class ProcessCrash extends Error {
  override readonly name = 'ProcessCrash';
}

interface Current<Progress, Result> {
  readonly hooks: TaskHooks<Progress>;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: Error) => void;
}

export class TaskProcess<Task, Progress, Result> {
  readonly #child: ChildProcess;
  readonly #gone: Promise<void>;
  #current: Current<Progress, Result> | undefined;
  #alive = true;
  #watch: Watch<Progress> | undefined;
  #lastWords = '';

  constructor(private readonly options: ProcessOptions<Task, Progress>) {
    this.#child = fork(START, [options.entry], {
      execArgv: [],
      serialization: 'advanced',
      // Ctrl-C in a terminal goes to all of the bot's group: this one is not in it.
      detached: true,
      env: { ...options.environment },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#lastWords = (this.#lastWords + text).slice(-LAST_WORDS);
      });
    }
    this.#child.on('message', (message) => {
      this.#take(message as FromProcess<Progress, Result>);
    });
    this.#gone = new Promise((resolve) => {
      const end = (reason: string): void => {
        this.#alive = false;
        this.#settle()?.reject(new ProcessCrash(reason));
        resolve();
      };
      this.#child.once('exit', (code, signal) => {
        const { pid } = this.#child;
        options.log.debug({ pid, code, signal, lastWords: this.#lastWords }, 'process ended');
        end(`the process ended (${signal ?? `exit code ${code ?? 'unknown'}`})`);
      });
      this.#child.on('error', (error) => {
        this.kill();
        end(`the process failed: ${error.message}`);
      });
    });
  }

  get alive(): boolean {
    return this.#alive;
  }

  /**
   * One at a time.
   * @throws ProcessCrash, or the DreamError that the task ended in
   */
  async run(task: Task, hooks: TaskHooks<Progress>): Promise<Result> {
    const { signal } = hooks;
    const { patience } = this.options;
    let killing: NodeJS.Timeout | undefined;
    const cancel = (): void => {
      this.#send({ kind: 'cancel' });
      killing = setTimeout(() => {
        this.#giveUp(new DreamError('cancelled', 'the dream was cancelled'));
      }, patience);
    };
    const watch = (this.#watch = this.options.watch(task, () => {
      this.#giveUp(new ProcessCrash('the process took no step for too long'));
    }));
    const unwatch = this.#watchMemory();
    const done = new Promise<Result>((resolve, reject) => {
      this.#current = { hooks, resolve, reject };
    });
    this.#send({ kind: 'task', task });
    if (this.#child.pid !== undefined) hooks.begun?.(this.#child.pid);
    if (signal?.aborted) cancel();
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      return await done;
    } finally {
      signal?.removeEventListener('abort', cancel);
      clearTimeout(killing);
      watch.stop();
      unwatch();
    }
  }

  kill(): void {
    this.#alive = false;
    this.#child.kill('SIGKILL');
  }

  /** Resolves when it is gone. */
  async end(): Promise<void> {
    this.kill();
    await this.#gone;
  }

  #watchMemory(): () => void {
    const { memory } = this.options;
    if (memory === undefined) return () => undefined;
    const looks = setInterval(() => {
      void residentBytes(this.#child.pid).then((bytes) => {
        if (bytes > memory) this.#giveUp(new ProcessCrash('the process took too much memory'));
      });
    }, LOOKS);
    return () => {
      clearInterval(looks);
    };
  }

  #giveUp(error: Error): void {
    this.#settle()?.reject(error);
    this.kill();
  }

  #send(message: ToProcess<Task>): void {
    // Where this fails the process is about to end, which is seen at its end.
    this.#child.send(message, () => undefined);
  }

  #take(message: FromProcess<Progress, Result>): void {
    switch (message.kind) {
      case 'progress':
        this.#watch?.stepped(message.progress);
        this.#current?.hooks.progress?.(message.progress);
        return;
      case 'done':
        this.#settle()?.resolve(message.result);
        return;
      case 'failed': {
        const { code, message: words, hint } = message.failure;
        this.#settle()?.reject(new DreamError(code, words, hint));
        return;
      }
      case 'defect':
        this.options.log.error({ stack: message.stack }, 'a defect in a process');
        this.#giveUp(new ProcessCrash('a defect in the process'));
    }
  }

  #settle(): Current<Progress, Result> | undefined {
    const current = this.#current;
    this.#current = undefined;
    return current;
  }
}
