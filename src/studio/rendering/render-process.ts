/** One render process, as the bot sees it. */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { DreamError } from '../../kit/errors.ts';
import type { Logger } from '../../kit/log.ts';
import type { FromProcess, Rendered, RenderProgress, RenderTask, ToProcess } from './messages.ts';

const ENTRY = fileURLToPath(new URL('process.ts', import.meta.url));
const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

/** Letters of its last words that are kept for the log. */
const LAST_WORDS = 2000;

export type Environment = Readonly<Record<string, string | undefined>>;

export interface RenderHooks {
  readonly signal: AbortSignal;
  readonly progress: (progress: RenderProgress) => void;
  /** The process that renders. */
  readonly begun?: (pid: number) => void;
}

export interface RenderTimes {
  /** Milliseconds after which a process that does not stop at the signal is killed. */
  readonly patience: number;
  /** Milliseconds without a step after which it is. */
  readonly stall: number;
}

/** A render process died, or gave up. */
export class RenderCrash extends Error {
  override readonly name = 'RenderCrash';
}

interface Current {
  readonly hooks: RenderHooks;
  readonly resolve: (rendered: Rendered) => void;
  readonly reject: (error: Error) => void;
}

export class RenderProcess {
  readonly #child: ChildProcess;
  readonly #gone: Promise<void>;
  #current: Current | undefined;
  #alive = true;
  #stalled: NodeJS.Timeout | undefined;
  #lastWords = '';

  /** @param environment all variables that it sees: never the bot's own, with its secrets. */
  constructor(
    environment: Environment,
    private readonly log: Logger,
  ) {
    this.#child = fork(ENTRY, [], {
      execArgv: ['--import', TSX],
      serialization: 'advanced',
      // Ctrl-C in a terminal goes to all of the bot's group: this one is not in it.
      detached: true,
      env: { ...environment },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#lastWords = (this.#lastWords + text).slice(-LAST_WORDS);
      });
    }
    this.#child.on('message', (message) => {
      this.#take(message as FromProcess);
    });
    this.#gone = new Promise((resolve) => {
      const end = (reason: string): void => {
        this.#alive = false;
        this.#settle()?.reject(new RenderCrash(reason));
        resolve();
      };
      this.#child.once('exit', (code, signal) => {
        const { pid } = this.#child;
        this.log.debug({ pid, code, signal, lastWords: this.#lastWords }, 'render process ended');
        end(`the render process ended (${signal ?? `exit code ${code ?? 'unknown'}`})`);
      });
      this.#child.on('error', (error) => {
        this.kill();
        end(`the render process failed: ${error.message}`);
      });
    });
  }

  get alive(): boolean {
    return this.#alive;
  }

  /**
   * One at a time.
   * @throws RenderCrash, or the DreamError that the render gave
   */
  async render(task: RenderTask, hooks: RenderHooks, times: RenderTimes): Promise<Rendered> {
    const { signal } = hooks;
    let killing: NodeJS.Timeout | undefined;
    const cancel = (): void => {
      this.#send({ kind: 'cancel' });
      killing = setTimeout(() => {
        this.#settle()?.reject(new DreamError('cancelled', 'the dream was cancelled'));
        this.kill();
      }, times.patience);
    };
    const stalled = (this.#stalled = setTimeout(() => {
      this.#settle()?.reject(new RenderCrash('the render process took no step for too long'));
      this.kill();
    }, times.stall));
    const done = new Promise<Rendered>((resolve, reject) => {
      this.#current = { hooks, resolve, reject };
    });
    this.#send({ kind: 'render', task });
    if (this.#child.pid !== undefined) hooks.begun?.(this.#child.pid);
    if (signal.aborted) cancel();
    signal.addEventListener('abort', cancel, { once: true });
    try {
      return await done;
    } finally {
      signal.removeEventListener('abort', cancel);
      clearTimeout(killing);
      clearTimeout(stalled);
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

  #send(message: ToProcess): void {
    // Where this fails the process is about to end, which is seen at its end.
    this.#child.send(message, () => undefined);
  }

  #take(message: FromProcess): void {
    switch (message.kind) {
      case 'progress':
        this.#stalled?.refresh();
        this.#current?.hooks.progress(message.progress);
        return;
      case 'rendered':
        this.#settle()?.resolve(message.rendered);
        return;
      case 'failed': {
        const { code, message: words, hint } = message.failure;
        this.#settle()?.reject(new DreamError(code, words, hint));
        return;
      }
      case 'defect':
        this.log.error({ stack: message.stack }, 'a defect in a render process');
        this.#settle()?.reject(new RenderCrash('a defect in the render process'));
        this.kill();
    }
  }

  #settle(): Current | undefined {
    const current = this.#current;
    this.#current = undefined;
    return current;
  }
}
