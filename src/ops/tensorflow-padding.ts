import { paddingOf } from '../graph/window.ts';
import type { Window } from '../graph/window.ts';
import type { Tensor, Tensorflow } from './op.ts';

/**
 * x with the window's padding written out, so that a VALID window does the rest: tensorflow.js
 * knows padding by rule only, and not on each side apart.
 */
export function padForWindow(tf: Tensorflow, x: Tensor, window: Window, value = 0): Tensor {
  const [top, bottom] = paddingOf(window, 0, x.shape[1]!);
  const [left, right] = paddingOf(window, 1, x.shape[2]!);
  if (top + bottom + left + right === 0) return x;
  return tf.pad(
    x,
    [
      [0, 0],
      [top, bottom],
      [left, right],
      [0, 0],
    ],
    value,
  );
}
