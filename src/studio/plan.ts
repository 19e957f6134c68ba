/** What all kinds of dreams have in common: a request, and the plan that comes of it. */
import type { Frame } from '../dream/dream.ts';
import type { Image } from '../dream/image.ts';
import type { OctaveSize } from '../dream/octaves.ts';
import type { Picture } from '../dream/picture.ts';
import { maskFrom } from '../dream/priors/mask.ts';
import type { Mask } from '../dream/priors/mask.ts';
import type { Recipe } from '../dream/recipe.ts';
import type { GradientEngine } from '../engines/engine.ts';

export interface RenderRequest {
  readonly picture: Pick<Picture, 'image' | 'note' | 'originalRows' | 'originalColumns'>;
  readonly recipe: Recipe;
  /** Allows layers beyond the model's `deepestLayer`. @default false */
  readonly deepLayers?: boolean;
  /** A picture of any size: white dreams, black stays as it is. @default all of it dreams */
  readonly mask?: Image | undefined;
}

export interface RenderFrame extends Frame {
  /** A sign of life after a step that was told already. @default false */
  readonly between?: boolean;
}

export interface RenderPlan {
  /** The octaves, from small to large. */
  readonly sizes: readonly OctaveSize[];
  /** In each octave, at most. */
  readonly steps: number;
  /** What a person should know, a sentence each: a picture shrunk, octaves left out. */
  readonly notices: readonly string[];
  /** The objective as a formula. */
  readonly formula: string;
  /** How much work it is, in units that only the estimator reads. */
  work(): number;
  /** Same engine, same values. @throws DreamError 'cancelled' within one step of the signal */
  run(engine: GradientEngine, signal?: AbortSignal): AsyncGenerator<RenderFrame, Image, void>;
}

export function maskOf({ mask, picture: { image } }: RenderRequest): Mask | undefined {
  return mask && maskFrom(mask, image);
}

/** What is to be said about the picture itself. */
export function pictureNotices({ picture, recipe, mask }: RenderRequest): string[] {
  const { image, note = [], originalRows, originalColumns } = picture;
  const { rows, columns } = image;
  // Of noise there is no larger picture.
  const kept = recipe.from === 'noise' || (rows === originalRows && columns === originalColumns);
  const black = mask?.data.every((value) => value < 1);
  return [
    ...note,
    ...(kept
      ? []
      : [
          `The picture was shrunk from ${originalColumns}×${originalRows} to ${columns}×${rows} pixels.`,
        ]),
    ...(black ? ['The mask is black everywhere: nothing of the picture may change.'] : []),
  ];
}
