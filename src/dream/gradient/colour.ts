import type { Image } from '../image.ts';
import { stripsOf, workbench } from '../kernels/workbench.ts';

/**
 * Square root of the covariance of red, green and blue over natural pictures (from
 * github.com/tensorflow/lucid, optvis/param/color.py).
 */
export const COVARIANCE_ROOT = [
  [0.26, 0.09, 0.02],
  [0.27, 0.0, -0.05],
  [0.27, -0.09, 0.03],
] as const;

/** M·Mᵀ, scaled so that a grey gradient keeps its size. */
const COVARIANCE = (() => {
  const product = COVARIANCE_ROOT.map((left) =>
    COVARIANCE_ROOT.map((right) =>
      left.reduce<number>((sum, value, index) => sum + value * right[index]!, 0),
    ),
  );
  const grey = product.flat().reduce((sum, value) => sum + value, 0) / 3;
  return product.map((row) => row.map((value) => value / grey));
})();

/**
 * Turns a gradient towards the colours that natural pictures have: g ← (1 − strength)·g +
 * strength·C·g with C the covariance of their channels. Ascent along C·g is ascent along g in a
 * space where the channels are decorrelated. In place.
 */
export function naturalColour({ rows, columns, data }: Image, strength: number): void {
  const cells = rows * columns;
  const matrix = Float32Array.from(
    COVARIANCE.flatMap((row, index) =>
      row.map((value, column) => strength * value + (index === column ? 1 - strength : 0)),
    ),
  );
  for (const [from, to] of stripsOf(cells, 3)) {
    const bench = workbench().clear();
    const colours = [0, cells, 2 * cells].map((plane) => plane + from);
    const places = colours.map((start) => bench.put(data, start, start + to - from));
    const [red, green, blue] = places as [number, number, number];
    bench.kernels.mixColours(red, green, blue, to - from, bench.put(matrix));
    places.forEach((place, plane) => {
      bench.take(place, to - from, data, colours[plane]!);
    });
  }
}
