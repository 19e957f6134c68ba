/** Searches for the smallest change of a picture that brings a score above a bound. */
import type { Planes, ScoreAndGradient } from '../../engines/engine.ts';

/** The picture as the network sees it, and where its score is to get. */
export interface Problem {
  /** Values 0..255. */
  readonly picture: Planes;
  /** A margin: where it is above `bound` the network says what it is to say. */
  readonly at: (picture: Planes) => Promise<ScoreAndGradient>;
  readonly bound: number;
}

/** After each gradient. */
export interface AttackStep {
  /** From 1. */
  readonly step: number;
  readonly score: number;
}

/** Returns the smallest change that was found, added to the picture; null where none was. */
export type Search = AsyncGenerator<AttackStep, Float32Array | null, void>;

export interface Attack {
  /** The most gradients that it takes. */
  readonly steps: number;
  search(problem: Problem): Search;
}

/** ‖a − b‖² */
export function squaredDistance(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += (a[index]! - b[index]!) ** 2;
  return sum;
}
