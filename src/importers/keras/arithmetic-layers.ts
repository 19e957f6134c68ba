import type { NodeRef } from '../../graph/graph.ts';
import { derived } from '../weights.ts';
import type { StoredConstant } from '../weights.ts';
import type { LayerCall } from './layer-call.ts';

/** Of two or more inputs, from the first to the last. */
export function arithmetic(op: 'add' | 'sub' | 'mul'): (call: LayerCall) => NodeRef {
  return (call) => {
    const [first, ...others] = call.inputs;
    const last = others.pop();
    if (first === undefined || last === undefined)
      throw call.bad('has 1 input, expected 2 or more');
    const sum = others.reduce((left, right) => call.builder.add(op, [left, right]), first);
    return call.builder.add(op, [sum, last], {}, call.output);
  };
}

/** x · scale + offset */
export function rescaling(call: LayerCall): NodeRef {
  const { builder } = call;
  const scaled = builder.add('mul', [call.input, builder.scalar(call.number('scale'))]);
  return builder.add('add', [scaled, builder.scalar(call.number('offset', 0))], {}, call.output);
}

/**
 * gamma · (x − mean) / √(variance + epsilon) + beta, as x · scale + shift with two numbers a
 * channel; gamma is 1 and beta 0 where the layer has none.
 */
export function batchNormalization(call: LayerCall): NodeRef {
  checkAxis(call);
  const channels = [call.channels];
  const mean = call.weight('moving_mean', channels);
  const variance = call.weight('moving_variance', channels);
  const gamma = call.flag('scale', true) ? [call.weight('gamma', channels)] : [];
  const beta = call.flag('center', true) ? [call.weight('beta', channels)] : [];
  const epsilon = call.number('epsilon', 1e-3);

  const scale = derived(channels, [variance, ...gamma], ([variances, gammas]) =>
    variances!.map((value, channel) => (gammas?.[channel] ?? 1) / Math.sqrt(value + epsilon)),
  );
  const shift = derived(channels, [scale, mean, ...beta], ([scales, means, betas]) =>
    means!.map((value, channel) => (betas?.[channel] ?? 0) - value * scales![channel]!),
  );
  return scaleAndShift(call, scale, shift);
}

function scaleAndShift(call: LayerCall, scale: StoredConstant, shift: StoredConstant): NodeRef {
  const scaled = call.builder.add('mul', [call.input, call.constant('scale', scale)]);
  return call.builder.add('add', [scaled, call.constant('shift', shift)], {}, call.output);
}

/** The axis of the channels must be the last; files write it as -1, 3 or [3]. */
function checkAxis(call: LayerCall): void {
  const written = call.config['axis'] ?? -1;
  const axis: unknown = Array.isArray(written) && written.length === 1 ? written[0] : written;
  if (axis !== -1 && axis !== call.rank - 1)
    throw call.unsupported(`axis = ${JSON.stringify(axis)}`);
}
