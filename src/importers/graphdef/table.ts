/** Every TensorFlow op. To add one: a line here, and a function where no present one fits. */
import type { NodeRef } from '../../graph/graph.ts';
import {
  activation,
  biased,
  binary,
  complementaryError,
  exponentialLinear,
  leaky,
  maximum,
  minimum,
  negated,
  power,
  reciprocalRoot,
  softplus,
  squaredDifference,
  unary,
} from './arithmetic-nodes.ts';
import { fusable } from './fused.ts';
import {
  concatenate,
  concatenateAxisFirst,
  expanded,
  padded,
  reduction,
  reshaped,
  resized,
  sliced,
  squeezed,
  transposed,
} from './layout-nodes.ts';
import {
  convolution,
  depthwiseConvolution,
  product,
  transposedConvolution,
} from './linear-nodes.ts';
import type { NodeCall, NodeDefinition } from './node-call.ts';
import { part } from './parts.ts';
import { einsum, stackedProduct } from './product-nodes.ts';
import {
  fusedNormalisation,
  globalNormalisation,
  responseNormalisation,
} from './normalisation-nodes.ts';

const table: Readonly<Record<string, NodeDefinition>> = {
  Conv2D: { build: fusable(convolution) },
  _FusedConv2D: { build: fusable(convolution) },
  DepthwiseConv2dNative: { build: fusable(depthwiseConvolution) },
  FusedDepthwiseConv2dNative: { build: fusable(depthwiseConvolution) },
  Conv2DBackpropInput: { build: transposedConvolution, settings: [0] },
  MatMul: { build: fusable(product) },
  _FusedMatMul: { build: fusable(product) },
  BatchMatMul: { build: stackedProduct },
  BatchMatMulV2: { build: stackedProduct },
  BatchMatMulV3: { build: stackedProduct },
  Einsum: { build: einsum },

  BiasAdd: { build: biased },
  Add: { build: binary('add') },
  AddV2: { build: binary('add') },
  Sub: { build: binary('sub') },
  Mul: { build: binary('mul') },
  RealDiv: { build: binary('div') },
  Div: { build: binary('div') },
  Neg: { build: negated },
  Square: { build: unary('square') },
  Exp: { build: unary('exp') },
  Log: { build: unary('log') },
  Sqrt: { build: unary('sqrt') },
  Rsqrt: { build: reciprocalRoot },
  Pow: { build: power, settings: [1] },
  Erf: { build: unary('erf') },
  Erfc: { build: complementaryError },
  SquaredDifference: { build: squaredDifference },
  Maximum: { build: maximum, settings: [0, 1] },
  Minimum: { build: minimum, settings: [0, 1] },

  FusedBatchNorm: { build: fusedNormalisation },
  FusedBatchNormV2: { build: fusedNormalisation },
  FusedBatchNormV3: { build: fusedNormalisation },
  BatchNormWithGlobalNormalization: { build: globalNormalisation },
  LRN: { build: responseNormalisation },

  Relu: { build: activation('relu') },
  Relu6: { build: activation('relu6') },
  Sigmoid: { build: activation('sigmoid') },
  Softmax: { build: activation('softmax') },
  Tanh: { build: activation('tanh') },
  Elu: { build: exponentialLinear },
  LeakyRelu: { build: leaky },
  Softplus: { build: softplus },

  AvgPool: { build: pool('averagePool') },
  MaxPool: { build: pool('maxPool') },
  Mean: { build: reduction('reduceMean'), settings: [1] },
  Max: { build: reduction('reduceMax'), settings: [1] },
  Sum: { build: reduction('reduceSum'), settings: [1] },

  Concat: { build: concatenateAxisFirst, settings: [0] },
  ConcatV2: { build: concatenate, settings: [-1] },
  Pad: { build: padded, settings: [1] },
  PadV2: { build: padded, settings: [1, 2] },
  Split: { build: part, settings: [0] },
  Reshape: { build: reshaped, settings: [1] },
  ResizeBilinear: { build: resized('linear'), settings: [1] },
  ResizeNearestNeighbor: { build: resized('nearest'), settings: [1] },
  Squeeze: { build: squeezed },
  ExpandDims: { build: expanded, settings: [1] },
  Transpose: { build: transposed, settings: [1] },
  StridedSlice: { build: sliced, settings: [1, 2, 3] },
};

export const tensorflowOps: ReadonlyMap<string, NodeDefinition> = new Map(Object.entries(table));

/** Ops that hand on their first input. */
export const passThrough: ReadonlySet<string> = new Set([
  'Identity',
  'PlaceholderWithDefault',
  'StopGradient',
  'CheckNumerics',
  'Cast',
  'Snapshot',
  'FakeQuantWithMinMaxArgs',
  'FakeQuantWithMinMaxVars',
  'FakeQuantWithMinMaxVarsPerChannel',
]);

function pool(op: 'averagePool' | 'maxPool'): (call: NodeCall) => NodeRef {
  return (call) => {
    const [size, strides] = [call.pair('ksize'), call.pair('strides')];
    const window = { size, strides, padding: call.padding() };
    return call.builder.add(op, [call.tensor(0)], window, call.output);
  };
}
