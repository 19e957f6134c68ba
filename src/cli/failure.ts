/** From whatever was thrown to words for a person and an exit code for a script. */
import { DreamError } from '../kit/errors.ts';
import type { DreamErrorCode } from '../kit/errors.ts';

export interface Failure {
  /** Lines for standard error. */
  readonly words: string;
  readonly exitCode: number;
}

const BAD_USAGE = 2;
const INTERRUPTED = 130;

/** What an option asks for and nobody can give. */
const USAGE: ReadonlySet<DreamErrorCode> = new Set([
  'bad-option',
  'unknown-model',
  'unknown-layer',
  'bad-channel',
  'unknown-class',
  // A class of a model that screens pictures, the removal of one that comes with the program.
  'not-allowed',
] as const);

/** @param debug whether a defect shows where it happened. */
export function explain(error: unknown, debug: boolean): Failure {
  if (error instanceof DreamError) {
    const { code, message, hint } = error;
    if (code === 'cancelled') return { words: 'dream: cancelled', exitCode: INTERRUPTED };
    // npm changes to the project's folder, wherever it is called.
    const where = code === 'file-not-found' ? `Names begin in ${process.cwd()}.` : undefined;
    const hints = [hint, where].filter((line) => line !== undefined);
    const words = [`dream: ${message}`, ...hints].join('\n       ');
    return { words, exitCode: USAGE.has(code) ? BAD_USAGE : 1 };
  }
  const known = error instanceof Error ? error : new Error(String(error));
  const where = debug ? `\n${known.stack ?? ''}` : ' (DREAM_DEBUG=1 shows where)';
  return { words: `dream: a defect: ${known.message.split('\n')[0]!}${where}`, exitCode: 1 };
}
