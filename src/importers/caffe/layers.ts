/** Caffe's layers as ONNX nodes: both count axes and slide windows alike. */
import {
  batchNorm,
  bias,
  eltwise,
  elu,
  power,
  prelu,
  relu,
  scale,
  softmax,
} from './arithmetic-layers.ts';
import type { LayerCall } from './layer-call.ts';
import { concatenate, flatten, reshape, slice, split } from './layout-layers.ts';
import { convolution, innerProduct, localResponse, pooling } from './window-layers.ts';

/** Adds the layer's nodes, the last of which give its tops. */
type Convert = (call: LayerCall) => void;

/** Caffe's name in small letters → the nodes. To add a layer: a line here. */
export const caffeLayers: ReadonlyMap<string, Convert> = new Map<string, Convert>([
  ['convolution', convolution],
  ['innerproduct', innerProduct],
  ['pooling', pooling],
  ['lrn', localResponse],
  ['batchnorm', batchNorm],
  ['scale', scale],
  ['bias', bias],
  ['power', power],
  ['eltwise', eltwise],

  ['relu', relu],
  ['relu6', as('Clip', { min: 0, max: 6 })],
  ['prelu', prelu],
  ['elu', elu],
  ['sigmoid', as('Sigmoid')],
  ['tanh', as('Tanh')],
  ['absval', as('Abs')],
  ['swish', as('Swish')],
  ['softmax', softmax],
  ['argmax', as('ArgMax')],

  ['concat', concatenate],
  ['slice', slice],
  ['split', split],
  ['flatten', flatten],
  ['reshape', reshape],
  ['dropout', as('Dropout')],
]);

function as(op: string, attributes: Readonly<Record<string, number>> = {}): Convert {
  return (call) => {
    call.give(op, attributes);
  };
}
