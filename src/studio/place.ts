/** Where a picture already looks most like some classes. */
import type { Image } from '../dream/image.ts';
import type { Place } from '../dream/windows/draw.ts';
import { findPlace } from '../dream/windows/find-place.ts';
import type { PictureSize } from '../engines/engine.ts';
import type { ClassTerm } from '../objectives/class-words.ts';
import { oddsOf } from './classes.ts';
import type { ClassReader } from './classes.ts';
import { throwIfCancelled } from './plan.ts';

export interface PlaceRequest {
  /** The pictures that the network takes. */
  readonly size: PictureSize;
  readonly targets: readonly ClassTerm[];
  readonly signal?: AbortSignal | undefined;
}

/** The same picture, model and classes give the same place. */
export async function placeWith(
  reader: ClassReader,
  picture: Image,
  { size, targets, signal }: PlaceRequest,
): Promise<Place> {
  const { place } = await findPlace(
    picture,
    size,
    async (seen) => oddsOf(targets, await reader.logits(seen), reader.squash),
    () => {
      throwIfCancelled(signal);
    },
  );
  return place;
}
