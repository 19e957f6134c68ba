/** From steps to what is told about them. */
import type { Frame } from '../../dream/dream.ts';
import type { Image } from '../../dream/image.ts';
import { encodePicture } from '../../dream/picture.ts';
import { resize } from '../../dream/resize.ts';
import { pixelSteps } from '../cost.ts';
import type { RenderPlan } from '../render.ts';
import type { RenderProgress } from './messages.ts';

/** Longest side of a preview, in pixels. */
const PREVIEW_SIDE = 512;
const PREVIEW_QUALITY = 80;

/** Milliseconds between two reports. */
const INTERVAL = 200;

/** Milliseconds from the beginning to the first preview, and from each to the next. */
const PREVIEW_INTERVAL = 500;

/**
 * Tells how far the plans are, now and then, at the end of each octave with a preview where the last
 * was long enough ago to be seen, and at the end of all, without one: the result follows.
 */
export function progressOf(
  plans: readonly RenderPlan[],
  tell: (progress: RenderProgress) => void,
  clock: () => number = () => performance.now(),
): (plan: number, frame: Frame) => Promise<void> {
  const work = plans.map(({ sizes, steps }) => pixelSteps(sizes, steps));
  const total = sum(work);
  let last = -Infinity;
  let lastPreview = clock();
  return async (index, { octave, octaves, step, image }) => {
    const { sizes, steps } = plans[index]!;
    const octavesDone = pixelSteps(sizes.slice(0, octave), steps);
    const stepsDone = step * image.rows * image.columns;
    const fraction = (sum(work.slice(0, index)) + octavesDone + stepsDone) / total;
    const now = clock();
    const isShown = step === steps && fraction < 1 && now - lastPreview >= PREVIEW_INTERVAL;
    if (!isShown && fraction < 1 && now - last < INTERVAL) return;
    last = now;
    if (isShown) lastPreview = now;
    const preview = isShown ? await previewOf(image) : undefined;
    tell({ fraction, octave: octave + 1, octaves, ...(preview ? { preview } : {}) });
  };
}

async function previewOf(image: Image): Promise<Uint8Array> {
  const scale = Math.min(1, PREVIEW_SIDE / Math.max(image.rows, image.columns));
  const [rows, columns] = [image.rows, image.columns].map((side) =>
    Math.max(1, Math.round(side * scale)),
  ) as [number, number];
  const small = scale < 1 ? resize(image, rows, columns, 'bilinear') : image;
  return encodePicture(small, { format: 'jpeg', quality: PREVIEW_QUALITY });
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
