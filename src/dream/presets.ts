/**
 * Recipes under the names of the systems that they reproduce. Steps are in levels of 0..255:
 * 0.01 of a network's −1..1 is 1.275 levels.
 */
import type { Recipe } from './recipe.ts';

const plain = {
  measure: 'mean-square',
  border: 0,
  whiten: 0,
  enlargements: 0,
  reinject: 'before',
  resampling: 'bilinear-corners',
  jitter: 32,
  clip: true,
  normalise: 'mean-abs',
  naturalColour: 0,
  seed: 0,
} as const;

export const presets = {
  /** Ours. What each lever does, and the sheet it was chosen from: docs/default-recipe.md. */
  default: {
    ...plain,
    layer: 'mixed3',
    resampling: 'lanczos',
    octaveScale: 1.4,
    steps: 10,
    stepSize: 1.5,
    bands: { levels: 2, growth: 0.8 },
    naturalColour: 1,
    localEnergy: { sigma: 32, floor: 0.5 },
    whiten: 0.5,
  },
  /** google/deepdream's dream.ipynb (2015). */
  caffe: { ...plain, layer: 'mixed4', octaves: 4, octaveScale: 1.4, steps: 10, stepSize: 1.5 },
  /** Keras's examples/deep_dream.py on Inception V3 (2017). */
  keras: {
    ...plain,
    layer: 'mixed2:0.2,mixed3:0.5,mixed4:2,mixed5:1.5',
    border: 2,
    reinject: 'after',
    octaves: 3,
    octaveScale: 1.4,
    steps: 20,
    stepSize: 1.275,
    jitter: 0,
    clip: false,
    stopAtScore: 10,
  },
  /** TensorFlow 1's tutorials/deepdream (render_deepdream): rolls by up to a tile of 512. */
  tensorflow: {
    ...plain,
    layer: 'mixed4',
    resampling: 'bilinear',
    octaves: 4,
    octaveScale: 1.4,
    steps: 10,
    stepSize: 1.5,
    jitter: 512,
    clip: false,
  },
  /** TensorFlow 2's tutorials/generative/deepdream: octaves −2 … 2 around the picture's size. */
  tensorflow2: {
    ...plain,
    layer: 'mixed3:1,mixed5:1',
    measure: 'mean',
    resampling: 'bilinear',
    octaves: 5,
    octaveScale: 1.3,
    enlargements: 2,
    reinject: 'none',
    steps: 50,
    stepSize: 1.275,
    jitter: 512,
    normalise: 'std',
  },
  /** gordicaleksa/pytorch-deepdream: 0.09 of ImageNet's standard deviation (0.226) is 5.2 levels. */
  pytorch: {
    ...plain,
    layer: 'mixed4',
    resampling: 'bilinear',
    octaves: 4,
    octaveScale: 1.8,
    reinject: 'none',
    steps: 10,
    stepSize: 5.2,
    normalise: 'standardise',
    // σ = (i + 1) / N · 2 + 0.5 in its step i of N = 10.
    blur: [0.7, 2.5],
  },
} as const satisfies Record<string, Recipe>;

export type PresetName = keyof typeof presets;
export const PRESET_NAMES = Object.keys(presets) as [PresetName, ...PresetName[]];

export function presetNamed(name: PresetName): Recipe {
  return presets[name];
}
