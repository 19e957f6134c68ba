/** Ascent in a picture's frequencies, with Adam: all sizes at once, where octaves go one by one. */
import { throwIfCancelled } from '../../kit/cancelled.ts';
import { DreamError } from '../../kit/errors.ts';
import { seededRandom } from '../../kit/random.ts';
import { Adam } from '../adam.ts';
import type { DreamOptions, Frame } from '../dream.ts';
import { divideByMeanAbsolute } from '../gradient/normalise.ts';
import { guidanceFor, guide, hold } from '../guidance.ts';
import { copyImage } from '../image.ts';
import type { Image } from '../image.ts';
import type { Mask } from '../priors/mask.ts';
import { resizeMask } from '../priors/mask.ts';
import { FourierPicture } from './picture.ts';

/** Lucid's learning rate; the recipe's `stepSize` is a factor of it. */
const LEARNING_RATE = 0.05;

/**
 * Like `dream`, in one octave of the picture's own size; `recipe.from` says whether it starts from
 * the picture or from noise. Where a mask leaves something out, the picture shows.
 *
 * @throws DreamError 'cancelled' within one step of the signal
 */
export async function* fourierDream(options: DreamOptions): AsyncGenerator<Frame, Image, void> {
  const { picture, recipe, ascent, signal } = options;
  const { steps } = recipe;
  const mask = options.mask && resizeMask(options.mask, picture);
  const guidance = guidanceFor(picture, recipe, mask, () => picture);
  const random = seededRandom(recipe.seed);
  const climbed =
    recipe.from === 'noise' ? FourierPicture.noise(picture, random) : FourierPicture.of(picture);
  const adam = new Adam(climbed.values.length, LEARNING_RATE * recipe.stepSize);
  await ascent.calibrate(picture);
  for (let step = 1; step <= steps; step++) {
    throwIfCancelled(signal);
    const image = climbed.image();
    const shown = within(image, picture, mask);
    const start = performance.now();
    const { score, gradient } = await ascent.at(shown);
    const gradientSeconds = (performance.now() - start) / 1000;
    const direction = { ...image, data: gradient };
    divideByMeanAbsolute(direction);
    checkNumbers(score, direction, step);
    if (guidance) guide(direction, shown, guidance);
    yield { octave: 0, octaves: 1, step, steps, score, gradientSeconds, image: shown };
    adam.ascend(climbed.values, climbed.gradient(image, direction.data));
  }
  const result = within(climbed.image(), picture, mask);
  if (guidance) hold(result, guidance);
  return result;
}

/** The dream where the mask lets it through, the picture elsewhere. */
function within(dreamed: Image, picture: Image, mask: Mask | undefined): Image {
  if (!mask) return dreamed;
  const cells = mask.data.length;
  const result = copyImage(picture);
  for (let index = 0; index < result.data.length; index++) {
    result.data[index]! += mask.data[index % cells]! * (dreamed.data[index]! - result.data[index]!);
  }
  return result;
}

function checkNumbers(score: number, { data }: Image, step: number): void {
  if (Number.isFinite(score) && Number.isFinite(data[0])) return;
  throw new DreamError(
    'engine-failed',
    `expected numbers from the engine; in step ${step} the score became ${score} and the gradient ${data[0]!}`,
    'Try smaller steps, another class or another engine.',
  );
}
