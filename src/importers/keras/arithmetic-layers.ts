import type { NodeRef } from '../../graph/graph.ts';
import type { LayerCall, Value } from './layer-call.ts';

export type Combination = 'add' | 'sub' | 'mul' | 'div' | 'max' | 'min';

/** Of two or more inputs, from the first to the last. */
export function arithmetic(op: Combination): (call: LayerCall) => NodeRef {
  return (call) => combined(call, op, call.values);
}

/** The values one after another; some of them may be numbers. */
export function combined(call: LayerCall, op: Combination, values: readonly Value[]): NodeRef {
  const [first, ...others] = values.map((value) => nodeOf(call, value));
  const last = others.pop();
  if (first === undefined || last === undefined) throw call.bad('has 1 input, expected 2 or more');
  const sum = others.reduce((left, right) => joined(call, op, [left, right]), first);
  return joined(call, op, [sum, last], call.output);
}

function joined(
  { builder }: LayerCall,
  op: Combination,
  [a, b]: readonly [NodeRef, NodeRef],
  name?: string,
): NodeRef {
  if (op !== 'max' && op !== 'min') return builder.add(op, [a, b], {}, name);
  // max(a, b) = b + max(a − b, 0), and min(a, b) = a − max(a − b, 0)
  const above = builder.add('relu', [builder.add('sub', [a, b])]);
  return op === 'max'
    ? builder.add('add', [above, b], {}, name)
    : builder.add('sub', [a, above], {}, name);
}

function nodeOf(call: LayerCall, value: Value): NodeRef {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return call.builder.scalar(value);
  if ('part' in value) throw call.unsupported('a part of a tensor');
  if (call.shared.channelsFirst) throw call.unsupported('a list of numbers with channels first');
  const { numbers, shape } = 'numbers' in value ? value : { numbers: value, shape: [value.length] };
  const read = (): Float32Array => Float32Array.from(numbers);
  return call.builder.constant({ shape, read });
}

/** The mean of two or more inputs. */
export function average(call: LayerCall): NodeRef {
  const { builder, inputs } = call;
  if (inputs.length < 2) throw call.bad('has 1 input, expected 2 or more');
  const sum = inputs.reduce((left, right) => builder.add('add', [left, right]));
  return builder.add('mul', [sum, builder.scalar(1 / inputs.length)], {}, call.output);
}

/** x · scale + offset, each one number or one for every channel. */
export function rescaling(call: LayerCall): NodeRef {
  const { builder } = call;
  const scaled = builder.add('mul', [call.input, settingOf(call, 'scale')]);
  return builder.add('add', [scaled, settingOf(call, 'offset', 0)], {}, call.output);
}

function settingOf(call: LayerCall, option: string, otherwise?: number): NodeRef {
  const value = call.config[option];
  if (!Array.isArray(value)) return nodeOf(call, call.number(option, otherwise));
  if (value.length === call.channels && value.every((number) => typeof number === 'number')) {
    return nodeOf(call, value);
  }
  throw call.bad(`has ${option} = ${JSON.stringify(value)}, expected a number for each channel`);
}

/** x · gamma, a number for each channel (ConvNeXt). */
export function layerScale(call: LayerCall): NodeRef {
  const gamma = call.constant('gamma', call.weight('gamma', [call.channels]));
  return call.builder.add('mul', [call.input, gamma], {}, call.output);
}

/** x + scale · y (Inception-ResNet). */
export function residualScale(call: LayerCall): NodeRef {
  const { builder, inputs } = call;
  const [x, y, ...others] = inputs;
  if (x === undefined || y === undefined || others.length > 0) {
    throw call.bad(`has ${inputs.length} inputs, expected 2`);
  }
  const scaled = builder.add('mul', [y, builder.scalar(call.number('scale'))]);
  return builder.add('add', [x, scaled], {}, call.output);
}
