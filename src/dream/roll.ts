import type { Image } from './image.ts';

/** target[row + down, column + right] = source[row, column], around the borders. */
export function rollInto(target: Image, source: Image, down: number, right: number): void {
  const { rows, columns } = source;
  const shift = ((right % columns) + columns) % columns;
  for (let plane = 0; plane < 3; plane++) {
    for (let row = 0; row < rows; row++) {
      const from = (plane * rows + row) * columns;
      const to = (plane * rows + ((((row + down) % rows) + rows) % rows)) * columns;
      target.data.set(source.data.subarray(from, from + columns - shift), to + shift);
      target.data.set(source.data.subarray(from + columns - shift, from + columns), to);
    }
  }
}
