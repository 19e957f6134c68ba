/** What a model makes of a picture before and after a dream of a class. */
import type { Image } from '../dream/image.ts';
import { psnr } from '../dream/perturb/compare.ts';
import { sample } from '../dream/windows/sample.ts';
import type { Place } from '../dream/windows/draw.ts';
import type { Window } from '../dream/windows/window.ts';
import type { GradientEngine, PictureSize } from '../engines/engine.ts';
import { seededRandom } from '../kit/random.ts';
import type { ClassTerm } from '../objectives/class-words.ts';
import { classReader, labelsOf, pictureSizeOf, targetsOf } from './classes.ts';
import type { Classifier } from './classes.ts';
import { placeWith } from './place.ts';
import { isStretched, viewsOf } from './views.ts';
import type { ViewName } from './views.ts';

/** Classes that are shown, beside those that were dreamed of. */
const TOP = 3;

/** Shifted and scaled views of the result: how many, and how far, as shares of the sides. */
const VIEWS = 20;
const SHIFT = 0.1;
const SCALE = 0.2;
const VIEW_SEED = 20;

export interface ClassShare {
  readonly label: string;
  /** 0 … 1. */
  readonly probability: number;
}

export interface Target extends ClassShare {
  /** Below 0 for a class that was dreamed away from. */
  readonly weight: number;
  readonly before: number;
  /** The mean over `views` random shifts and scalings of the result. */
  readonly shifted: number;
}

/** What the model makes of another part of the pictures. */
export interface OtherView {
  readonly view: ViewName;
  readonly targets: readonly (ClassShare & { readonly before: number })[];
}

/** Of the picture as it was saved and read again; of the place where the class grew in one. */
export interface Evidence {
  readonly place: Place | null;
  /** What the network takes: what it is shown is brought to that. */
  readonly size: PictureSize;
  /** Whether all of the picture has another shape. */
  readonly stretched: boolean;
  readonly targets: readonly Target[];
  /** The most probable classes, best first. */
  readonly before: readonly ClassShare[];
  readonly after: readonly ClassShare[];
  readonly views: number;
  readonly others: readonly OtherView[];
  /** Decibels from the picture to the result; null where nothing changed. */
  readonly psnr: number | null;
  /** One a step: the score before it. */
  readonly curve: readonly number[];
}

export interface EvidenceRequest {
  /** As the recipe says. */
  readonly words: string;
  /** Whether the class grew in one place. @default false */
  readonly place?: boolean | undefined;
  readonly before: Image;
  /** Read from the file that was saved. */
  readonly after: Image;
  readonly curve: readonly number[];
}

export async function gatherEvidence(
  model: Classifier,
  engine: GradientEngine,
  { words, place: placed = false, before, after, curve }: EvidenceRequest,
): Promise<Evidence> {
  const targets = targetsOf(model, words);
  const labels = labelsOf(model);
  const size = pictureSizeOf(model);
  const reader = await classReader(model, engine);
  try {
    const place = placed ? await placeWith(reader, before, { size, targets }) : null;
    const [main, ...others] = viewsOf(before, size, place);
    const read = (image: Image, window: Window): Promise<number[]> =>
      reader.probabilities(sample(image, window, size));
    const [first, last] = [await read(before, main.window), await read(after, main.window)];
    const shifted: number[][] = [];
    for (const view of shiftedFrom(main.window)) shifted.push(await read(after, view));
    const seen: OtherView[] = [];
    for (const { name: view, window } of others) {
      const [then, now] = [await read(before, window), await read(after, window)];
      seen.push({ view, targets: targets.map((target) => changeOf(target, then, now)) });
    }
    const distance = psnr(before, after);
    return {
      ...{ place, size, stretched: isStretched(before, size) },
      targets: targets.map((target) => ({
        ...{ ...changeOf(target, first, last), weight: target.weight },
        shifted: shifted.reduce((sum, found) => sum + found[target.index]!, 0) / shifted.length,
      })),
      before: topOf(first, labels),
      after: topOf(last, labels),
      ...{ views: VIEWS, others: seen },
      psnr: distance === Infinity ? null : distance,
      curve,
    };
  } finally {
    await reader.dispose();
  }
}

function changeOf(
  { index, label }: ClassTerm,
  before: readonly number[],
  after: readonly number[],
): OtherView['targets'][number] {
  return { label, before: before[index]!, probability: after[index]! };
}

/** The same at every call. */
function shiftedFrom(whole: Window): Window[] {
  const random = seededRandom(VIEW_SEED);
  const between = (reach: number): number => reach * (2 * random.uniform() - 1);
  return Array.from({ length: VIEWS }, () => {
    const scale = 1 + between(SCALE);
    return {
      ...whole,
      row: whole.row + whole.height * between(SHIFT),
      column: whole.column + whole.width * between(SHIFT),
      height: whole.height * scale,
      width: whole.width * scale,
    };
  });
}

function topOf(probabilities: readonly number[], labels: readonly string[]): ClassShare[] {
  return probabilities
    .map((probability, index) => ({ label: labels[index]!, probability }))
    .sort((a, b) => b.probability - a.probability)
    .slice(0, TOP);
}
