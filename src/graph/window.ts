import type { Dimension } from './graph.ts';

/** Padding of the two picture axes: by TensorFlow's rule, or [top, bottom, left, right]. */
export type Padding = 'same' | 'valid' | readonly number[];

/** How a window (a convolution's filter, a pool) moves over rows and columns. */
export interface Window {
  /** [rows, columns] of the window. */
  readonly size: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
  readonly padding: Padding;
}

/** Cells that a window spans along an axis, holes of the dilation included. */
export function spanOf(window: Window, axis: 0 | 1): number {
  return (window.size[axis] - 1) * window.dilations[axis] + 1;
}

/**
 * [before, after] of one axis, for an input of `length`. SAME is TensorFlow's: the output has
 * ceil(length / stride) cells and the odd cell of padding goes after.
 */
export function paddingOf(window: Window, axis: 0 | 1, length: number): [number, number] {
  const { padding } = window;
  if (padding === 'valid') return [0, 0];
  if (padding !== 'same') return [padding[axis * 2]!, padding[axis * 2 + 1]!];
  const stride = window.strides[axis];
  const total = Math.max(
    (Math.ceil(length / stride) - 1) * stride + spanOf(window, axis) - length,
    0,
  );
  return [Math.floor(total / 2), total - Math.floor(total / 2)];
}

/**
 * [before, after] where it does not depend on the input's length, else `null` (SAME with a
 * stride above 1, of more than one cell).
 */
export function fixedPaddingOf(window: Window, axis: 0 | 1): [number, number] | null {
  if (window.padding !== 'same') return paddingOf(window, axis, 0);
  const total = spanOf(window, axis) - 1;
  if (window.strides[axis] !== 1 && total > 0) return null;
  return [Math.floor(total / 2), total - Math.floor(total / 2)];
}

/** Cells that the window's output has along an axis. */
export function outputLength(window: Window, axis: 0 | 1, length: Dimension): Dimension {
  if (length === null) return null;
  const [before, after] = paddingOf(window, axis, length);
  const cells =
    Math.floor((length + before + after - spanOf(window, axis)) / window.strides[axis]) + 1;
  return Math.max(cells, 0);
}
