/** Activation functions. */
import type { Attributes, NodeRef } from '../../graph/graph.ts';
import { addActivation, elu, leakyRelu } from '../activations.ts';
import { arranged } from './arrange.ts';
import { combined, kept } from './combine.ts';
import { scalar } from './elementwise-nodes.ts';
import type { NodeCall } from './node-call.ts';
import type { NominalBuilder } from './nominal-builder.ts';
import { reshaped } from './reshape.ts';
import { cellsOf, inOrderOf, tensorOf } from './value.ts';
import type { Tensor } from './value.ts';

/** One op of the graph, element by element: any layout will do. */
export function simple(op: string, attributes: Attributes = {}): (call: NodeCall) => Tensor {
  return (call) => onEach(call, op, call.tensor(0), attributes, call.output());
}

/** min and max are attributes before opset 11; either may be missing. */
export function clip(call: NodeCall): Tensor {
  const low = call.either('min', 1) ?? -MOST;
  const high = call.either('max', 2) ?? MOST;
  const bounds = { low: Math.max(low, -MOST), high: Math.min(high, MOST) };
  return onEach(call, 'clip', call.tensor(0), bounds, call.output());
}

/** The largest float. */
const MOST = 3.4028234663852886e38;

/** max(0, min(1, alpha · x + beta)) */
export function hardSigmoid(call: NodeCall): Tensor {
  const scaled = combined(call, 'mul', call.tensor(0), scalar(call.number('alpha', 0.2)));
  const shifted = combined(call, 'add', scaled, scalar(call.number('beta', 0.5)));
  return onEach(call, 'clip', shifted, { low: 0, high: 1 }, call.output());
}

/** x where it is positive, else slope · x; as max(x, 0) − slope · max(−x, 0). */
export function prelu(call: NodeCall): Tensor {
  const x = call.tensor(0);
  const slopes = call.constant(1);
  const { shape } = slopes.constant;
  // [channels] means the channels' axis in files of some writers, though ONNX says the last.
  const perChannel =
    shape.length === 1 && x.dims.length === 4 && shape[0] === x.dims[1] && shape[0] !== x.dims[3];
  const constant = perChannel ? { ...slopes.constant, shape: [shape[0]!, 1, 1] } : slopes.constant;
  const positive = onEach(call, 'relu', x, {});
  const negative = onEach(call, 'relu', combined(call, 'mul', x, scalar(-1)), {});
  const below = combined(call, 'mul', negative, { ...slopes, constant });
  return combined(call, 'sub', positive, below, call.output());
}

/** An activation that Keras has too, by Keras's name for it. */
export function alike(activation: string): (call: NodeCall) => Tensor {
  return composed((builder, x, name) => addActivation(builder, activation, x, name));
}

export function gelu(call: NodeCall): Tensor {
  const approximate = call.text('approximate', 'none');
  return alike(approximate === 'tanh' ? 'gelu by tanh' : 'gelu')(call);
}

export const leaky = composed((builder, x, name, call) =>
  leakyRelu(builder, x, builder.scalar(call.number('alpha', 0.01)), name),
);

export const exponential = composed((builder, x, name, call) =>
  elu(builder, x, call.number('alpha', 1), name),
);

/** gamma · elu(x) */
export const selu = composed((builder, x, name, call) => {
  const scale = builder.scalar(call.number('gamma', 1.0507009873554805));
  const inner = elu(builder, x, call.number('alpha', 1.6732632423543772), undefined);
  return builder.add('mul', [inner, scale], {}, name);
});

/** As max(x, 0) + max(−x, 0). */
export const absolute = composed((builder, x, name) => {
  const positive = builder.add('relu', [x]);
  return builder.add('sub', [builder.add('add', [positive, positive]), x], {}, name);
});

export const reciprocal = composed((builder, x, name) =>
  builder.add('div', [builder.scalar(1), x], {}, name),
);

export const negated = composed((builder, x, name) =>
  builder.add('mul', [x, builder.scalar(-1)], {}, name),
);

type Compose = (
  builder: NominalBuilder,
  x: NodeRef,
  name: string | undefined,
  call: NodeCall,
) => NodeRef;

/** A function of each element made from several ops. */
function composed(compose: Compose): (call: NodeCall) => Tensor {
  return (call) => {
    const x = call.tensor(0);
    const ref = compose(call.builder, x.ref, call.output(), call);
    return { ...tensorOf(call.builder, ref, x.order), ...kept(x) };
  };
}

/** Before opset 13 all axes from `axis` on are one. */
export function softmax(op: 'softmax' | 'logSoftmax'): (call: NodeCall) => Tensor {
  return (call) => {
    const { builder } = call;
    const x = call.tensor(0);
    const { dims } = x;
    const axis = call.axis(call.number('axis', call.opset < 13 ? 1 : -1), dims.length);
    const along = inOrderOf(dims.length).slice(axis);
    const wide = call.opset < 13 ? along.filter((each) => dims[each] !== 1) : [axis];
    if (wide.length > 1) {
      const matrix = [cellsOf(dims.slice(0, axis)), cellsOf(dims.slice(axis))];
      const flat = reshaped(builder, x, matrix);
      return reshaped(builder, overLast(call, op, flat, 1), dims, call.output());
    }
    return overLast(call, op, x, wide[0] ?? axis, call.output());
  };
}

/** The op over one axis, which must lie last; cells that were flattened may lie in any order. */
function overLast(call: NodeCall, op: string, x: Tensor, axis: number, name?: string): Tensor {
  const isLast = x.order.at(-1) === axis;
  const others = x.order.filter((each) => each !== axis);
  const ready = isLast ? x : arranged(call.builder, x, [...others, axis]);
  if (op === 'softmax') return onEach(call, op, ready, {}, name);
  return onEach(call, 'log', onEach(call, 'softmax', ready, {}), {}, name);
}

function onEach(
  { builder }: NodeCall,
  op: string,
  x: Tensor,
  attributes: Attributes,
  name?: NodeRef,
): Tensor {
  return { ...tensorOf(builder, builder.add(op, [x.ref], attributes, name), x.order), ...kept(x) };
}
