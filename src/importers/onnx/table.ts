/** Every ONNX op. To add one: a line here, and a function where no present one fits. */
import {
  absolute,
  alike,
  clip,
  exponential,
  gelu,
  hardSigmoid,
  leaky,
  negated,
  prelu,
  reciprocal,
  selu,
  simple,
  softmax,
} from './activation-nodes.ts';
import { gather, slice, split } from './cut-nodes.ts';
import { einsum } from './einsum-nodes.ts';
import {
  binary,
  known,
  larger,
  many,
  mean,
  power,
  smaller,
  sum,
  unary,
} from './elementwise-nodes.ts';
import { concatenate, expand, pad } from './layout-nodes.ts';
import { gemm, matMul } from './linear-nodes.ts';
import type { NodeCall, NodeDefinition } from './node-call.ts';
import {
  batchNormalization,
  instanceNormalization,
  layerNormalization,
} from './normalise-nodes.ts';
import { knownReduction, reduceL2, reduction } from './reduce-nodes.ts';
import { flatten, reshape, squeeze, transpose, unsqueeze } from './reshape-nodes.ts';
import { depthToSpace, resize } from './resize-nodes.ts';
import { scatter } from './scatter-nodes.ts';
import {
  cast,
  constant,
  constantOfShape,
  range,
  shapeOfInput,
  sizeOfInput,
} from './shape-nodes.ts';
import { transposedConvolution } from './transposed-nodes.ts';
import type { Value } from './value.ts';
import { convolution, globalPool, localResponse, pool } from './window-nodes.ts';

const table: Readonly<Record<string, NodeDefinition>> = {
  Conv: convolution,
  ConvTranspose: transposedConvolution,
  MaxPool: pool('maxPool'),
  AveragePool: pool('averagePool'),
  GlobalAveragePool: globalPool('reduceMean'),
  GlobalMaxPool: globalPool('reduceMax'),
  LRN: localResponse,
  Gemm: gemm,
  MatMul: matMul,
  Einsum: einsum,

  BatchNormalization: batchNormalization,
  InstanceNormalization: instanceNormalization,
  LayerNormalization: layerNormalization,

  Relu: simple('relu'),
  Clip: clip,
  Sigmoid: simple('sigmoid'),
  HardSigmoid: hardSigmoid,
  HardSwish: alike('hard_swish'),
  PRelu: prelu,
  LeakyRelu: leaky,
  Elu: exponential,
  Selu: selu,
  Gelu: gelu,
  Swish: alike('silu'),
  Softplus: alike('softplus'),
  Mish: alike('mish'),
  Tanh: simple('tanh'),
  Erf: simple('erf'),
  Softmax: softmax('softmax'),
  LogSoftmax: softmax('logSoftmax'),

  Add: binary('add', (a, b) => a + b),
  Sub: binary('sub', (a, b) => a - b),
  Mul: binary('mul', (a, b) => a * b),
  Div: binary('div', (a, b) => a / b, true),
  Sum: many(sum, (a, b) => a + b),
  Max: many(larger, Math.max),
  Min: many(smaller, Math.min),
  Mean: mean,
  Pow: power,
  Sqrt: unary(simple('sqrt'), Math.sqrt),
  Exp: unary(simple('exp'), Math.exp),
  Log: unary(simple('log'), Math.log),
  Neg: unary(negated, (x) => -x),
  Abs: unary(absolute, Math.abs),
  Reciprocal: unary(reciprocal, (x) => 1 / x),
  Floor: known(Math.floor),
  Ceil: known(Math.ceil),
  Equal: known((a, b) => Number(a === b)),
  Greater: known((a, b) => Number(a > b)),
  Less: known((a, b) => Number(a < b)),
  Mod: known((a, b) => a - b * Math.floor(a / b)),
  GreaterOrEqual: known((a, b) => Number(a >= b)),
  LessOrEqual: known((a, b) => Number(a <= b)),
  And: known((a, b) => Number(a !== 0 && b !== 0)),
  Or: known((a, b) => Number(a !== 0 || b !== 0)),
  Not: known((a) => Number(a === 0)),
  Where: known((condition, a, b) => (condition ? a : b)),

  ReduceMean: reduction('reduceMean', (a, b) => a + b),
  ReduceSum: reduction('reduceSum', (a, b) => a + b),
  ReduceMax: reduction('reduceMax', Math.max),
  ReduceProd: knownReduction((a, b) => a * b),
  ReduceL2: reduceL2,

  Concat: concatenate,
  Split: split,
  Slice: slice,
  Pad: pad,
  Gather: gather,
  Expand: expand,
  ScatterND: scatter,
  Reshape: reshape,
  Flatten: flatten,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Transpose: transpose,
  Resize: resize,
  Upsample: resize,
  DepthToSpace: depthToSpace,

  Shape: shapeOfInput,
  Size: sizeOfInput,
  Constant: constant,
  ConstantOfShape: constantOfShape,
  Range: range,
  Cast: cast,
  Dropout: passedOn,
  Identity: passedOn,
};

export const onnxOps: ReadonlyMap<string, NodeDefinition> = new Map(Object.entries(table));

function passedOn(call: NodeCall): Value {
  return call.value(0);
}
