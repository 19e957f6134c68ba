/** Making a change hold by whatever program the picture is resized. */
import type { Ascent, PictureSize, ScoreAndGradient } from '../../engines/engine.ts';
import { throwIfCancelled } from '../../kit/cancelled.ts';
import type { Image } from '../image.ts';
import { RESIZINGS } from '../resizings.ts';
import { sample, spread } from '../windows/sample.ts';
import { wholeWindow } from '../windows/window.ts';

export interface Looks {
  readonly ascent: Ascent;
  /** The pictures that the network takes. */
  readonly size: PictureSize;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The margin by every way to resize, in logits: programs have more ways than are tried here, and
 * round in between.
 */
const STEADY_BOUND = 1;

/** What each step aims at: a score that bends would come near to the bound and never reach it. */
const AIM = 1.05;

const MOST_STEPS = 100;

/** The lowest score over all ways to resize the picture, with its gradient by what is seen. */
export async function lowestScore(
  picture: Image,
  { ascent, size, signal }: Looks,
): Promise<ScoreAndGradient> {
  let lowest: ScoreAndGradient | null = null;
  for (const resized of RESIZINGS) {
    throwIfCancelled(signal);
    const { score, gradient } = await ascent.at(resized(picture, size));
    if (lowest && lowest.score <= score) continue;
    lowest = { score, gradient: gradient.slice() };
  }
  return lowest!;
}

/**
 * A change with what it lacks: step by step the shortest way to the bound for the worst way to
 * resize, were its score linear.
 *
 * @returns null where so many steps do not suffice
 */
export async function steadied(
  picture: Image,
  change: Float32Array,
  looks: Looks,
): Promise<Float32Array | null> {
  const data = picture.data.map((value, index) => value + change[index]!);
  for (let step = 0; step < MOST_STEPS; step++) {
    const { score, gradient } = await lowestScore({ ...picture, data }, looks);
    if (score >= STEADY_BOUND) return data.map((value, index) => value - picture.data[index]!);
    const { way, gain } = wayUp(picture, { ...looks.size, data: gradient });
    const factor = (AIM - score) / gain;
    for (let index = 0; index < data.length; index++) {
      data[index] = Math.max(0, Math.min(255, data[index]! + factor * way[index]!));
    }
  }
  return null;
}

/** What raises a score with that gradient by what is seen, and by how much. */
function wayUp(picture: Image, gradient: Image): { way: Float32Array; gain: number } {
  const way = { ...picture, data: new Float32Array(picture.data.length) };
  const window = wholeWindow(picture);
  spread(gradient, window, way);
  const seen = sample(way, window, gradient);
  const gain = seen.data.reduce((sum, value, index) => sum + value * gradient.data[index]!, 1e-30);
  return { way: way.data, gain };
}
