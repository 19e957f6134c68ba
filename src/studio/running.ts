/** An order's work, before and while it is done. */
import type { OrderUpdate } from './order.ts';
import type { RenderProgress } from './rendering/messages.ts';
import type { StoredOrder } from './store/order-rows.ts';

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

export type Rendering = Extract<OrderUpdate, { state: 'rendering' }>;

export function begin(work: Work): Running {
  return {
    ...{ ...work, controller: new AbortController() },
    began: { at: performance.now(), fraction: 0 },
    ...{ progress: { fraction: 0, octave: 0, octaves: 0 }, previews: 0 },
  };
}

export function noteProgress(running: Running, progress: RenderProgress): void {
  running.progress = progress;
  running.first ??= { at: performance.now(), fraction: progress.fraction };
  if (!progress.preview) return;
  running.preview = progress.preview;
  running.previews += 1;
}

/** @param seen previews that the asker has had. */
export function tell(running: Running, seen: number): { update: Rendering; previews: number } {
  const { progress, preview, previews } = running;
  const { fraction, octave, octaves } = progress;
  const eta = secondsLeft(running);
  const update = { state: 'rendering', fraction, eta, octave, octaves } as const;
  return { update: previews > seen && preview ? { ...update, preview } : update, previews };
}

/** By its own speed once that tells anything, before by the estimate. */
export function secondsLeft({ began, first = began, seconds, progress }: Running): number {
  const elapsed = (performance.now() - first.at) / 1000;
  const done = progress.fraction - first.fraction;
  if (done < 0.05) return Math.max(0, seconds * (1 - first.fraction) - elapsed);
  return (elapsed * (1 - progress.fraction)) / done;
}
