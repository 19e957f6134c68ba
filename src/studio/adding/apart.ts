/** Strangers' networks are looked at in a process of its own, with limits of time and memory. */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { DreamError } from '../../kit/errors.ts';
import { residentBytes } from '../processes/resident-bytes.ts';
import type { Environment } from '../processes/task-process.ts';
import type { Answer, Question, Understood } from './messages.ts';

const ENTRY = fileURLToPath(new URL('process.ts', import.meta.url));
const START = fileURLToPath(new URL('../../start.js', import.meta.url));

export interface ApartOptions {
  /** All variables that the process sees: no secrets. */
  readonly environment: Environment;
  /** Milliseconds after which it is killed. @default 60 000 */
  readonly deadline?: number;
  /** Bytes beyond which it is killed. @default 4 GB */
  readonly memory?: number;
  /** Gives it up. */
  readonly signal?: AbortSignal;
}

const DEADLINE = 60_000;
const MEMORY = 4 * 2 ** 30;
/**
 * JavaScript's own part of it, in megabytes: most objects live as long as the process, and room for
 * those that do not costs 30 MB that bring nothing.
 */
const HEAP = ['--max-old-space-size=2048', '--max-semi-space-size=1', '--expose-gc'];
/**
 * For glibc, which else keeps memory for each thread that asked for some, and what large weights
 * leave behind: pieces of this many bytes go back to the system at once.
 */
const GIVES_BACK = { MALLOC_ARENA_MAX: '2', MALLOC_MMAP_THRESHOLD_: `${2 ** 20}` };
/** Milliseconds between two looks at its memory. */
const LOOKS = 100;
const LAST_WORDS = 4000;

/** @throws DreamError what is wrong with the network, or that looking at it took too much */
export async function understandApart(
  question: Question,
  { environment, deadline = DEADLINE, memory = MEMORY, signal }: ApartOptions,
): Promise<Understood> {
  signal?.throwIfAborted();
  const child = fork(START, [ENTRY], {
    execArgv: HEAP,
    serialization: 'advanced',
    env: { ...GIVES_BACK, ...environment },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let overdue: (error: DreamError) => void = () => undefined;
  const limits = new Promise<never>((_, reject) => {
    overdue = reject;
  });
  const timer = setTimeout(() => {
    overdue(tooMuch(question, `more than ${deadline / 1000} s`));
  }, deadline);
  const looks = setInterval(() => {
    void residentBytes(child.pid).then((bytes) => {
      if (bytes <= memory) return;
      overdue(tooMuch(question, `more than ${Math.round(memory / 2 ** 20)} MB of memory`));
    });
  }, LOOKS);
  const abort = (): void => {
    overdue(new DreamError('cancelled', `looking at '${question.path}' was given up`));
  };
  signal?.addEventListener('abort', abort, { once: true });
  try {
    return understoodOf(await Promise.race([answerOf(child, question), limits]));
  } finally {
    clearTimeout(timer);
    clearInterval(looks);
    signal?.removeEventListener('abort', abort);
    child.kill('SIGKILL');
  }
}

function understoodOf(answer: Answer): Understood {
  if (answer.kind === 'understood') return answer.understood;
  if (answer.kind === 'defect') throw new Error(answer.stack);
  const { code, message, hint } = answer.failure;
  throw new DreamError(code, message, hint);
}

function answerOf(child: ChildProcess, question: Question): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let words = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        words = (words + text).slice(-LAST_WORDS);
      });
    }
    child.on('message', (answer) => {
      resolve(answer as Answer);
    });
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      const memory = /heap|out of memory|allocation failed/i.test(words) || signal === 'SIGKILL';
      const why = memory
        ? 'more memory than there is'
        : `a process that ended (${signal ?? `exit code ${code ?? 'unknown'}`})`;
      reject(tooMuch(question, why));
    });
    // Where this fails the process is about to end, which is seen at its end.
    child.send(question, () => undefined);
  });
}

function tooMuch({ path }: Question, what: string): DreamError {
  return new DreamError(
    'bad-model',
    `looking at '${path}' took ${what}`,
    'It is larger than this machine can use, or made to mislead.',
  );
}
