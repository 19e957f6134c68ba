/** What dreams of a class are made with where nobody says otherwise. */
import { presets } from './presets.ts';
import type { Recipe } from './recipe.ts';

/**
 * On a picture, octave by octave. Chosen by eye on six classifiers: blurred gradients and windows
 * of more than half the picture make one thing of a class and not a texture; the limit keeps small
 * networks, whose gradients sit in few places, from leaving blots there; the pull back and the
 * total variation keep the picture and its light, at the price of some of the score. Colours that
 * are quite natural would cost those classes that are told by theirs.
 */
export const classRecipe: Recipe = {
  ...presets.default,
  whiten: 0,
  jitter: 0,
  steps: 12,
  stepSize: 1.75,
  limit: 3,
  bands: undefined,
  blur: [3, 0.8],
  naturalColour: 0.92,
  keep: 0.5,
  totalVariation: 0.3,
  windows: { count: 4, smallest: 0.6, rotation: 10 },
};

/** From noise, in Lucid's frequencies and colours. */
export const noiseRecipe: Recipe = {
  ...classRecipe,
  keep: 0,
  from: 'noise',
  fourier: true,
  steps: 128,
  stepSize: 1,
};
