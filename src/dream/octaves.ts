import { DreamError } from '../kit/errors.ts';

export interface OctaveOptions {
  /**
   * How many sizes, the picture's own included.
   * @default as many as bring the smallest near 140 pixels, but not under the network's minimum
   */
  readonly octaves?: number | undefined;
  /** From one size to the next. */
  readonly octaveScale: number;
  /** How many of them are larger than the picture (TF2's tutorial has two). */
  readonly enlargements: number;
  /** The shortest side that the network can take, in pixels. */
  readonly minimumSide: number;
}

/**
 * Longest side of the smallest octave that is chosen by itself: there a network's field of view
 * takes in the whole picture, and the forms become as large as the picture allows.
 */
const SMALLEST_LONGEST_SIDE = 140;

export interface OctaveSize {
  readonly rows: number;
  readonly columns: number;
}

export interface OctavePlan {
  /** From small to large. */
  readonly sizes: readonly OctaveSize[];
  /** What a person should know: octaves left out. */
  readonly notices: readonly string[];
}

/**
 * The sizes at which a picture is dreamed: side · octaveScale^(k), rounded.
 *
 * Octaves with a side under the network's minimum are left out, with a notice.
 * @throws DreamError 'picture-too-small' where not even the picture itself is large enough
 */
export function planOctaves(rows: number, columns: number, options: OctaveOptions): OctavePlan {
  const { octaveScale, enlargements, minimumSide } = options;
  const octaves = options.octaves ?? fittingOctaves(Math.max(rows, columns), options);
  const planned = Array.from({ length: octaves }, (_, index) => {
    const factor = octaveScale ** (index - (octaves - 1 - enlargements));
    return { rows: Math.round(rows * factor), columns: Math.round(columns * factor) };
  });
  const sizes = planned.filter((size) => Math.min(size.rows, size.columns) >= minimumSide);
  if (sizes.length === 0) {
    const narrow = Math.max(rows, columns) >= minimumSide;
    throw new DreamError(
      'picture-too-small',
      `the picture has ${columns}×${rows} pixels; this network and layer need at least ${minimumSide} on each side`,
      narrow
        ? 'Crop it to a form less narrow, or choose a layer nearer to the input; if it was shrunk, a larger size helps too.'
        : 'Give a larger picture or size, or choose a layer nearer to the input.',
    );
  }
  const left = planned.length - sizes.length;
  const notices =
    left === 0 || options.octaves === undefined
      ? []
      : [
          `${sizes.length} of ${octaves} octaves: ${left} would have a side under the network's minimum of ${minimumSide} pixels`,
        ];
  return { sizes, notices };
}

function fittingOctaves(longest: number, { octaveScale, enlargements }: OctaveOptions): number {
  const smaller = Math.log(longest / SMALLEST_LONGEST_SIDE) / Math.log(octaveScale);
  return 1 + enlargements + Math.max(0, Math.round(smaller));
}
