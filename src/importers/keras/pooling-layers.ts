import type { NodeRef } from '../../graph/graph.ts';
import type { LayerCall } from './layer-call.ts';
import { refuseChannelsFirst, slidingWindow } from './window.ts';

export function pooling2d(op: 'averagePool' | 'maxPool'): (call: LayerCall) => NodeRef {
  return (call) => {
    const size = call.pair('pool_size', [2, 2]);
    const window = slidingWindow(call, size, call.pair('strides', size));
    return call.builder.add(op, [call.input], { ...window }, call.output);
  };
}

export function globalAveragePooling2d(call: LayerCall): NodeRef {
  refuseChannelsFirst(call);
  const keepDimensions = call.flag('keepdims', false);
  return call.builder.add(
    'reduceMean',
    [call.input],
    { axes: [1, 2], keepDimensions },
    call.output,
  );
}
