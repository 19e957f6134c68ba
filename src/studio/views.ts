/** The parts of a picture that a model can be shown when it is asked: programs differ there. */
import { allOf, cropped, isAllOf } from '../dream/crop.ts';
import type { Part } from '../dream/crop.ts';
import type { Image } from '../dream/image.ts';
import { placeWindow } from '../dream/windows/draw.ts';
import type { Place } from '../dream/windows/draw.ts';
import { sample } from '../dream/windows/sample.ts';
import { partWindow, wholeWindow } from '../dream/windows/window.ts';
import type { Window } from '../dream/windows/window.ts';
import type { PictureSize } from '../engines/engine.ts';
import { percent } from './shown.ts';
import type { Shown } from './shown.ts';

/**
 *   whole    all of the picture, stretched to what the network takes, as Keras's generators do
 *   middle   as much of its middle as has the network's shape, as Teachable Machine, Custom Vision
 *            and torchvision crop
 *   place    where the class grew
 */
export type ViewName = 'whole' | 'middle' | 'place';

export interface View {
  readonly name: ViewName;
  readonly window: Window;
  /** What is cut out before it is shown, as programs do; a place is looked at where it is. */
  readonly part?: Part;
}

/** Shapes that differ by less count as the same. */
const SAME_SHAPE = 1.02;

const MIDDLE: Shown = { part: 'middle', share: 1 };

export interface ViewOptions {
  readonly place: Place | null;
  /** Where it is known nothing else is of interest. */
  readonly shown: Shown | undefined;
}

/** What counts first, then what else there is to be shown. */
export function viewsOf(
  picture: PictureSize,
  size: PictureSize,
  { place, shown }: ViewOptions,
): [View, ...View[]] {
  const usual = shownView(picture, size, shown);
  const middle = shownView(picture, size, MIDDLE);
  const views: [View, ...View[]] = shown || !isStretched(picture, size) ? [usual] : [usual, middle];
  return place ? [{ name: 'place', window: placeWindow(picture, place) }, ...views] : views;
}

/** As the model's program shows it a picture; all of it where that is not known. */
export function shownView(picture: PictureSize, size: PictureSize, shown: Shown | undefined): View {
  const part = shownPart(picture, size, shown);
  return {
    ...{ name: isAllOf(part, picture) ? 'whole' : 'middle', part },
    window: partWindow(part),
  };
}

/** The part that the model's program shows it; all of the picture where that is not known. */
export function shownPart(picture: PictureSize, size: PictureSize, shown: Shown | undefined): Part {
  if (shown?.part !== 'middle') return allOf(picture);
  const shape = shapeOf(size);
  const width = shown.share * Math.min(picture.columns, picture.rows * shape);
  const rows = Math.max(1, Math.round(width / shape));
  const columns = Math.max(1, Math.round(width));
  const [row, column] = [picture.rows - rows, picture.columns - columns].map((room) => room >> 1);
  return { row: row!, column: column!, rows, columns };
}

/** What a network that takes pictures of that size sees. */
export function seenIn(picture: Image, { window, part }: View, size: PictureSize): Image {
  return part
    ? sample(cropped(picture, part), wholeWindow(part), size)
    : sample(picture, window, size);
}

export function isStretched(picture: PictureSize, size: PictureSize): boolean {
  const ratio = shapeOf(picture) / shapeOf(size);
  return Math.max(ratio, 1 / ratio) > SAME_SHAPE;
}

function shapeOf({ rows, columns }: PictureSize): number {
  return columns / rows;
}

export interface Seen {
  /** What the network takes. */
  readonly size: PictureSize;
  readonly stretched: boolean;
  readonly shown?: Shown | undefined;
}

/** What a model was shown, in words: 'all of it, stretched to 80×80'. */
export function viewWords(view: ViewName, seen: Seen): string {
  if (view === 'place') return 'the place where it grew';
  const words = view === 'whole' ? wholeWords(seen) : middleWords(seen);
  return seen.shown ? `${words}, as its program shows it` : words;
}

function wholeWords({ size: { rows, columns }, stretched }: Seen): string {
  return stretched
    ? `all of it, stretched to ${columns}×${rows}`
    : `all of it, at ${columns}×${rows}`;
}

function middleWords({ size: { rows, columns }, shown = MIDDLE }: Seen): string {
  const all = rows === columns ? 'its middle square' : `its middle of ${columns}:${rows}`;
  return shown.share === 1 ? all : `the inner ${percent(shown.share)} of ${all}`;
}
