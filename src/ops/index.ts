/** Every op. To add one: a file (or a function in one that it belongs to) and a line here. */
import { clip, clipGradient, relu, reluGradient, sigmoid, softmax, square } from './activations.ts';
import { add, div, mul, sub } from './arithmetic.ts';
import { averagePool, averagePoolGradient } from './average-pool.ts';
import { conv2d, conv2dInputGradient } from './conv2d.ts';
import { conv2dTranspose, conv2dTransposeGradient } from './conv2d-transpose.ts';
import { concat, crop, pad, reshape, reshapeLike, transpose } from './layout.ts';
import { lrn, lrnGradient } from './lrn.ts';
import { matMul } from './mat-mul.ts';
import { maxPool, maxPoolGradient } from './max-pool.ts';
import type { OpDefinition } from './op.ts';
import { isEqual, reduceMax } from './reduce-max.ts';
import { reduceMean, reduceMeanGradient, reduceSum, reduceSumGradient } from './reduce.ts';
import { resize, resizeGradient } from './resize.ts';
import { erf, exp, log, sqrt, tanh } from './smooth.ts';
import { upsample } from './upsample.ts';

export const ops: readonly OpDefinition[] = [
  conv2d,
  conv2dInputGradient,
  conv2dTranspose,
  conv2dTransposeGradient,
  matMul,
  maxPool,
  maxPoolGradient,
  averagePool,
  averagePoolGradient,
  lrn,
  lrnGradient,
  relu,
  reluGradient,
  clip,
  clipGradient,
  sigmoid,
  square,
  softmax,
  exp,
  log,
  sqrt,
  tanh,
  erf,
  add,
  sub,
  mul,
  div,
  reduceMean,
  reduceMeanGradient,
  reduceSum,
  reduceSumGradient,
  reduceMax,
  isEqual,
  concat,
  pad,
  crop,
  reshape,
  reshapeLike,
  transpose,
  upsample,
  resize,
  resizeGradient,
];

const byName = new Map(ops.map((op) => [op.name, op]));

export function opNamed(name: string): OpDefinition {
  const op = byName.get(name);
  if (!op)
    throw new Error(`expected one of the ops ${[...byName.keys()].join(', ')}; got '${name}'`);
  return op;
}
