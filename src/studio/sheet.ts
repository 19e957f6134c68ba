/** Many dreams of one picture, a layer each, for one sheet. */
import type { Recipe } from '../dream/recipe.ts';
import type { Model } from './catalogue.ts';
import type { Job } from './order.ts';
import { planRender } from './render.ts';
import type { RenderPlan, RenderRequest } from './render.ts';
import type { ScoredNetworks } from './scored-networks.ts';

/** The longest side of a tile, unless somebody says otherwise. */
export const TILE_SIZE = 320;

/** The label of the tile that shows the picture as it was. */
export const ORIGINAL = 'original';

export interface TilePlan {
  readonly layer: string;
  readonly plan: RenderPlan;
}

/** @throws DreamError as `planRender` */
export function planTiles(
  model: Model,
  layers: readonly string[],
  { recipe, ...request }: RenderRequest,
  networks?: ScoredNetworks,
): TilePlan[] {
  return layers.map((layer) => ({
    layer,
    plan: planRender(model, { ...request, recipe: { ...recipe, layer } }, networks),
  }));
}

/** The notices of all tiles, each once. */
export function noticesOf(tiles: readonly TilePlan[]): string[] {
  return [...new Set(tiles.flatMap(({ plan }) => plan.notices))];
}

/** Of each dream that a job consists of. */
export function recipesOf(job: Job): Recipe[] {
  if (job.kind === 'dream') return [job.recipe];
  return job.layers.map((layer) => ({ ...job.recipe, layer }));
}

/** Longest side in pixels that the job's picture is brought to. */
export function sizeOf(job: Job): number {
  return job.kind === 'dream' ? job.size : TILE_SIZE;
}
