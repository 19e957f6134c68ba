/** Work on a stranger's bytes that is stopped when it takes too long. */
import { runInNewContext } from 'node:vm';
import { DreamError } from '../../kit/errors.ts';

/** A file of 25 MB takes a tenth of a second. */
const LIMIT_MS = 4000;

/**
 * Runs `work`, which must not wait for anything, and breaks it off even inside an endless loop.
 * @param what what is being read, for the message.
 * @param limit in milliseconds.
 * @throws DreamError 'bad-model' when the time is up; whatever `work` throws.
 */
export function withinTime<Result>(what: string, work: () => Result, limit = LIMIT_MS): Result {
  try {
    // Only the vm module can interrupt code that does not give way.
    return runInNewContext('work()', { work }, { timeout: limit }) as Result;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
    throw new DreamError(
      'bad-model',
      `${what} was still being read after ${limit / 1000} s: it is damaged, or made to mislead`,
    );
  }
}
