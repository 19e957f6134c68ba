/** The parts of a picture that a model can be shown when it is asked: programs differ there. */
import type { PictureSize } from '../engines/engine.ts';
import { placeWindow } from '../dream/windows/draw.ts';
import type { Place } from '../dream/windows/draw.ts';
import { wholeWindow } from '../dream/windows/window.ts';
import type { Window } from '../dream/windows/window.ts';

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
}

/** Shapes that differ by less count as the same. */
const SAME_SHAPE = 1.02;

/** What counts first, then what else there is to be shown. */
export function viewsOf(
  picture: PictureSize,
  size: PictureSize,
  place: Place | null,
): [View, ...View[]] {
  const whole: View = { name: 'whole', window: wholeWindow(picture) };
  const others: View[] = isStretched(picture, size)
    ? [{ name: 'middle', window: middleOf(picture, size) }]
    : [];
  if (!place) return [whole, ...others];
  return [{ name: 'place', window: placeWindow(picture, place) }, whole, ...others];
}

export function isStretched(picture: PictureSize, size: PictureSize): boolean {
  const ratio = shapeOf(picture) / shapeOf(size);
  return Math.max(ratio, 1 / ratio) > SAME_SHAPE;
}

function middleOf(picture: PictureSize, size: PictureSize): Window {
  const shape = shapeOf(size);
  const width = Math.min(picture.columns, picture.rows * shape);
  return { ...wholeWindow(picture), width, height: width / shape };
}

function shapeOf({ rows, columns }: PictureSize): number {
  return columns / rows;
}

/** What a model of such a size was shown, in words: 'all of it, stretched to 80×80'. */
export function viewWords(
  view: ViewName,
  { size: { rows, columns }, stretched }: { size: PictureSize; stretched: boolean },
): string {
  switch (view) {
    case 'whole':
      return stretched
        ? `all of it, stretched to ${columns}×${rows}`
        : `all of it, at ${columns}×${rows}`;
    case 'middle':
      return rows === columns ? 'its middle square' : `its middle of ${columns}:${rows}`;
    case 'place':
      return 'the place where it grew';
  }
}
