/** Bringing a gradient to a size that a step can be measured in. All work in place. */
import type { Image } from '../image.ts';

const EPSILON = 1e-8;

/** g / mean|g| (Caffe's deepdream, Keras's example). */
export function divideByMeanAbsolute({ data }: Image): void {
  let sum = 0;
  for (let index = 0; index < data.length; index++) sum += Math.abs(data[index]!);
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
  for (let index = 0; index < data.length; index++) data[index] = (data[index]! - mean) * factor;
}

/** g / √(1 + (g / most)²): small values stay, none gets beyond `most`. */
export function limitSoftly({ data }: Image, most: number): void {
  for (let index = 0; index < data.length; index++) {
    const value = data[index]!;
    data[index] = value / Math.sqrt(1 + (value / most) ** 2);
  }
}

export function multiply(data: Float32Array, factor: number): void {
  for (let index = 0; index < data.length; index++) data[index]! *= factor;
}

export function rootMeanSquare(data: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < data.length; index++) sum += data[index]! * data[index]!;
  return Math.sqrt(sum / data.length);
}

function moments(data: Float32Array): { mean: number; deviation: number } {
  let sum = 0;
  for (let index = 0; index < data.length; index++) sum += data[index]!;
  const mean = sum / data.length;
  let squares = 0;
  for (let index = 0; index < data.length; index++) squares += (data[index]! - mean) ** 2;
  return { mean, deviation: Math.sqrt(squares / data.length) };
}
