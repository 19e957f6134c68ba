import type { NodeRef } from '../../graph/graph.ts';
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
