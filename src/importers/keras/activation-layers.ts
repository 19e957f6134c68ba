import type { NodeRef } from '../../graph/graph.ts';
import { addActivation, elu, leakyRelu } from '../activations.ts';
import type { LayerCall } from './layer-call.ts';

/** The largest float. */
const MOST = 3.4028234663852886e38;

export function activation(call: LayerCall): NodeRef {
  const name = call.activation;
  return name === 'linear'
    ? call.input
    : addActivation(call.builder, name, call.input, call.output);
}

/** max_value null: no limit. */
export function reluLayer(call: LayerCall): NodeRef {
  const { builder, input, output } = call;
  const threshold = call.number('threshold', 0);
  if (threshold !== 0) throw call.unsupported(`threshold = ${threshold}`);
  const slope = call.number('negative_slope', 0);
  const limited = (call.config['max_value'] ?? null) !== null;
  if (slope !== 0) {
    const high = limited ? call.number('max_value') : MOST;
    const x = limited ? builder.add('clip', [input], { low: -MOST, high }) : input;
    return leakyRelu(builder, x, builder.scalar(slope), output);
  }
  if (!limited) return builder.add('relu', [input], {}, output);
  return builder.add('clip', [input], { low: 0, high: call.number('max_value') }, output);
}

/** The slope is called alpha before Keras 3. */
export function leakyReluLayer(call: LayerCall): NodeRef {
  const slope = call.number('negative_slope', call.number('alpha', 0.3));
  return leakyRelu(call.builder, call.input, call.builder.scalar(slope), call.output);
}

/** alpha: a slope for each cell, or for those along the axes that share one (of size 1). */
export function preluLayer(call: LayerCall): NodeRef {
  const { builder, input, rank, shared } = call;
  const channelsFirst = shared.channelsFirst && rank === 4;
  const shape = channelsFirst
    ? [call.channels, 1, 1]
    : [...Array.from({ length: rank - 2 }, () => null), call.channels];
  const alpha = call.weight('alpha', shape);
  const slopes = channelsFirst ? { ...alpha, shape: [1, 1, call.channels] } : alpha;
  return leakyRelu(builder, input, call.constant('alpha', slopes), call.output);
}

export function eluLayer(call: LayerCall): NodeRef {
  return elu(call.builder, call.input, call.number('alpha', 1), call.output);
}

/** Over one axis, by default the last. */
export function softmaxLayer(call: LayerCall): NodeRef {
  const { builder, rank } = call;
  const written = [call.config['axis'] ?? -1].flat() as unknown[];
  const axis =
    written.length === 1 && Number.isInteger(written[0]) ? call.axis(written[0] as number) : NaN;
  if (axis === rank - 1) return builder.add('softmax', [call.input], {}, call.output);
  if (!(axis > 0 && axis < rank)) throw call.unsupported(`axis = ${JSON.stringify(written)}`);
  const order = Array.from({ length: rank }, (_, index) => index);
  [order[axis], order[rank - 1]] = [rank - 1, axis];
  const turned = builder.add('transpose', [call.input], { order });
  const shares = builder.add('softmax', [turned]);
  return builder.add('transpose', [shares], { order }, call.output);
}
