/** Arithmetic on [rows, columns] inside an ONNX graph: int64[2] values. */
import { fixedPaddingOf, spanOf } from '../graph/window.ts';
import type { Window } from '../graph/window.ts';
import type { OnnxEmitter } from './op.ts';

const AXES = [0, 1] as const;

/** [rows, columns] that come out of a window: floor((in + padding − span) / stride) + 1. */
export function windowSpatial(emit: OnnxEmitter, input: string, window: Window): string {
  const fixed = AXES.map((axis) => fixedPaddingOf(window, axis));
  const offsets = AXES.map((axis) => {
    const padding = fixed[axis];
    // SAME with a stride: ceil(in / stride) = floor((in − 1) / stride) + 1
    return padding ? padding[0] + padding[1] - spanOf(window, axis) : -1;
  });
  if (window.strides.every((stride) => stride === 1) && offsets.every((offset) => offset === -1)) {
    return input;
  }
  const strides = emit.integers(window.strides);
  const numerator = emit.node('Add', [input, emit.integers(offsets)]);
  return emit.node('Add', [emit.node('Div', [numerator, strides]), emit.integers([1, 1])]);
}

/** Rows and columns of padding before the picture. */
export function paddingBefore(
  emit: OnnxEmitter,
  window: Window,
  input: string,
  output: string,
): string {
  const fixed = AXES.map((axis) => fixedPaddingOf(window, axis));
  if (fixed[0] && fixed[1]) return emit.integers([fixed[0][0], fixed[1][0]]);
  const lastStart = emit.node('Mul', [
    emit.node('Sub', [output, emit.integers([1, 1])]),
    emit.integers(window.strides),
  ]);
  const spans = emit.integers(AXES.map((axis) => spanOf(window, axis)));
  const reached = emit.node('Add', [lastStart, spans]);
  const total = emit.node('Max', [emit.node('Sub', [reached, input]), emit.integers([0, 0])]);
  return emit.node('Div', [total, emit.integers([2, 2])]);
}

/** Whether SAME may leave a picture's last cells out of all windows: where it strides over some. */
export function leavesCellsOut(window: Window): boolean {
  const adapts = AXES.some((axis) => fixedPaddingOf(window, axis) === null);
  return adapts && AXES.some((axis) => spanOf(window, axis) < window.strides[axis]);
}

/**
 * A pool's input `value`, up to the last cell of the last window: for what is behind it onnxruntime
 * would compute padding of less than no cells.
 */
export function upToLastWindow(
  emit: OnnxEmitter,
  value: string,
  window: Window,
  input: string,
): string {
  if (!leavesCellsOut(window)) return value;
  const strides = emit.integers(window.strides);
  const last = emit.node('Sub', [windowSpatial(emit, input, window), emit.integers([1, 1])]);
  const spans = emit.integers(AXES.map((axis) => spanOf(window, axis)));
  const end = emit.node('Add', [emit.node('Mul', [last, strides]), spans]);
  // An end beyond the picture is the picture's.
  return emit.node('Slice', [value, emit.integers([0, 0]), end, emit.integers([2, 3])]);
}

/** The part of `value` [batch, channels, rows, columns] at `start` with `spatial` cells. */
export function cropToSpatial(
  emit: OnnxEmitter,
  value: string,
  start: string,
  spatial: string,
): string {
  const end = emit.node('Add', [start, spatial]);
  return emit.node('Slice', [value, start, end, emit.integers([2, 3])]);
}
