/** How much one dream may ask for: time as it is estimated, and memory for its largest size. */
import type { OctaveSize } from '../dream/octaves.ts';
import { DreamError } from '../kit/errors.ts';
import type { Job } from './order.ts';
import type { PictureFacts } from './picture-facts.ts';
import { sizeOf } from './sheet.ts';

/** What a job is on a picture, known before it begins. */
export interface Weight {
  /** Of work; only the estimator reads them. */
  readonly units: number;
  /** The largest size that is dreamed at: octaves may be larger than the picture. */
  readonly largest: OctaveSize;
}

/** A dream that takes so many times what was allowed is stopped: estimates are rough. */
export const PATIENCE = 4;

/** Of the largest octave: 4096×4096 enlarged twice by 1.3 is below. */
const MOST_PIXELS = 50_000_000;

/** Nobody should meet the limit again for a rounding. */
const MARGIN = 0.9;

/**
 * @param seconds that it takes, as estimated.
 * @param most seconds.
 * @throws DreamError 'too-much-work' that says what would fit
 */
export function checkWeight(
  { job, facts, weight }: { job: Job; facts: PictureFacts; weight: Weight },
  seconds: number,
  most: number,
): void {
  const { rows, columns } = weight.largest;
  if (rows * columns > MOST_PIXELS) {
    const message = `this dream would grow to ${columns}×${rows} pixels on its way; ${MOST_PIXELS / 1e6} million are the most`;
    throw new DreamError('too-much-work', message, 'Ask for a smaller size or scale.');
  }
  if (seconds <= most) return;
  const message = `this dream would take about ${inMinutes(seconds)} here; ${inMinutes(most)} are the most`;
  throw new DreamError('too-much-work', message, whatFits(job, facts, (MARGIN * most) / seconds));
}

/** @param share of the work that would do. */
function whatFits(job: Job, { rows, columns }: PictureFacts, share: number): string {
  if (job.kind === 'sheet') return 'Another model may be quicker.';
  const longest = Math.min(sizeOf(job), Math.max(rows, columns));
  const size = Math.floor((longest * Math.sqrt(share)) / 8) * 8;
  const steps = Math.floor(job.recipe.steps * share);
  const ways = [...(size >= 64 ? [`size:${size}`] : []), ...(steps >= 1 ? [`steps:${steps}`] : [])];
  if (ways.length === 0) return 'Ask for a smaller size, and for fewer octaves and steps.';
  return `It would fit with ${ways.join(' or ')}; fewer octaves take less, too.`;
}

function inMinutes(seconds: number): string {
  const minutes = Math.max(1, Math.round(seconds / 60));
  return minutes === 1 ? '1 minute' : `${minutes} minutes`;
}
