/** Runs a plan while showing how far it is. */
import { setImmediate } from 'node:timers/promises';
import type { Image } from '../dream/image.ts';
import type { GradientEngine } from '../engines/engine.ts';
import type { RenderPlan } from '../studio/render.ts';
import { showProgress, silent } from './progress.ts';

export interface Watched {
  readonly image: Image;
  /** Of the last octave: before its first step and before its last. */
  readonly scores: readonly [first: number, last: number];
  /** Of every step. */
  readonly curve: readonly number[];
  readonly seconds: number;
  /** The part of them in which the engine computed gradients. */
  readonly gradientSeconds: number;
  /** From the start of the process to the first step. */
  readonly secondsToFirstStep: number;
}

export interface WatchOptions {
  readonly engine: GradientEngine;
  readonly title: string;
  readonly quiet: boolean;
  readonly signal: AbortSignal;
}

export async function watch(plan: RenderPlan, options: WatchOptions): Promise<Watched> {
  const { engine, title, quiet, signal } = options;
  const { sizes, steps } = plan;
  const progress = quiet
    ? silent
    : await showProgress({ sizes, steps, title, stream: process.stderr });
  const started = performance.now();
  const frames = plan.run(engine, signal);
  let [octave, first, last] = [-1, 0, 0];
  let gradientSeconds = 0;
  const curve: number[] = [];
  let secondsToFirstStep: number | undefined;
  try {
    for (;;) {
      const next = await frames.next();
      if (next.done) {
        const seconds = (performance.now() - started) / 1000;
        return {
          image: next.value,
          scores: [first, last],
          curve,
          seconds,
          gradientSeconds,
          secondsToFirstStep: secondsToFirstStep ?? 0,
        };
      }
      const frame = next.value;
      if (frame.between === true) progress.look();
      else {
        last = frame.score;
        curve.push(frame.score);
        gradientSeconds += frame.gradientSeconds;
        secondsToFirstStep ??= performance.now() / 1000 - frame.gradientSeconds;
        if (frame.octave !== octave) [octave, first] = [frame.octave, frame.score];
        progress.step(frame);
      }
      // Engines compute without a pause; this is when a Ctrl-C gets through.
      await setImmediate();
    }
  } finally {
    progress.end();
  }
}
