import type { Image } from './image.ts';
import { stripsOf, workbench } from './kernels/workbench.ts';

/** image[row + down, column + right] ← image[row, column], around the borders, in place. */
export function roll({ rows, columns, data }: Image, down: number, right: number): void {
  const cells = rows * columns;
  const across = modulo(right, columns);
  for (let plane = 0; plane < 3 * cells; plane += cells) {
    rotate(data, plane, plane + cells, modulo(down, rows) * columns);
  }
  if (across === 0) return;
  for (const [from, to] of stripsOf(3 * rows, columns)) {
    const bench = workbench().clear();
    const lines = bench.put(data, from * columns, to * columns);
    bench.kernels.rotateRows(lines, to - from, columns, across, bench.room(columns));
    bench.take(lines, (to - from) * columns, data, from * columns);
  }
}

/** Moves each of the cells from `from` on `by` cells ahead; the last come first. */
function rotate(data: Float32Array, from: number, to: number, by: number): void {
  const rest = to - from - by;
  // A copy of the shorter part, which a small shift keeps small.
  if (by <= rest) {
    const last = data.slice(to - by, to);
    data.copyWithin(from + by, from, to - by);
    data.set(last, from);
  } else {
    const first = data.slice(from, from + rest);
    data.copyWithin(from, from + rest, to);
    data.set(first, to - rest);
  }
}

/** a mod n, never negative. */
function modulo(a: number, n: number): number {
  return ((a % n) + n) % n;
}
