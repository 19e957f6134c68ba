/** One step of gradient ascent on a picture. */
import type { Ascent } from '../engines/engine.ts';
import { DreamError } from '../kit/errors.ts';
import type { Random } from '../kit/random.ts';
import { filterGradient } from './gradient/filter.ts';
import { add } from './image.ts';
import type { Image } from './image.ts';
import { guide, hold } from './guidance.ts';
import type { Guidance } from './guidance.ts';
import type { Recipe } from './recipe.ts';
import { roll } from './roll.ts';

export interface Step {
  /** Before the step. */
  readonly score: number;
  readonly gradientSeconds: number;
  /** Whether the picture was moved: not where the score was past `stopAtScore`. */
  readonly moved: boolean;
}

export interface StepOptions {
  readonly random: Random;
  /** 0 at an octave's first step, 1 at its last. */
  readonly progress: number;
  /** For messages: octave and step. */
  readonly where: string;
  readonly guidance?: Guidance | undefined;
}

/**
 * Moves `image` one step up, in place: roll by a random shift, gradient, filters, back, step.
 * Rolling makes the network's grid fall elsewhere each time, so that it leaves no mark.
 *
 * @throws DreamError 'engine-failed' for a score or a gradient that is no number
 */
export async function ascend(
  image: Image,
  ascent: Ascent,
  recipe: Recipe,
  options: StepOptions,
): Promise<Step> {
  const { random, guidance } = options;
  const down = random.integer(-recipe.jitter, recipe.jitter);
  const right = random.integer(-recipe.jitter, recipe.jitter);
  const rolled = await directionAt(image, ascent, recipe, { ...options, down, right });
  const { direction, ...step } = rolled;
  if (direction) {
    if (guidance) guide(direction, image, guidance);
    add(image, direction, { factor: recipe.stepSize, clipped: recipe.clip });
    if (guidance) hold(image, guidance);
  }
  return { ...step, moved: direction !== null };
}

/** The filtered gradient, or null where the score was past `stopAtScore`. */
async function directionAt(
  image: Image,
  ascent: Ascent,
  recipe: Recipe,
  { down, right, progress, where }: StepOptions & { down: number; right: number },
): Promise<Omit<Step, 'moved'> & { direction: Image | null }> {
  // In place, and later back: a picture of 4096² would not allow for a copy.
  roll(image, down, right);
  try {
    const start = performance.now();
    const { score, gradient } = await ascent.at(image);
    const gradientSeconds = (performance.now() - start) / 1000;
    if (score > (recipe.stopAtScore ?? Infinity))
      return { score, gradientSeconds, direction: null };
    const direction = filterGradient({ ...image, data: gradient }, recipe, progress);
    checkNumbers(score, direction, where);
    roll(direction, -down, -right);
    return { score, gradientSeconds, direction };
  } finally {
    roll(image, -down, -right);
  }
}

function checkNumbers(score: number, direction: Image, where: string): void {
  // Normalising spreads a value that is no number to all cells: one tells.
  if (Number.isFinite(score) && Number.isFinite(direction.data[0])) return;
  throw new DreamError(
    'engine-failed',
    `expected numbers from the engine; in ${where} the score became ${score} and the gradient ${direction.data[0]!}`,
    'Try smaller steps, another layer or another engine.',
  );
}
