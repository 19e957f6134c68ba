import { derived } from './weights.ts';
import type { StoredConstant } from './weights.ts';

/** Values of a filter; those of networks have a few millions. */
const MOST_VALUES = 2 ** 26;

/**
 * A filter [rows, columns, …] with its cells so many apart, and zeros in between.
 * @returns null where it would be larger than any network's.
 */
export function spread(
  filter: StoredConstant,
  [down, across]: readonly [number, number],
): StoredConstant | null {
  if (down === 1 && across === 1) return filter;
  const [rows, columns, ...rest] = filter.shape as [number, number, ...number[]];
  const [height, width] = [(rows - 1) * down + 1, (columns - 1) * across + 1];
  const cells = rest.reduce((product, size) => product * size, 1);
  if (height * width * cells > MOST_VALUES) return null;
  return derived([height, width, ...rest], [filter], ([values]) => {
    const target = new Float32Array(height * width * cells);
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const from = (row * columns + column) * cells;
        const to = (row * down * width + column * across) * cells;
        target.set(values!.subarray(from, from + cells), to);
      }
    }
    return target;
  });
}
