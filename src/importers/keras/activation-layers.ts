import type { NodeRef } from '../../graph/graph.ts';
import { addActivation } from '../activations.ts';
import type { LayerCall } from './layer-call.ts';

export function activation(call: LayerCall): NodeRef {
  const name = call.text('activation', 'linear');
  return name === 'linear'
    ? call.input
    : addActivation(call.builder, name, call.input, call.output);
}

/** max_value null: no limit. */
export function reluLayer(call: LayerCall): NodeRef {
  for (const option of ['negative_slope', 'threshold']) {
    if (call.number(option, 0) !== 0) throw call.unsupported(`${option} = ${call.number(option)}`);
  }
  if ((call.config['max_value'] ?? null) === null) {
    return call.builder.add('relu', [call.input], {}, call.output);
  }
  const limits = { low: 0, high: call.number('max_value') };
  return call.builder.add('clip', [call.input], limits, call.output);
}

export function softmaxLayer(call: LayerCall): NodeRef {
  const axis = call.number('axis', -1);
  if (axis !== -1 && axis !== call.rank - 1) throw call.unsupported(`axis = ${axis}`);
  return call.builder.add('softmax', [call.input], {}, call.output);
}
