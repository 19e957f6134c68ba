import { squaredDistance } from './attack.ts';
import type { Problem, Search } from './attack.ts';

export const POLISH_STEPS = 40;

/** How far each step goes to where the linear picture of the margin says. */
const SHARE = 0.3;

/** How far past the bound it aims: what is just on it is none. */
const BEYOND = 0.02;

/**
 * From a change that succeeds to a smaller one: again and again to the point of the boundary,
 * taken as a plane, that is nearest to the picture itself (as Croce and Hein's FAB of 2020 does).
 *
 * @param step of the search before it, for what is told
 */
export async function* polish(problem: Problem, found: Float32Array, step: number): Search {
  const { picture, bound, at } = problem;
  const original = picture.data;
  const data = found.slice();
  let best = { data: found, distance: squaredDistance(found, original) };
  for (let taken = 1; taken <= POLISH_STEPS; taken++) {
    const { score, gradient } = await at({ ...picture, data });
    yield { step: step + taken, score };
    const distance = squaredDistance(data, original);
    if (score > bound && distance < best.distance) best = { data: data.slice(), distance };
    let [along, squares] = [0, 1e-30];
    for (let index = 0; index < data.length; index++) {
      along += gradient[index]! * (data[index]! - original[index]!);
      squares += gradient[index]! ** 2;
    }
    const nearest = (along + bound + BEYOND - score) / squares;
    for (let index = 0; index < data.length; index++) {
      const change = data[index]! - original[index]!;
      const next = original[index]! + change + SHARE * (nearest * gradient[index]! - change);
      data[index] = Math.max(0, Math.min(255, next));
    }
  }
  return best.data;
}
