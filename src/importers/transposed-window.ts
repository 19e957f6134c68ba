/** How far a transposed convolution reaches along an axis, as TensorFlow counts it. */

/** That a picture may become larger at once. */
export const MOST_TIMES = 64;

export interface TransposedSide {
  /** Cells cut off before and after. */
  readonly cut: readonly [before: number, after: number];
  /** Zeros behind the last cell. */
  readonly behind: number;
}

/**
 * @param span cells that the filter spans
 * @param length of what one cell becomes; each of the others adds a stride
 * @returns null where no convolution with that stride and padding has so many cells
 */
export function transposedSide(
  padding: 'same' | 'valid',
  span: number,
  stride: number,
  length: number = usualLength(padding, span, stride),
): TransposedSide | null {
  const total = padding === 'same' ? Math.max(span - length, 0) : 0;
  const behind = length - span + total;
  const tooLong = padding === 'same' && length > stride;
  if (!(length >= 1 && Number.isInteger(length)) || behind < 0 || behind >= stride || tooLong)
    return null;
  const before = Math.floor(total / 2);
  return { cut: [before, total - before], behind };
}

/** `n` cells become n · stride, or, without padding, all that they reach if that is more. */
export function usualLength(padding: 'same' | 'valid', span: number, stride: number): number {
  return padding === 'same' ? stride : Math.max(span, stride);
}
