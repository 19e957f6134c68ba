/** Pictures on their way in, as the bot sees it: decoded in a process of its own. */
import { fileURLToPath } from 'node:url';
import { DreamError } from '../../kit/errors.ts';
import type { Logger } from '../../kit/log.ts';
import type { PictureFacts } from '../picture-facts.ts';
import { ProcessPool } from '../processes/pool.ts';
import { ProcessCrash } from '../processes/task-process.ts';
import type { Environment, Watch } from '../processes/task-process.ts';
import type { IntakeTask } from './task.ts';

const ENTRY = fileURLToPath(new URL('process.ts', import.meta.url));

/** Milliseconds that one picture may take. */
const LONGEST = 60_000;

/** Bytes that the process may have while it decodes: far more than 64 million pixels take. */
const MEMORY = 2 * 2 ** 30;

/** A picture that has ended so many processes is given up. */
const MOST_CRASHES = 2;

export interface IntakeOptions {
  readonly environment: Environment;
  readonly log: Logger;
  /** Milliseconds after which an idle process ends. */
  readonly idle: number;
  /** Bytes. @default 2 GB */
  readonly memory?: number;
}

export class Intake {
  readonly #pool: ProcessPool<IntakeTask, never, PictureFacts>;
  readonly #log: Logger;

  constructor({ memory = MEMORY, ...options }: IntakeOptions) {
    this.#log = options.log;
    this.#pool = new ProcessPool({
      ...{ ...options, memory },
      ...{ entry: ENTRY, patience: 0, watch: byTheClock },
    });
  }

  /** @throws DreamError 'bad-picture', 'picture-too-large', 'damaged-file' or 'cannot-write' */
  async take(task: IntakeTask): Promise<PictureFacts> {
    for (let died = 0; ;) {
      try {
        return await this.#pool.run(task, {});
      } catch (error) {
        if (!(error instanceof ProcessCrash)) throw error;
        died += 1;
        this.#log.warn({ err: error, crashes: died }, 'a process died of a picture');
        if (died >= MOST_CRASHES) throw unreadable();
      }
    }
  }

  warm(): void {
    this.#pool.warm(1);
  }

  async close(): Promise<void> {
    await this.#pool.close();
  }
}

/** There are no steps in decoding. */
function byTheClock(_: IntakeTask, late: () => void): Watch<never> {
  const timer = setTimeout(late, LONGEST);
  return {
    stepped: () => undefined,
    stop: () => {
      clearTimeout(timer);
    },
  };
}

function unreadable(): DreamError {
  return new DreamError(
    'bad-picture',
    'reading this picture broke down twice, so it was given up',
    'Open it in an image editor and save it anew, or choose another one.',
  );
}
