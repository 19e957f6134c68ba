/** Layers that bring values to a mean and a spread. */
import type { NodeRef } from '../../graph/graph.ts';
import { derived } from '../weights.ts';
import type { StoredConstant } from '../weights.ts';
import type { LayerCall } from './layer-call.ts';
import { ofLengthOne } from './product-layers.ts';

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
  if (typeof axis !== 'number' || call.axis(axis) !== call.rank - 1)
    throw call.unsupported(`axis = ${JSON.stringify(axis)}`);
}

/** As batch normalisation, over the channels of each cell alone. */
export function layerNormalization(call: LayerCall): NodeRef {
  checkAxis(call);
  if (call.flag('rms_scaling', false)) throw call.unsupported('rms_scaling');
  const { builder, input } = call;
  const over = { axes: [call.rank - 1], keepDimensions: true };
  const centred = builder.add('sub', [input, builder.add('reduceMean', [input], over)]);
  const variance = builder.add('reduceMean', [builder.add('square', [centred])], over);
  const epsilon = builder.scalar(call.number('epsilon', 1e-3));
  const spread = builder.add('sqrt', [builder.add('add', [variance, epsilon])]);
  return gammaAndBeta(call, builder.add('div', [centred, spread]));
}

/** scale · x / √(mean of x² + epsilon), over the channels of each cell. */
export function rootMeanSquareNormalization(call: LayerCall): NodeRef {
  checkAxis(call);
  const { builder, input } = call;
  const over = { axes: [call.rank - 1], keepDimensions: true };
  const square = builder.add('reduceMean', [builder.add('square', [input])], over);
  const epsilon = builder.scalar(call.number('epsilon', 1e-6));
  const spread = builder.add('sqrt', [builder.add('add', [square, epsilon])]);
  const scale = call.constant('scale', call.weight('scale', [call.channels]));
  return builder.add('mul', [builder.add('div', [input, spread]), scale], {}, call.output);
}

/** Of length 1 over the channels of each cell. */
export function unitNormalization(call: LayerCall): NodeRef {
  checkAxis(call);
  return ofLengthOne(call, call.input, call.rank - 1, call.output);
}

/**
 * Over groups of channels, rows and columns. A group's mean is that of its channels' means: a
 * convolution of 1×1 by 1 / channels within each group.
 */
export function groupNormalization(call: LayerCall): NodeRef {
  checkAxis(call);
  const { builder, input, channels } = call;
  const written = call.number('groups', 32);
  const groups = written === -1 ? channels : written;
  const each = channels / groups;
  if (!Number.isInteger(each) || groups < 1 || call.rank !== 4) {
    throw call.bad(`has groups = ${written} for an input of ${channels} channels`);
  }
  const filter = builder.constant({
    shape: [1, 1, each, channels],
    read: () => new Float32Array(each * channels).fill(1 / each),
  });
  const window = { size: [1, 1], strides: [1, 1], dilations: [1, 1], padding: 'valid', groups };
  const mean = (x: NodeRef): NodeRef => {
    const over = builder.add('reduceMean', [x], { axes: [1, 2], keepDimensions: true });
    return builder.add('conv2d', [over, filter], window);
  };
  const centred = builder.add('sub', [input, mean(input)]);
  const variance = mean(builder.add('square', [centred]));
  const epsilon = builder.scalar(call.number('epsilon', 1e-3));
  const spread = builder.add('sqrt', [builder.add('add', [variance, epsilon])]);
  return gammaAndBeta(call, builder.add('div', [centred, spread]));
}

/** even · gamma + beta, each where the layer has it; the last node is the layer's output. */
function gammaAndBeta(call: LayerCall, even: NodeRef): NodeRef {
  const { builder } = call;
  const channels = [call.channels];
  const weight = (name: string, option: string, otherwise: number): NodeRef => {
    const has = call.flag(option, true);
    return call.constant(
      name,
      has ? call.weight(name, channels) : constantOf(channels, () => otherwise),
    );
  };
  const scaled = builder.add('mul', [even, weight('gamma', 'scale', 1)]);
  return builder.add('add', [scaled, weight('beta', 'center', 0)], {}, call.output);
}

/** (x − mean) / √variance, the numbers adapted (weights) or given (options). */
export function normalization(call: LayerCall): NodeRef {
  checkAxis(call);
  if (call.flag('invert', false)) throw call.unsupported('invert');
  const channels = [call.channels];
  const of = (name: 'mean' | 'variance'): StoredConstant => {
    const given = call.config[name] ?? null;
    if (given === null) return call.weight(name, channels);
    const values = [given].flat(Infinity) as unknown[];
    const fits = values.length === 1 || values.length === channels[0];
    if (fits && values.every((value) => typeof value === 'number')) {
      return constantOf(channels, (channel) => values[channel % values.length] as number);
    }
    throw call.bad(`has ${name} = ${JSON.stringify(given)}, expected a number for each channel`);
  };
  const scale = derived(channels, [of('variance')], ([variances]) =>
    variances!.map((variance) => 1 / Math.max(Math.sqrt(variance), 1e-7)),
  );
  const shift = derived(channels, [scale, of('mean')], ([scales, means]) =>
    means!.map((mean, channel) => -mean * scales![channel]!),
  );
  return scaleAndShift(call, scale, shift);
}

function constantOf(shape: readonly number[], value: (index: number) => number): StoredConstant {
  const read = (): Float32Array => Float32Array.from({ length: shape[0]! }, (_, at) => value(at));
  return { shape, weights: [], read };
}
