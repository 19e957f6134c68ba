import type { Attack } from './attack.ts';

const STEPS = 50;

/** How far a step goes past the boundary that a straight line says. */
const OVERSHOOT = 1.02;

/**
 * DeepFool (Moosavi-Dezfooli et al. 2016): steps to where the margin, taken as linear, is 0. The
 * margin is that of the class to leave against the strongest other one.
 */
export const deepFool: Attack = {
  steps: STEPS,
  async *search({ picture, at, bound }) {
    const data = picture.data.slice();
    for (let step = 1; step <= STEPS; step++) {
      const { score, gradient } = await at({ ...picture, data });
      yield { step, score };
      if (score > bound) return data;
      const squares = gradient.reduce((sum, value) => sum + value * value, 0) + 1e-30;
      // A little more than to the bound itself, which would not be above it.
      const factor = (OVERSHOOT * (bound - score + 1e-4)) / squares;
      for (let index = 0; index < data.length; index++) {
        data[index] = Math.max(0, Math.min(255, data[index]! + factor * gradient[index]!));
      }
    }
    return null;
  },
};
