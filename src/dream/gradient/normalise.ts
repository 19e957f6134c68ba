/** Bringing a gradient to a size that a step can be measured in. All work in place. */
import type { Image } from '../image.ts';
import { workbench } from '../kernels/workbench.ts';

const EPSILON = 1e-8;

/** g / mean|g| (Caffe's deepdream, Keras's example). */
export function divideByMeanAbsolute({ data }: Image): void {
  const bench = workbench();
  let sum = 0;
  bench.read(data, (values, count) => (sum += bench.kernels.sumOfAbsolutes(values, count)));
  // Beside an infinite value all others would be 0, and nobody would see that it is there.
  multiply(data, sum === Infinity ? NaN : 1 / (sum / data.length + EPSILON));
}

/** g / σ(g) (TensorFlow's tutorials). */
export function divideByDeviation({ data }: Image): void {
  multiply(data, 1 / (moments(data).deviation + EPSILON));
}

/** (g − mean) / σ(g) (gordicaleksa's pytorch-deepdream). */
export function standardise({ data }: Image): void {
  const { mean, deviation } = moments(data);
  const factor = 1 / (deviation + EPSILON);
  const bench = workbench();
  bench.change(data, (values, count) => {
    bench.kernels.standardise(values, count, mean, factor);
  });
}

/** g / √(1 + (g / most)²): small values stay, none gets beyond `most`. */
export function limitSoftly({ data }: Image, most: number): void {
  const bench = workbench();
  bench.change(data, (values, count) => {
    bench.kernels.limit(values, count, 1 / most);
  });
}

export function multiply(data: Float32Array, factor: number): void {
  const bench = workbench();
  bench.change(data, (values, count) => {
    bench.kernels.scale(values, count, factor);
  });
}

export function rootMeanSquare(data: Float32Array): number {
  return Math.sqrt(meanSquareAround(data, 0));
}

function moments(data: Float32Array): { mean: number; deviation: number } {
  const bench = workbench();
  let sum = 0;
  bench.read(data, (values, count) => (sum += bench.kernels.sum(values, count)));
  const mean = sum / data.length;
  return { mean, deviation: Math.sqrt(meanSquareAround(data, mean)) };
}

function meanSquareAround(data: Float32Array, centre: number): number {
  const bench = workbench();
  let squares = 0;
  bench.read(
    data,
    (values, count) => (squares += bench.kernels.sumOfSquares(values, count, centre)),
  );
  return squares / data.length;
}
