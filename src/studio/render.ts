/**
 * One dream, from a loaded model, a recipe and a picture to the finished picture:
 *
 *   planRender(model, request)   checks everything that can be checked, loads nothing
 *   plan.run(engine, signal)     yields a Frame after each step, returns the Image
 */
import { dream } from '../dream/dream.ts';
import { fourierDream } from '../dream/fourier/dream.ts';
import { planOctaves } from '../dream/octaves.ts';
import { windowedAscent } from '../dream/windows/ascent.ts';
import { throwIfCancelled } from '../kit/cancelled.ts';
import { DreamError } from '../kit/errors.ts';
import type { Model } from './catalogue.ts';
import { planClassRender } from './class-render.ts';
import { pictureSizeOf } from './classes.ts';
import { pixelSteps, windowedWork } from './cost.ts';
import { maskOf, pictureNotices } from './plan.ts';
import type { RenderPlan, RenderRequest } from './plan.ts';
import { ScoredNetworks } from './scored-networks.ts';
import type { ScoredNetwork } from './scored-networks.ts';

export type { RenderPlan, RenderRequest } from './plan.ts';

/** What only a class can be asked for, and how it is said. */
const FOR_CLASSES = ['place', 'perturb', 'attack', 'contrast', 'strength'] as const;

/**
 * @throws DreamError 'unknown-layer', 'bad-channel', 'unknown-class', 'not-allowed', 'bad-option'
 *   or 'picture-too-small', all of them before any weight is read.
 */
export function planRender(
  model: Model,
  request: RenderRequest,
  networks = new ScoredNetworks(model),
): RenderPlan {
  if (request.recipe.class !== undefined) return planClassRender(model, request);
  checkLayerRecipe(request);
  const { recipe, deepLayers = false } = request;
  return planLayerRender(model, request, networks.of(recipe, deepLayers));
}

function planLayerRender(model: Model, request: RenderRequest, scored: ScoredNetwork): RenderPlan {
  const { picture, recipe } = request;
  const { objective, graph } = scored;
  const { sizes, notices } = planOctaves(picture.image.rows, picture.image.columns, {
    ...recipe,
    minimumSide: recipe.windows ? 1 : Math.max(model.minimumSide, scored.smallestSide()),
  });
  const needed = [...graph.nodes.keys()].filter((node) => model.graph.nodes.has(node));
  const size = pictureSizeOf(model);
  return {
    sizes: recipe.fourier ? sizes.slice(-1) : sizes,
    steps: recipe.steps,
    notices: [...pictureNotices(request), ...notices],
    formula: objective.describe(),
    work: () => {
      const { windows, fourier, steps } = recipe;
      const climbed = fourier ? sizes.slice(-1) : sizes;
      if (!windows) return scored.workPerPixel() * pixelSteps(climbed, steps);
      return steps * windowedWork(graph, size, { count: windows.count, sizes: climbed });
    },
    async *run(engine, signal) {
      await model.ready(needed);
      throwIfCancelled(signal);
      const { windows, seed } = recipe;
      const largest = windows ? size : sizes.at(-1)!;
      const base = await engine.prepare(model.graph, objective, { largest });
      const ascent = windows ? windowedAscent(base, { ...windows, size, seed }) : base;
      try {
        throwIfCancelled(signal);
        const options = { picture: picture.image, recipe, ascent, sizes, mask: maskOf(request) };
        return yield* (recipe.fourier ? fourierDream : dream)({ ...options, signal });
      } finally {
        await ascent.dispose();
      }
    },
  };
}

function checkLayerRecipe({ recipe }: RenderRequest): void {
  const field = FOR_CLASSES.find((name) => recipe[name] !== undefined && recipe[name] !== false);
  if (field === undefined) return;
  const message = `'${field}' is for dreams of a class, and no class is named`;
  throw new DreamError('bad-option', message, 'Name one with --class.');
}
