/**
 * One dream, from a loaded model, a recipe and a picture to the finished picture:
 *
 *   planRender(model, request)   checks everything that can be checked, loads nothing
 *   plan.run(engine, signal)     yields a Frame after each step, returns the Image
 */
import { dream } from '../dream/dream.ts';
import type { Frame } from '../dream/dream.ts';
import type { Image } from '../dream/image.ts';
import { planOctaves } from '../dream/octaves.ts';
import type { OctaveSize } from '../dream/octaves.ts';
import type { Picture } from '../dream/picture.ts';
import type { Recipe } from '../dream/recipe.ts';
import type { GradientEngine } from '../engines/engine.ts';
import { DreamError } from '../kit/errors.ts';
import { parseObjective } from '../objectives/parse.ts';
import type { Model } from './catalogue.ts';
import { checkDepth, smallestSide, withObjective } from './layers.ts';

export interface RenderRequest {
  readonly picture: Pick<Picture, 'image' | 'note' | 'originalRows' | 'originalColumns'>;
  readonly recipe: Recipe;
  /** Allows layers beyond the model's `deepestLayer`. @default false */
  readonly deepLayers?: boolean;
}

export interface RenderPlan {
  /** The octaves, from small to large. */
  readonly sizes: readonly OctaveSize[];
  /** What a person should know, a sentence each: a picture shrunk, octaves left out. */
  readonly notices: readonly string[];
  /** The objective as a formula. */
  readonly formula: string;
  /** Same engine, same values. @throws DreamError 'cancelled' within one step of the signal */
  run(engine: GradientEngine, signal?: AbortSignal): AsyncGenerator<Frame, Image, void>;
}

/**
 * @throws DreamError 'unknown-layer', 'bad-channel', 'bad-option' or 'picture-too-small', all of
 *   them before any weight is read.
 */
export function planRender(model: Model, request: RenderRequest): RenderPlan {
  const { picture, recipe, deepLayers = false } = request;
  const objective = parseObjective(recipe.layer, recipe);
  const scored = withObjective(model.graph, objective);
  if (!deepLayers) checkDepth(model, recipe.layer, scored.nodes.keys());
  const { sizes, notices } = planOctaves(picture.image.rows, picture.image.columns, {
    ...recipe,
    minimumSide: Math.max(model.minimumSide, smallestSide(scored)),
  });
  const needed = [...scored.nodes.keys()].filter((node) => model.graph.nodes.has(node));
  return {
    sizes,
    notices: [...(picture.note ?? []), ...shrinkNotice(picture), ...notices],
    formula: objective.describe(),
    async *run(engine, signal) {
      await model.ready(needed);
      throwIfCancelled(signal);
      const ascent = await engine.prepare(model.graph, objective, { largest: sizes.at(-1)! });
      try {
        throwIfCancelled(signal);
        const options = { picture: picture.image, recipe, ascent, sizes };
        return yield* dream(signal ? { ...options, signal } : options);
      } finally {
        await ascent.dispose();
      }
    },
  };
}

function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new DreamError('cancelled', 'the dream was cancelled');
}

function shrinkNotice({
  image,
  originalRows,
  originalColumns,
}: RenderRequest['picture']): string[] {
  const { rows, columns } = image;
  if (rows === originalRows && columns === originalColumns) return [];
  return [
    `The picture was shrunk from ${originalColumns}×${originalRows} to ${columns}×${rows} pixels.`,
  ];
}
