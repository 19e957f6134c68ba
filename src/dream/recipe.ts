/** All that decides what a dream looks like, apart from the picture and the model. */
import * as z from 'zod';
import { RESAMPLINGS } from './resize.ts';

const positive = z.number().positive();
const count = z.int().min(1);

export const recipeSchema = z.strictObject({
  /** What to climb, in the words of `objectives/parse.ts`: `mixed4`, `mixed4:139`, … */
  layer: z.string().min(1),
  /** Classes to make appear instead, in the words of `objectives/class-words.ts`: `me`, … */
  class: z.string().min(1).max(1000).optional(),
  /** 0 … 1: how far other classes are pushed down while a class rises. @default 0.5 */
  contrast: z.number().min(0).max(1).optional(),
  /** The windows that a class is looked for through: `windows/draw.ts`. */
  windows: z
    .strictObject({
      count: count.max(64),
      smallest: positive.max(1),
      rotation: z.number().min(0).max(180),
    })
    .optional(),
  /** A class grows where the picture already looks most like it. */
  place: z.boolean().optional(),
  /** The smallest change that makes the model say the class, in place of a dream. */
  perturb: z.boolean().optional(),
  /** By which method. */
  attack: z.enum(['carlini-wagner', 'pgd', 'deepfool']).optional(),
  /** 0 … 1: from the smallest change to a dream without bounds. */
  strength: z.number().min(0).max(1).optional(),
  /** What the dream starts from. @default picture */
  from: z.enum(['picture', 'noise']).optional(),
  /** Climbs in the picture's frequencies and decorrelated colours, all sizes at once. */
  fourier: z.boolean().optional(),
  /** How a layer's activations become a score. */
  measure: z.enum(['mean-square', 'mean']),
  /** Cells left out at each border of a layer (Keras's example leaves 2). */
  border: z.int().min(0).max(16),
  /** 0 … 1: how far the channels of a layer are brought to equal strength. */
  whiten: z.number().min(0).max(1),

  /** How many sizes, from small to large; without it, as many as the picture's size asks for. */
  octaves: count.max(20).optional(),
  octaveScale: z.number().gt(1).max(4),
  /** How many octaves are larger than the picture; the result is brought back to its size. */
  enlargements: z.int().min(0).max(4),
  /**
   * Puts back, at each octave, the detail that the smaller size could not hold: before its steps,
   * so that they dream on it, or after them (Keras's example).
   */
  reinject: z.enum(['before', 'after', 'none']),
  resampling: z.enum(RESAMPLINGS),

  /** Steps in each octave. */
  steps: count.max(1000),
  /** Size of a step, in levels of 0..255 for each unit of the normalised gradient. */
  stepSize: positive.max(255),
  /** Pixels by which the picture is rolled at most, each way, at every step. */
  jitter: z.int().min(0).max(1024),
  /** Keeps the picture within 0..255 at every step, and not only at the end. */
  clip: z.boolean(),
  /** An octave ends early at this score. */
  stopAtScore: positive.optional(),

  /** What the gradient is divided by in the end. */
  normalise: z.enum(['mean-abs', 'std', 'standardise']),
  /** No value of a step gets beyond so many mean ones: values far above leave blots. */
  limit: positive.max(100).optional(),
  /** σ in pixels of the three-scale blur of the gradient, from the first step to the last. */
  blur: z.tuple([positive.max(20), positive.max(20)]).optional(),
  /** Bands of the gradient's Laplacian pyramid, brought to equal RMS times growth^band. */
  bands: z.strictObject({ levels: count.max(8), growth: positive.max(8) }).optional(),
  /** 0 … 1: how far gradients are turned to the colours of natural pictures. */
  naturalColour: z.number().min(0).max(1),
  /** Weight of the total variation that a step takes off, beside a gradient of mean size 1. */
  totalVariation: z.number().min(0).max(10).optional(),
  /** Weight of the pull back to the picture: 1 holds it at about 32 levels of difference. */
  keep: z.number().min(0).max(10).optional(),
  /** Every region dreams: the gradient divided by its RMS within `sigma` pixels. */
  localEnergy: z.strictObject({ sigma: positive.max(256), floor: positive.max(10) }).optional(),

  seed: z
    .int()
    .min(0)
    .max(2 ** 32 - 1),
});

export type Recipe = Readonly<z.output<typeof recipeSchema>>;
