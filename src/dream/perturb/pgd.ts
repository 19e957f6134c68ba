import { squaredDistance } from './attack.ts';
import type { Attack, Problem } from './attack.ts';

/** How often the radius is tried anew, and with how many steps each time. */
const SEARCHES = 8;
const STEPS = 25;

/** A step as a share of the radius. */
const STEP = 0.1;

/** The first radius: levels, root mean square. */
const FIRST_LEVELS = 2;

/**
 * Projected gradient descent in a ball of L2 (Madry et al. 2018), in every ball anew from the
 * picture; the radius is doubled until the ball holds a picture that succeeds, then bisected.
 */
export const projectedGradient: Attack = {
  steps: SEARCHES * STEPS,
  async *search(problem) {
    const { data: original } = problem.picture;
    let [low, high] = [0, Infinity];
    let radius = FIRST_LEVELS * Math.sqrt(original.length);
    let best: { data: Float32Array; distance: number } | null = null;
    for (let search = 0; search < SEARCHES; search++) {
      let succeeded = false;
      const walk = walkWithin(problem, radius);
      for (let step = search * STEPS + 1; ; step++) {
        const next = await walk.next();
        if (next.done) break;
        const { data, score } = next.value;
        yield { step, score };
        if (score <= problem.bound) continue;
        succeeded = true;
        const distance = squaredDistance(data, original);
        if (!best || distance < best.distance) best = { data: data.slice(), distance };
        // A smaller ball will tell more.
        break;
      }
      if (succeeded) high = Math.min(radius, Math.sqrt(best!.distance));
      else low = radius;
      radius = high === Infinity ? 2 * low : (low + high) / 2;
    }
    return best?.data ?? null;
  },
};

async function* walkWithin(
  { picture, at }: Problem,
  radius: number,
): AsyncGenerator<{ data: Float32Array; score: number }> {
  const original = picture.data;
  const data = original.slice();
  for (let step = 0; step < STEPS; step++) {
    const { score, gradient } = await at({ ...picture, data });
    yield { data, score };
    const length = Math.sqrt(gradient.reduce((sum, value) => sum + value * value, 0)) + 1e-30;
    const factor = (STEP * radius) / length;
    for (let index = 0; index < data.length; index++) data[index]! += factor * gradient[index]!;
    const share = Math.min(1, radius / Math.sqrt(squaredDistance(data, original)));
    for (let index = 0; index < data.length; index++) {
      const value = original[index]! + share * (data[index]! - original[index]!);
      data[index] = Math.max(0, Math.min(255, value));
    }
  }
}
