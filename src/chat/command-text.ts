/** A job as the command that makes it again. */
import { presets } from '../dream/presets.ts';
import { DEFAULT_MODEL, DEFAULT_SIZE } from '../studio/defaults.ts';
import type { DreamJob } from '../studio/order.ts';

/** Only what differs from what `/dream` does by itself. */
export function commandFor({ model, recipe, size }: DreamJob): string {
  const { octaves, octaveScale, steps, stepSize, seed } = recipe;
  const usual = presets.default;
  const parts = [
    `layer:${quoted(recipe.layer)}`,
    ...(model === DEFAULT_MODEL ? [] : [`model:${model}`]),
    ...(octaves === undefined ? [] : [`octaves:${octaves}`]),
    ...(octaveScale === usual.octaveScale ? [] : [`scale:${octaveScale}`]),
    ...(steps === usual.steps ? [] : [`steps:${steps}`]),
    ...(stepSize === usual.stepSize ? [] : [`strength:${stepSize}`]),
    ...(size === DEFAULT_SIZE ? [] : [`size:${size}`]),
    `seed:${seed}`,
  ];
  return `/dream ${parts.join(' ')}`;
}

function quoted(text: string): string {
  return /\s/.test(text) ? `"${text}"` : text;
}
