/** Activation functions by the names that Keras gives them. */
import type { NodeRef } from '../graph/graph.ts';
import { DreamError } from '../kit/errors.ts';
import type { ShapedBuilder } from './shaped-builder.ts';

type AddActivation = (builder: ShapedBuilder, x: NodeRef, name?: string) => NodeRef;

/** To add one: a line here. `linear` is none at all. */
const activations: Readonly<Record<string, AddActivation>> = {
  relu: (builder, x, name) => builder.add('relu', [x], {}, name),
  relu6: (builder, x, name) => builder.add('clip', [x], { low: 0, high: 6 }, name),
  sigmoid: (builder, x, name) => builder.add('sigmoid', [x], {}, name),
  softmax: (builder, x, name) => builder.add('softmax', [x], {}, name),
};

/** Adds an activation as a node of its own. @throws DreamError 'unsupported-op' */
export function addActivation(
  builder: ShapedBuilder,
  activation: string,
  x: NodeRef,
  name?: string,
): NodeRef {
  const add = activations[activation];
  if (!add) {
    throw new DreamError(
      'unsupported-op',
      `${builder.place}: the activation '${activation}' is not supported; ` +
        `supported: linear, ${Object.keys(activations).join(', ')}`,
    );
  }
  return add(builder, x, name);
}
