/** What a model makes of a picture before and after a dream of a class. */
import { cropped } from '../dream/crop.ts';
import type { Image } from '../dream/image.ts';
import { psnr } from '../dream/perturb/compare.ts';
import { RESIZINGS } from '../dream/resizings.ts';
import type { Place } from '../dream/windows/draw.ts';
import type { GradientEngine, PictureSize } from '../engines/engine.ts';
import { seededRandom } from '../kit/random.ts';
import type { ClassTerm } from '../objectives/class-words.ts';
import { classReader, labelsOf, pictureSizeOf, targetsOf } from './classes.ts';
import type { Classifier } from './classes.ts';
import { placeWith } from './place.ts';
import { shownBy } from './shown.ts';
import type { Shown } from './shown.ts';
import { isStretched, seenIn, viewsOf } from './views.ts';
import type { View, ViewName } from './views.ts';

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
  /**
   * The farthest from what was wanted that other programs' ways to resize the result bring it to;
   * not where the figures are of a place, and not in older orders.
   */
  readonly resized?: number;
}

/** What the model makes of another part of the pictures. */
export interface OtherView {
  readonly view: ViewName;
  readonly targets: readonly (ClassShare & { readonly before: number })[];
}

/**
 * Of the picture as it was saved and read again: of the place where the class grew in one, else of
 * what the model's program shows it, else of all of it.
 */
export interface Evidence {
  readonly place: Place | null;
  /** What the figures are of; older orders do not say it. */
  readonly view?: ViewName;
  /** How the model's program shows it pictures, where that is known. */
  readonly shown?: Shown;
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
  const shown = shownBy(model.input);
  const reader = await classReader(model, engine);
  try {
    const place = placed ? await placeWith(reader, before, { size, targets, shown }) : null;
    const [main, ...others] = viewsOf(before, size, { place, shown });
    const read = (image: Image, view: View): Promise<number[]> =>
      reader.probabilities(seenIn(image, view, size));
    const [first, last] = [await read(before, main), await read(after, main)];
    const shifted: number[][] = [];
    for (const view of shiftedFrom(main)) shifted.push(await read(after, view));
    const resized: number[][] = [];
    for (const image of resizedWays(after, main, size)) {
      resized.push(await reader.probabilities(image));
    }
    const seen: OtherView[] = [];
    for (const view of others) {
      const [then, now] = [await read(before, view), await read(after, view)];
      const changes = targets.map((target) => changeOf(target, then, now));
      seen.push({ view: view.name, targets: changes });
    }
    const distance = psnr(before, after);
    return {
      ...{ place, view: main.name, size, stretched: isStretched(before, size) },
      ...(shown ? { shown } : {}),
      targets: targets.map((target) => ({
        ...{ ...changeOf(target, first, last), weight: target.weight },
        shifted: shifted.reduce((sum, found) => sum + found[target.index]!, 0) / shifted.length,
        ...(resized.length > 0 ? { resized: worstOf(target, resized) } : {}),
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

/** What the network sees of a part of the picture, by every usual way to resize that. */
function resizedWays(picture: Image, { part }: View, size: PictureSize): Image[] {
  if (!part) return [];
  const shown = cropped(picture, part);
  return RESIZINGS.map((resized) => resized(shown, size));
}

/** Of a class that was dreamed of the least, of one that was dreamed away from the most. */
function worstOf({ index, weight }: ClassTerm, seen: readonly (readonly number[])[]): number {
  const found = seen.map((probabilities) => probabilities[index]!);
  return weight < 0 ? Math.max(...found) : Math.min(...found);
}

/** The same at every call. What lies around a part is seen as it is, and mirrored beyond the picture. */
function shiftedFrom({ name, window: whole }: View): View[] {
  const random = seededRandom(VIEW_SEED);
  const between = (reach: number): number => reach * (2 * random.uniform() - 1);
  return Array.from({ length: VIEWS }, () => {
    const scale = 1 + between(SCALE);
    const window = {
      ...whole,
      row: whole.row + whole.height * between(SHIFT),
      column: whole.column + whole.width * between(SHIFT),
      height: whole.height * scale,
      width: whole.width * scale,
    };
    return { name, window };
  });
}

function topOf(probabilities: readonly number[], labels: readonly string[]): ClassShare[] {
  return probabilities
    .map((probability, index) => ({ label: labels[index]!, probability }))
    .sort((a, b) => b.probability - a.probability)
    .slice(0, TOP);
}
