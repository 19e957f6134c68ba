import type { Ascent, Planes } from '../../src/engines/engine.ts';
import { seededRandom } from '../../src/kit/random.ts';

/**
 * Values that are all distinct, evenly spaced and never near 0, in a seeded order: no op of a
 * case sits on a kink (ReLU at 0, a tie in a max-pool) even when each moves by half a gap.
 */
export function kinkFreePicture(rows: number, columns: number, seed: number): Planes {
  const random = seededRandom(seed);
  const count = 3 * rows * columns;
  const data = Float32Array.from({ length: count }, (_, index) => (2 * index + 1) / count - 1);
  for (let index = count - 1; index > 0; index--) {
    const other = random.integer(0, index);
    [data[index], data[other]] = [data[other]!, data[index]!];
  }
  return { rows, columns, data };
}

export interface DirectionalDerivative {
  /** By central differences. */
  readonly measured: number;
  /** By the gradient. */
  readonly claimed: number;
  /** By a wrong gradient: the right one moved by one cell. */
  readonly wrong: number;
  readonly relativeError: number;
  readonly relativeErrorOfWrong: number;
}

/** The derivative of the score along one seeded random direction. */
export async function directionalDerivative(
  ascent: Ascent,
  picture: Planes,
  options: { seed: number; step: number },
): Promise<DirectionalDerivative> {
  const random = seededRandom(options.seed);
  const direction = Float32Array.from(picture.data, () => 2 * random.uniform() - 1);
  const moved = (distance: number): Planes => ({
    ...picture,
    data: picture.data.map((value, index) => value + distance * direction[index]!),
  });
  const gradient = (await ascent.at(picture)).gradient.slice();
  const up = (await ascent.at(moved(options.step))).score;
  const down = (await ascent.at(moved(-options.step))).score;
  const measured = (up - down) / (2 * options.step);
  const along = (offset: number): number =>
    direction.reduce(
      (sum, component, index) => sum + component * gradient[(index + offset) % gradient.length]!,
      0,
    );
  // The size that the derivative has for a typical direction: a small one is not a large error.
  const scale = Math.hypot(...gradient) / Math.sqrt(3);
  const [claimed, wrong] = [along(0), along(1)];
  return {
    measured,
    claimed,
    wrong,
    relativeError: Math.abs(measured - claimed) / scale,
    relativeErrorOfWrong: Math.abs(measured - wrong) / scale,
  };
}

/** max |a − b| / max |b| */
export function relativeDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let difference = 0;
  let largest = 0;
  for (let index = 0; index < b.length; index++) {
    difference = Math.max(difference, Math.abs(a[index]! - b[index]!));
    largest = Math.max(largest, Math.abs(b[index]!));
  }
  return difference / largest;
}
