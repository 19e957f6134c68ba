/** Nodes that converters made out of several: a convolution, its bias, its activation. */
import type { NodeRef } from '../../graph/graph.ts';
import { addActivation } from '../activations.ts';
import type { NodeCall } from './node-call.ts';

/** TensorFlow's name of a fused op → the activation. */
const activations = new Map([
  ['Relu', 'relu'],
  ['Relu6', 'relu6'],
  ['Sigmoid', 'sigmoid'],
]);

/** The part that weighs and sums: adds the node `name`, with a bias where there is one. */
export type Linear = (
  call: NodeCall,
  bias: NodeRef | undefined,
  name: string | undefined,
) => NodeRef;

/** The linear part, then the bias (input 2) and the activation that `fused_ops` lists. */
export function fusable(linear: Linear): (call: NodeCall) => NodeRef {
  return (call) => {
    const fused = [...call.texts('fused_ops')];
    const bias = fused[0] === 'BiasAdd' && fused.shift() ? call.tensor(2) : undefined;
    const [op, ...others] = fused;
    if (op === undefined) return linear(call, bias, call.output);
    const activation = activations.get(op);
    if (activation === undefined || others.length > 0) {
      throw call.unsupported(`fused_ops = ${call.texts('fused_ops').join(', ')}`);
    }
    return addActivation(call.builder, activation, linear(call, bias, undefined), call.output);
  };
}
