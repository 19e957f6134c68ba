import type { Attack, Problem } from './attack.ts';
import { squaredDistance } from './attack.ts';
import { Adam } from '../adam.ts';

/** How often the weight of the margin is tried anew, and with how many steps each time. */
const SEARCHES = 6;
const STEPS = 50;

/**
 * Of w, in which a picture's values are (tanh w + 1) / 2. Twice as much after each search without
 * success: so few steps would not get far otherwise.
 */
const LEARNING_RATE = 0.01;

/** The margin's weight, beside squared distances of values in 0..1. */
const FIRST_WEIGHT = 0.1;

/** Keeps arctanh finite. */
const ALMOST = 0.999999;

/**
 * Carlini and Wagner's L2 attack (2017): Adam on ‖δ‖² + c · max(0, bound − margin), in a space
 * where no value can leave 0..255; c is bisected to the least that still succeeds.
 */
export const carliniWagner: Attack = {
  steps: SEARCHES * STEPS,
  async *search(problem) {
    let [low, high] = [0, Infinity];
    let weight = FIRST_WEIGHT;
    let learningRate = LEARNING_RATE;
    let best: { data: Float32Array; distance: number } | null = null;
    for (let search = 0; search < SEARCHES; search++) {
      let succeeded = false;
      const descent = descend(problem, { weight, learningRate });
      for (let step = search * STEPS + 1; ; step++) {
        const next = await descent.next();
        if (next.done) break;
        const { data, score } = next.value;
        if (score > problem.bound) {
          succeeded = true;
          const distance = squaredDistance(data, problem.picture.data);
          if (!best || distance < best.distance) best = { data: data.slice(), distance };
        }
        yield { step, score };
      }
      if (succeeded) high = weight;
      else low = weight;
      if (!best) learningRate *= 2;
      weight = high === Infinity ? low * 10 : Math.sqrt(Math.max(low, high / 100) * high);
    }
    return best?.data ?? null;
  },
};

/** The pictures that Adam comes by; `data` is used again at the next. */
async function* descend(
  { picture, at, bound }: Problem,
  { weight, learningRate }: { weight: number; learningRate: number },
): AsyncGenerator<{ data: Float32Array; score: number }> {
  const space = picture.data.map((value) => Math.atanh(ALMOST * ((2 * value) / 255 - 1)));
  const adam = new Adam(space.length, learningRate);
  const data = new Float32Array(space.length);
  const slope = new Float32Array(space.length);
  for (let step = 0; step < STEPS; step++) {
    for (let index = 0; index < space.length; index++) {
      data[index] = 127.5 * (Math.tanh(space[index]!) + 1);
    }
    const { score, gradient } = await at({ ...picture, data });
    const push = score < bound ? weight : 0;
    for (let index = 0; index < space.length; index++) {
      const tanh = data[index]! / 127.5 - 1;
      // In values of 0..1: the gradient by them is 255 times that by levels.
      const change = (data[index]! - picture.data[index]!) / 255;
      const uphill = push * 255 * gradient[index]! - 2 * change;
      slope[index] = uphill * 0.5 * (1 - tanh * tanh);
    }
    yield { data, score };
    adam.ascend(space, slope);
  }
}
