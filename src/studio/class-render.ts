/** A dream of a class: it is made to appear in the picture, or the least change that says it. */
import { dream } from '../dream/dream.ts';
import { fourierDream } from '../dream/fourier/dream.ts';
import type { Image } from '../dream/image.ts';
import { planOctaves } from '../dream/octaves.ts';
import { maskOfPlace, product } from '../dream/priors/mask.ts';
import { windowedAscent } from '../dream/windows/ascent.ts';
import { placeOf } from '../dream/windows/draw.ts';
import type { Place } from '../dream/windows/draw.ts';
import { partWindow } from '../dream/windows/window.ts';
import type { GradientEngine } from '../engines/engine.ts';
import { throwIfCancelled } from '../kit/cancelled.ts';
import { DreamError } from '../kit/errors.ts';
import type { ClassTerm } from '../objectives/class-words.ts';
import type { Model } from './catalogue.ts';
import { windowedWork } from './cost.ts';
import { classObjective, classReader, networkOf, pictureSizeOf, targetsOf } from './classes.ts';
import { planPerturbation } from './perturbation.ts';
import { placeWith } from './place.ts';
import { maskOf, pictureNotices } from './plan.ts';
import type { RenderPlan, RenderRequest } from './plan.ts';
import { shownBy } from './shown.ts';
import { shownPart } from './views.ts';

const CONTRAST = 0.5;
const WINDOWS = { count: 4, smallest: 0.6, rotation: 10 };

/** No octave is smaller: networks see any picture through windows. */
const MINIMUM_SIDE = 16;

/** @throws DreamError 'unknown-class', 'not-allowed' or 'bad-option', before any weight is read. */
export function planClassRender(model: Model, request: RenderRequest): RenderPlan {
  const { recipe } = request;
  const targets = targetsOf(model, recipe.class!);
  if (recipe.perturb || recipe.strength === 0) return planPerturbation(model, targets, request);
  if (recipe.attack !== undefined) {
    throw new DreamError('bad-option', "'attack' is for --perturb alone", 'Add --perturb.');
  }
  return planClassDream(model, targets, request);
}

function planClassDream(
  model: Model,
  targets: readonly ClassTerm[],
  request: RenderRequest,
): RenderPlan {
  const { picture, recipe } = request;
  const { image } = picture;
  const objective = classObjective(model, targets, recipe.contrast ?? CONTRAST);
  const octaves = planOctaves(image.rows, image.columns, { ...recipe, minimumSide: MINIMUM_SIDE });
  const sizes = recipe.fourier ? octaves.sizes.slice(-1) : octaves.sizes;
  const size = pictureSizeOf(model);
  const looks = recipe.windows ?? WINDOWS;
  return {
    sizes,
    steps: recipe.steps,
    notices: [...pictureNotices(request), ...octaves.notices],
    formula: objective.describe(),
    work: () => recipe.steps * windowedWork(networkOf(model), size, { count: looks.count, sizes }),
    async *run(engine, signal) {
      await model.ready([model.output]);
      throwIfCancelled(signal);
      const place = recipe.place
        ? await likeliestPlace(image, model, targets, { engine, signal })
        : undefined;
      const base = await engine.prepare(model.classifier, objective, { largest: size });
      const part = shownPart(image, size, shownBy(model.input));
      const first = place ?? placeOf(partWindow(part), image);
      const windows = { ...looks, place, first, size, seed: recipe.seed };
      const ascent = windowedAscent(base, windows);
      try {
        throwIfCancelled(signal);
        const mask = product(maskOf(request), place && maskOfPlace(place, image));
        const options = { picture: image, recipe, ascent, sizes, mask, signal };
        return yield* (recipe.fourier ? fourierDream : dream)(options);
      } finally {
        await ascent.dispose();
      }
    },
  };
}

/** Where the picture already looks most like the classes. */
async function likeliestPlace(
  image: Image,
  model: Model,
  targets: readonly ClassTerm[],
  { engine, signal }: { engine: GradientEngine; signal: AbortSignal | undefined },
): Promise<Place> {
  const reader = await classReader(model, engine);
  try {
    const shown = shownBy(model.input);
    return await placeWith(reader, image, { size: pictureSizeOf(model), targets, shown, signal });
  } finally {
    await reader.dispose();
  }
}
