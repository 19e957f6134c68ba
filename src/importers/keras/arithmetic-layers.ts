import type { NodeRef } from '../../graph/graph.ts';
import { addActivation } from '../activations.ts';
import type { LayerCall, Value } from './layer-call.ts';

/** Of two or more inputs, from the first to the last; some of them may be numbers. */
export function arithmetic(op: 'add' | 'sub' | 'mul' | 'div'): (call: LayerCall) => NodeRef {
  return (call) => {
    const [first, ...others] = call.values.map((value) => nodeOf(call, value));
    const last = others.pop();
    if (first === undefined || last === undefined)
      throw call.bad('has 1 input, expected 2 or more');
    const sum = others.reduce((left, right) => call.builder.add(op, [left, right]), first);
    return call.builder.add(op, [sum, last], {}, call.output);
  };
}

function nodeOf(call: LayerCall, value: Value): NodeRef {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return call.builder.scalar(value);
  if (call.shared.channelsFirst) throw call.unsupported('a list of numbers with channels first');
  const read = (): Float32Array => Float32Array.from(value);
  return call.builder.constant({ shape: [value.length], read });
}

/** A function of TensorFlow that a network calls between its layers. */
export function tensorflowFunction(call: LayerCall): NodeRef {
  const name = call.text('function', '');
  const op = operations.get(name);
  if (op) return arithmetic(op)(call);
  if (!name.startsWith('nn.')) throw call.unsupported(`the function '${name}'`);
  return addActivation(call.builder, name.slice('nn.'.length), call.input, call.output);
}

const operations = new Map<string, 'add' | 'sub' | 'mul' | 'div'>([
  ['math.add', 'add'],
  ['__operators__.add', 'add'],
  ['nn.bias_add', 'add'],
  ['math.subtract', 'sub'],
  ['__operators__.sub', 'sub'],
  ['math.multiply', 'mul'],
  ['__operators__.mul', 'mul'],
  ['math.truediv', 'div'],
  ['math.divide', 'div'],
  ['__operators__.truediv', 'div'],
]);

/** The mean of two or more inputs. */
export function average(call: LayerCall): NodeRef {
  const { builder, inputs } = call;
  if (inputs.length < 2) throw call.bad('has 1 input, expected 2 or more');
  const sum = inputs.reduce((left, right) => builder.add('add', [left, right]));
  return builder.add('mul', [sum, builder.scalar(1 / inputs.length)], {}, call.output);
}

/** x · scale + offset */
export function rescaling(call: LayerCall): NodeRef {
  const { builder } = call;
  const scaled = builder.add('mul', [call.input, builder.scalar(call.number('scale'))]);
  return builder.add('add', [scaled, builder.scalar(call.number('offset', 0))], {}, call.output);
}
