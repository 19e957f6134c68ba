/** An order's work, before and while it is done. */
import type { RenderProgress } from './rendering/messages.ts';
import type { StoredOrder } from './store/orders.ts';

export interface Work {
  readonly order: StoredOrder;
  readonly units: number;
  /** As estimated before it began. */
  readonly seconds: number;
}

interface Moment {
  /** On the clock that does not jump, milliseconds. */
  readonly at: number;
  readonly fraction: number;
}

export interface Running extends Work {
  readonly controller: AbortController;
  readonly began: Moment;
  /** After its first step: what comes before says little of its speed. */
  first?: Moment;
  progress: RenderProgress;
  preview?: Uint8Array;
  /** How many previews there were. */
  previews: number;
}

/** By its own speed once that tells anything, before by the estimate. */
export function secondsLeft({ began, first = began, seconds, progress }: Running): number {
  const elapsed = (performance.now() - first.at) / 1000;
  const done = progress.fraction - first.fraction;
  if (done < 0.05) return Math.max(0, seconds * (1 - first.fraction) - elapsed);
  return (elapsed * (1 - progress.fraction)) / done;
}
