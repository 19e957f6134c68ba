import type { Ascent, Planes } from '../../src/engines/engine.ts';
import { copyOf } from './planes.ts';

export interface FakeAscent extends Ascent {
  /** The pictures that it was asked about, in order. */
  readonly seen: Planes[];
  readonly calibrations: Planes[];
}

/** An ascent whose score and gradient are formulas. */
export function fakeAscent(
  gradientAt: (picture: Planes) => Float32Array,
  scoreAt: (picture: Planes, call: number) => number = () => 1,
): FakeAscent {
  const seen: Planes[] = [];
  const calibrations: Planes[] = [];
  return {
    seen,
    calibrations,
    calibrate: (picture) => {
      calibrations.push(copyOf(picture));
      return Promise.resolve();
    },
    at: (picture) => {
      seen.push(copyOf(picture));
      return Promise.resolve({
        score: scoreAt(picture, seen.length),
        gradient: gradientAt(picture),
      });
    },
    dispose: () => Promise.resolve(),
  };
}
