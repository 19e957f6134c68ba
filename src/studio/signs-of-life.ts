/** Searches that look at what they found for long, once their steps are taken, say so meanwhile. */
import type { Frame } from '../dream/dream.ts';
import type { Image } from '../dream/image.ts';
import type { Ascent } from '../engines/engine.ts';
import { Bell } from './bells.ts';
import type { RenderFrame } from './plan.ts';

/**
 * The frames of a search, and after each look of the network that brings none the last one again.
 * @param search begins it with an ascent that tells of its looks.
 */
export async function* withSignsOfLife(
  ascent: Ascent,
  search: (ascent: Ascent) => AsyncGenerator<Frame, Image, void>,
): AsyncGenerator<RenderFrame, Image, void> {
  const bell = new Bell(() => undefined);
  const frames = search(telling(ascent, bell));
  let looked = bell.next();
  let last: Frame | undefined;
  for (;;) {
    const next = frames.next();
    // It may fail while whoever reads is still busy with a sign of life.
    next.catch(() => undefined);
    for (let looks = 0; ; looks++) {
      const found = await Promise.race([next, looked.then(() => null)]);
      if (found?.done === true) return found.value;
      if (found) {
        last = found.value;
        yield last;
        break;
      }
      looked = bell.next();
      // The first look is that of the step itself.
      if (last && looks > 0) yield { ...last, between: true };
    }
  }
}

function telling(ascent: Ascent, bell: Bell): Ascent {
  return {
    calibrate: (picture) => ascent.calibrate(picture),
    at: async (picture) => {
      const found = await ascent.at(picture);
      bell.ring();
      return found;
    },
    dispose: () => ascent.dispose(),
  };
}
