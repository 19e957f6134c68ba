import { DreamError } from './errors.ts';

/** @throws DreamError 'cancelled' once the signal has come */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new DreamError('cancelled', 'the dream was cancelled');
}
