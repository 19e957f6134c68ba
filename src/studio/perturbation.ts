/** The plan of a perturbation: the smallest change after which a model says a class, or not. */
import { carliniWagner } from '../dream/perturb/carlini-wagner.ts';
import { deepFool } from '../dream/perturb/deepfool.ts';
import type { Attack } from '../dream/perturb/attack.ts';
import { perturb } from '../dream/perturb/perturb.ts';
import { projectedGradient } from '../dream/perturb/pgd.ts';
import type { Recipe } from '../dream/recipe.ts';
import { throwIfCancelled } from '../kit/cancelled.ts';
import { DreamError } from '../kit/errors.ts';
import type { ClassTerm } from '../objectives/class-words.ts';
import type { Model } from './catalogue.ts';
import { windowedWork } from './cost.ts';
import { classObjective, networkOf, pictureSizeOf } from './classes.ts';
import { pictureNotices } from './plan.ts';
import type { RenderPlan, RenderRequest } from './plan.ts';
import { shownBy } from './shown.ts';
import { withSignsOfLife } from './signs-of-life.ts';
import { shownPart } from './views.ts';

const attacks = {
  'carlini-wagner': carliniWagner,
  pgd: projectedGradient,
  deepfool: deepFool,
} satisfies Record<NonNullable<Recipe['attack']>, Attack>;

/** @throws DreamError 'bad-option' */
export function planPerturbation(
  model: Model,
  targets: readonly ClassTerm[],
  request: RenderRequest,
): RenderPlan {
  const { recipe, picture } = request;
  const { image } = picture;
  const target = onlyTarget(targets, request);
  const attack = attacks[recipe.attack ?? (target.weight < 0 ? 'deepfool' : 'carlini-wagner')];
  const objective = classObjective(model, [target], 'strongest');
  const size = pictureSizeOf(model);
  const part = shownPart(image, size, shownBy(model.input));
  return {
    sizes: [{ rows: image.rows, columns: image.columns }],
    steps: attack.steps,
    notices: pictureNotices(request),
    formula: objective.describe(),
    work: () => attack.steps * windowedWork(networkOf(model), size, { count: 1, sizes: [size] }),
    async *run(engine, signal) {
      await model.ready([model.output]);
      throwIfCancelled(signal);
      const ascent = await engine.prepare(model.classifier, objective, { largest: size });
      try {
        return yield* withSignsOfLife(ascent, (telling) =>
          perturb({ picture: image, ascent: telling, size, attack, part, signal }),
        );
      } finally {
        await ascent.dispose();
      }
    },
  };
}

/** One class, to say or not to say; of a weight there is only the sign. */
function onlyTarget(targets: readonly ClassTerm[], { recipe, mask }: RenderRequest): ClassTerm {
  const [target, second] = targets;
  const problem = second
    ? 'the smallest change is one towards a single class'
    : (mask ?? recipe.place ?? recipe.fourier ?? recipe.from === 'noise')
      ? 'the smallest change is one of all that the model is shown, without a mask or a place'
      : undefined;
  if (problem !== undefined) {
    const hint = 'Leave out --mask, --place, --fourier and --from, and name one class.';
    throw new DreamError('bad-option', problem, hint);
  }
  return { ...target!, weight: Math.sign(target!.weight) };
}
