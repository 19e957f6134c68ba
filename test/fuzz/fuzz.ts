/** Damages files of every format, and watches what reading them does. */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { ModelFixture } from '../helpers/model-files.ts';
import type { Attempt, Outcome } from './messages.ts';
import { mutated } from './mutate.ts';

const TARGET = fileURLToPath(new URL('target.ts', import.meta.url));
const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

/** Milliseconds. */
const LIMIT = 5000;
/** Bytes beyond what an idle process takes. */
const GROWTH = 2 ** 30;

export interface Problem {
  readonly format: string;
  readonly seed: number;
  readonly kind: 'crashed' | 'hung' | 'grew' | 'died';
  readonly words: string;
}

export interface Tally {
  readonly read: number;
  readonly refused: number;
  readonly problems: readonly Problem[];
  /** The longest, in milliseconds, and the most growth, in bytes. */
  readonly slowest: number;
  readonly largest: number;
}

/** @param seed of the first; the others count up from there. */
export async function fuzz(
  fixtures: readonly ModelFixture[],
  count: number,
  seed: number,
): Promise<Tally> {
  const counts = { read: 0, refused: 0 };
  const problems: Problem[] = [];
  let [slowest, largest] = [0, 0];
  let target = await Target.start();
  for (let index = 0; index < count; index++) {
    const { format, files } = fixtures[index % fixtures.length]!;
    const [network] = Object.keys(files) as [string];
    const own = seed + index;
    const began = performance.now();
    const outcome = await target.attempt({ files: mutated(files, own), network });
    slowest = Math.max(slowest, performance.now() - began);
    const { kind, words } = outcome;
    const grown = 'maxRss' in outcome ? outcome.maxRss - target.idleRss : 0;
    largest = Math.max(largest, grown);
    if (kind === 'read' || kind === 'refused') counts[kind] += 1;
    else problems.push({ format, seed: own, kind, words });
    if (grown > GROWTH) {
      problems.push({ format, seed: own, kind: 'grew', words: `by ${grown} bytes: ${words}` });
    }
    if (kind === 'hung' || kind === 'died' || grown > GROWTH) {
      target.end();
      target = await Target.start();
    }
  }
  target.end();
  return { ...counts, problems, slowest, largest };
}

type Watched = Outcome | { readonly kind: 'hung' | 'died'; readonly words: string };

class Target {
  private constructor(
    private readonly child: ChildProcess,
    readonly idleRss: number,
  ) {}

  static async start(): Promise<Target> {
    const child = fork(TARGET, [], {
      execArgv: ['--import', TSX],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const [ready] = (await once(child, 'message')) as [Outcome];
    return new Target(child, ready.maxRss);
  }

  attempt(attempt: Attempt): Promise<Watched> {
    return new Promise((resolve) => {
      const settle = (outcome: Watched): void => {
        clearTimeout(timer);
        this.child.removeAllListeners('message').removeAllListeners('exit');
        resolve(outcome);
      };
      const timer = setTimeout(() => {
        settle({ kind: 'hung', words: `no answer in ${LIMIT / 1000} s` });
      }, LIMIT);
      this.child.once('message', (outcome) => {
        settle(outcome as Outcome);
      });
      this.child.once('exit', (code, signal) => {
        settle({ kind: 'died', words: signal ?? `exit code ${code ?? 'unknown'}` });
      });
      this.child.send(attempt);
    });
  }

  end(): void {
    this.child.kill('SIGKILL');
  }
}
