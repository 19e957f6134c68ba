/** Normalisations, which come with their means and variances from the training. */
import type { NodeRef } from '../../graph/graph.ts';
import { derived } from '../weights.ts';
import type { StoredConstant } from '../weights.ts';
import type { NodeCall } from './node-call.ts';

/** What a normalisation is made from, each with one number a channel. */
interface Parts {
  readonly mean: StoredConstant;
  readonly variance: StoredConstant;
  readonly gamma: StoredConstant | null;
  readonly beta: StoredConstant;
  readonly epsilon: number;
}

/** inputs: x · scale · offset · mean · variance */
export function fusedNormalisation(call: NodeCall): NodeRef {
  call.refuseChannelsFirst();
  if (call.flag('is_training', true)) {
    throw call.unsupported('a normalisation over the pictures of a batch (is_training = true)');
  }
  const [gamma, beta, mean, variance] = constants(call, [1, 2, 3, 4]);
  const epsilon = call.number('epsilon', 1e-4);
  return normalised(call, {
    gamma: gamma!,
    beta: beta!,
    mean: mean!,
    variance: variance!,
    epsilon,
  });
}

/** inputs: x · mean · variance · beta · gamma, which counts only where an attribute says so */
export function globalNormalisation(call: NodeCall): NodeRef {
  const [mean, variance, beta, gamma] = constants(call, [1, 2, 3, 4]);
  return normalised(call, {
    gamma: call.flag('scale_after_normalization') ? gamma! : null,
    beta: beta!,
    mean: mean!,
    variance: variance!,
    epsilon: call.number('variance_epsilon', 1e-3),
  });
}

/** Over neighbouring channels. */
export function responseNormalisation(call: NodeCall): NodeRef {
  const attributes = {
    size: 2 * call.number('depth_radius', 5) + 1,
    bias: call.number('bias', 1),
    alpha: call.number('alpha', 1),
    beta: call.number('beta', 0.5),
  };
  return call.builder.add('lrn', [call.tensor(0)], attributes, call.output);
}

function constants(call: NodeCall, indices: readonly number[]): StoredConstant[] {
  const channels = call.shapeOf(0).at(-1);
  return indices.map((index) => {
    const { constant } = call.constant(index);
    const { shape } = constant;
    if (shape.length === 1 && shape[0] === channels) return constant;
    throw call.bad(`has [${shape.join(', ')}] as input ${index}, expected [${String(channels)}]`);
  });
}

/** gamma · (x − mean) / √(variance + epsilon) + beta, as x · scale + shift. */
function normalised(call: NodeCall, { mean, variance, gamma, beta, epsilon }: Parts): NodeRef {
  const { shape } = mean;
  const scale = derived(shape, gamma ? [variance, gamma] : [variance], ([variances, gammas]) =>
    variances!.map((value, channel) => (gammas?.[channel] ?? 1) / Math.sqrt(value + epsilon)),
  );
  const shift = derived(shape, [scale, mean, beta], ([scales, means, betas]) =>
    means!.map((value, channel) => betas![channel]! - value * scales![channel]!),
  );
  const scaled = call.builder.add('mul', [call.tensor(0), call.derived(scale, 'scale')]);
  return call.builder.add('add', [scaled, call.derived(shift, 'shift')], {}, call.output);
}
