/** Where a picture already looks most like some classes. */
import { cropped } from '../dream/crop.ts';
import type { Part } from '../dream/crop.ts';
import type { Image } from '../dream/image.ts';
import { placeOf } from '../dream/windows/draw.ts';
import type { Place } from '../dream/windows/draw.ts';
import { findPlace } from '../dream/windows/find-place.ts';
import { partWindow } from '../dream/windows/window.ts';
import type { PictureSize } from '../engines/engine.ts';
import type { ClassTerm } from '../objectives/class-words.ts';
import { throwIfCancelled } from '../kit/cancelled.ts';
import { oddsOf } from './classes.ts';
import type { ClassReader } from './classes.ts';
import type { Shown } from './shown.ts';
import { shownPart } from './views.ts';

export interface PlaceRequest {
  /** The pictures that the network takes. */
  readonly size: PictureSize;
  readonly targets: readonly ClassTerm[];
  /** The place lies in what the model's program shows it. */
  readonly shown: Shown | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The same picture, model and classes give the same place. */
export async function placeWith(
  reader: ClassReader,
  picture: Image,
  { size, targets, shown, signal }: PlaceRequest,
): Promise<Place> {
  const part = shownPart(picture, size, shown);
  const { place } = await findPlace(
    cropped(picture, part),
    size,
    async (seen) => oddsOf(targets, await reader.logits(seen), reader.squash),
    () => {
      throwIfCancelled(signal);
    },
  );
  return placeIn(picture, part, place);
}

/** From shares of a part's sides to shares of the picture's. */
function placeIn(picture: PictureSize, part: Part, place: Place): Place {
  const { row, column, height, width } = placeOf(partWindow(part), picture);
  return {
    row: row - height / 2 + place.row * height,
    column: column - width / 2 + place.column * width,
    height: place.height * height,
    width: place.width * width,
  };
}
