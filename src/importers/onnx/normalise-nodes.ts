/** Normalisations. */
import { derived } from '../weights.ts';
import type { StoredConstant } from '../weights.ts';
import { arranged } from './arrange.ts';
import { combined } from './combine.ts';
import { scalar } from './elementwise-nodes.ts';
import type { NodeCall } from './node-call.ts';
import { inOrderOf, tensorOf } from './value.ts';
import type { ConstantValue, Tensor, Value } from './value.ts';

/** x · scale · offset · mean · variance, each for every channel: a product and a sum. */
export function batchNormalization(call: NodeCall): Tensor {
  const x = call.tensor(0);
  if (call.number('training_mode', 0) === 1) throw call.unsupported('training_mode = 1');
  const [scale, offset, mean, variance] = [1, 2, 3, 4].map((index) => perChannel(call, x, index));
  const epsilon = call.number('epsilon', 1e-5);
  const { shape } = scale!;
  const factor = derived(shape, [scale!, variance!], ([scales, variances]) =>
    scales!.map((value, channel) => value / Math.sqrt(variances![channel]! + epsilon)),
  );
  const shift = derived(shape, [offset!, mean!, factor], ([offsets, means, factors]) =>
    offsets!.map((value, channel) => value - means![channel]! * factors![channel]!),
  );
  const scaled = combined(call, 'mul', x, made(call, 'factor', factor));
  return combined(call, 'add', scaled, made(call, 'shift', shift), call.output());
}

export function instanceNormalization(call: NodeCall): Tensor {
  const x = arranged(call.builder, call.tensor(0), call.tensor(0).order);
  const centred = standardised(call, x, inOrderOf(x.dims.length).slice(2));
  const scaled = combined(call, 'mul', centred, made(call, 'scale', perChannel(call, x, 1)));
  return combined(call, 'add', scaled, made(call, 'bias', perChannel(call, x, 2)), call.output());
}

/** Over the last axes, from `axis` on. */
export function layerNormalization(call: NodeCall): Tensor {
  const x = call.tensor(0);
  const rank = x.dims.length;
  const first = call.axis(call.number('axis', -1), rank);
  const plain = x.flattened ? arranged(call.builder, x, x.order) : x;
  const centred = standardised(call, plain, inOrderOf(rank).slice(first));
  const scaled = combined(
    call,
    'mul',
    centred,
    call.value(1),
    call.has(2) ? undefined : call.output(),
  );
  return call.has(2) ? combined(call, 'add', scaled, call.value(2), call.output()) : scaled;
}

/** (x − mean) / √(variance + epsilon) over axes of ONNX's. */
function standardised(call: NodeCall, x: Tensor, axes: readonly number[]): Tensor {
  const { builder } = call;
  const stored = axes.map((axis) => x.order.indexOf(axis)).sort((a, b) => a - b);
  const mean = (of: Tensor): Tensor => {
    const attributes = { axes: stored, keepDimensions: true };
    return tensorOf(builder, builder.add('reduceMean', [of.ref], attributes), x.order);
  };
  const centred = combined(call, 'sub', x, mean(x));
  const squares = tensorOf(builder, builder.add('square', [centred.ref]), x.order);
  const variance = combined(call, 'add', mean(squares), scalar(call.number('epsilon', 1e-5)));
  const deviation = tensorOf(builder, builder.add('sqrt', [variance.ref]), x.order);
  return combined(call, 'div', centred, deviation);
}

/** Input `index`, [channels], as [channels, 1, 1] for an x of four axes. */
function perChannel(call: NodeCall, x: Tensor, index: number): StoredConstant {
  const { constant } = call.constant(index);
  const channels = x.dims[1];
  if (channels !== undefined && constant.shape.length === 1 && constant.shape[0] === channels) {
    return { ...constant, shape: [channels, ...x.dims.slice(2).map(() => 1)] };
  }
  const found = `[${constant.shape.join(', ')}]`;
  throw call.bad(`has ${found} numbers in input ${index} for ${channels ?? 'no'} channels`);
}

function made(call: NodeCall, what: string, constant: StoredConstant): Value {
  const value: ConstantValue = { kind: 'constant', name: `${call.node.name}/${what}`, constant };
  return value;
}
