/** Every TensorFlow op. To add one: a line here, and a function where no present one fits. */
import type { NodeRef } from '../../graph/graph.ts';
import { addActivation } from '../activations.ts';
import { fusable } from './fused.ts';
import { concatenate, mean, padded, reshaped, squeezed } from './layout-nodes.ts';
import { convolution, depthwiseConvolution, product } from './linear-nodes.ts';
import type { NodeCall, NodeDefinition } from './node-call.ts';

const table: Readonly<Record<string, NodeDefinition>> = {
  Conv2D: { build: fusable(convolution) },
  _FusedConv2D: { build: fusable(convolution) },
  DepthwiseConv2dNative: { build: fusable(depthwiseConvolution) },
  FusedDepthwiseConv2dNative: { build: fusable(depthwiseConvolution) },
  MatMul: { build: fusable(product) },
  _FusedMatMul: { build: fusable(product) },

  BiasAdd: { build: binary('add') },
  Add: { build: binary('add') },
  AddV2: { build: binary('add') },
  Sub: { build: binary('sub') },
  Mul: { build: binary('mul') },
  RealDiv: { build: binary('div') },

  Relu: { build: activation('relu') },
  Relu6: { build: activation('relu6') },
  Sigmoid: { build: activation('sigmoid') },
  Softmax: { build: activation('softmax') },

  AvgPool: { build: pool('averagePool') },
  MaxPool: { build: pool('maxPool') },
  Mean: { build: mean, settings: [1] },

  ConcatV2: { build: concatenate, settings: [-1] },
  Pad: { build: padded, settings: [1] },
  Reshape: { build: reshaped, settings: [1] },
  Squeeze: { build: squeezed },
};

export const tensorflowOps: ReadonlyMap<string, NodeDefinition> = new Map(Object.entries(table));

/** Ops that hand on their first input. */
export const passThrough: ReadonlySet<string> = new Set([
  'Identity',
  'PlaceholderWithDefault',
  'StopGradient',
  'CheckNumerics',
]);

function binary(op: string): (call: NodeCall) => NodeRef {
  return (call) => call.builder.add(op, [call.tensor(0), call.tensor(1)], {}, call.output);
}

function activation(name: string): (call: NodeCall) => NodeRef {
  return (call) => addActivation(call.builder, name, call.tensor(0), call.output);
}

function pool(op: 'averagePool' | 'maxPool'): (call: NodeCall) => NodeRef {
  return (call) => {
    const [size, strides] = [call.pair('ksize'), call.pair('strides')];
    const window = { size, strides, padding: call.padding() };
    return call.builder.add(op, [call.tensor(0)], window, call.output);
  };
}
