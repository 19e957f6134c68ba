/** The part of a layer that an objective looks at. */
import type { NodeRef } from '../graph/graph.ts';
import { DreamError } from '../kit/errors.ts';
import { inferShapes } from '../ops/shapes.ts';
import type { ScoreContext } from './objective.ts';

export interface LayerView {
  /** A name for `taps`. */
  readonly layer: string;
  /** First and last channel, both included. @default all */
  readonly channels?: readonly [number, number];
  /** Cells at each border that count as 0. @default 0 */
  readonly border?: number;
  /** 0 … 1: how far the channels are brought to equal strength. @default 0 */
  readonly whiten?: number;
}

/**
 * How much of the mean strength is added to each channel's own before it is divided by: silent
 * channels are not turned into noise.
 */
const WHITENING_FLOOR = 0.3;

export function describeView({ layer, channels }: LayerView): string {
  if (!channels) return layer;
  const [first, last] = channels;
  return first === last ? `${layer}[${first}]` : `${layer}[${first}–${last}]`;
}

/** The view's activations: rank 4, [batch, rows, columns, channels]. */
export function viewed(view: LayerView, { taps, builder }: ScoreContext): NodeRef {
  const layer = taps(view.layer);
  const shape = inferShapes(builder).get(layer)!;
  if (shape.length !== 4) {
    throw new DreamError(
      'unknown-layer',
      `layer '${view.layer}' has no rows and columns: its shape is [${shape.join(', ')}]`,
      'Choose a layer before the classifier head; --layers lists them.',
    );
  }
  const count = shape[3]!;
  const [first, last] = view.channels ?? [0, count - 1];
  if (first > last || last >= count) {
    throw new DreamError(
      'bad-channel',
      `layer '${view.layer}' has channels 0 to ${count - 1}; got ${first === last ? first : `${first}-${last}`}`,
    );
  }
  let ref = layer;
  if (last - first + 1 < count) {
    ref = builder.add('crop', [ref], {
      before: [0, 0, 0, first],
      after: [0, 0, 0, count - 1 - last],
    });
  }
  const border = view.border ?? 0;
  if (border === 0) return ref;
  const cells = { before: [0, border, border, 0], after: [0, border, border, 0] };
  return builder.add('pad', [builder.add('crop', [ref], cells)], cells);
}

/**
 * Weights per channel, [channels], or `null` without whitening: with s the view's `whiten` and
 * e the mean square of each channel on the picture, 1 − s + s · mean(e) / (e + 0.3·mean(e)).
 */
export function whiteningOf(
  view: LayerView,
  activations: NodeRef,
  context: ScoreContext,
): NodeRef | null {
  const strength = view.whiten ?? 0;
  if (strength === 0) return null;
  const { builder, calibrated } = context;
  const squares = builder.add('square', [activations]);
  const energies = builder.add('reduceMean', [squares], { axes: [0, 1, 2], keepDimensions: false });
  const mean = builder.add('reduceMean', [energies], { axes: [0], keepDimensions: true });
  const floor = builder.add('mul', [mean, builder.scalar(WHITENING_FLOOR)]);
  const even = builder.add('div', [mean, builder.add('add', [energies, floor])]);
  const mixed = builder.add('mul', [even, builder.scalar(strength)]);
  return calibrated(builder.add('add', [mixed, builder.scalar(1 - strength)]));
}

/** The mean over all cells, as a scalar. */
export function meanOf(values: NodeRef, { builder, shareOfCell }: ScoreContext): NodeRef {
  const sum = builder.add('reduceSum', [values], { axes: [0, 1, 2, 3], keepDimensions: false });
  return builder.add('mul', [sum, shareOfCell(values)]);
}
