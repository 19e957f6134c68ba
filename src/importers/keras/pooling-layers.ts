import type { NodeRef } from '../../graph/graph.ts';
import type { LayerCall } from './layer-call.ts';
import { checkFormat, slidingWindow } from './window.ts';

export function pooling2d(op: 'averagePool' | 'maxPool'): (call: LayerCall) => NodeRef {
  return (call) => {
    const size = call.pair('pool_size', [2, 2]);
    const window = slidingWindow(call, size, call.pair('strides', size));
    return call.builder.add(op, [call.input], { ...window }, call.output);
  };
}

export function globalPooling2d(op: 'reduceMean' | 'reduceMax'): (call: LayerCall) => NodeRef {
  return (call) => {
    checkFormat(call);
    const attributes = { axes: [1, 2], keepDimensions: call.flag('keepdims', false) };
    return call.builder.add(op, [call.input], attributes, call.output);
  };
}
