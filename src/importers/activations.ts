/** Activation functions by the names that Keras gives them. */
import type { Attributes, NodeRef } from '../graph/graph.ts';
import { DreamError } from '../kit/errors.ts';
import type { ShapedBuilder } from './shaped-builder.ts';

/** Keras's name → our op. To add one: a line here. `linear` is none at all. */
const activations = new Map<string, readonly [op: string, attributes?: Attributes]>([
  ['relu', ['relu']],
  ['relu6', ['clip', { low: 0, high: 6 }]],
  ['sigmoid', ['sigmoid']],
  ['softmax', ['softmax']],
]);

/** Adds an activation as a node of its own. @throws DreamError 'unsupported-op' */
export function addActivation(
  builder: ShapedBuilder,
  activation: string,
  x: NodeRef,
  name?: string,
): NodeRef {
  const found = activations.get(activation);
  if (found) return builder.add(found[0], [x], found[1], name);
  throw new DreamError(
    'unsupported-op',
    `${builder.place}: the activation '${activation}' is not supported; ` +
      `supported: linear, ${[...activations.keys()].join(', ')}`,
  );
}
