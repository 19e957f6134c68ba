/** What dreams of a class are made with where nobody says otherwise. */
import { presets } from './presets.ts';
import type { Recipe } from './recipe.ts';

/** On a picture, octave by octave. */
export const classRecipe: Recipe = {
  ...presets.default,
  whiten: 0,
  jitter: 0,
  steps: 12,
  bands: undefined,
  blur: [2.5, 0.6],
  naturalColour: 0.7,
  windows: { count: 4, smallest: 0.4, rotation: 10 },
};

/** From noise, in Lucid's frequencies and colours. */
export const noiseRecipe: Recipe = {
  ...classRecipe,
  from: 'noise',
  fourier: true,
  steps: 256,
  stepSize: 1,
};
