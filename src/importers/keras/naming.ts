/**
 * Which tensor a layer's name stands for. A linear layer (a convolution, a dense layer) stands
 * for what comes out of the normalisation and the one activation that directly and solely follow
 * it: that is what people mean by `conv2d_30`. Every other layer stands for its own output.
 */
import type { NodeRef } from '../../graph/graph.ts';
import type { ShapedBuilder } from '../shaped-builder.ts';
import { roleOf } from './layers.ts';
import type { BuiltCall } from './model.ts';

export function nameLayers(
  builder: ShapedBuilder,
  calls: readonly BuiltCall[],
  outputs: readonly NodeRef[],
): void {
  const readers = new Map<NodeRef, BuiltCall[]>();
  for (const call of calls) {
    // A layer without nodes of its own (Dropout, a nested model) reads nothing.
    if (call.inputs.includes(call.output) || roleOf(call.className) === 'model') continue;
    for (const input of call.inputs) readers.set(input, [...(readers.get(input) ?? []), call]);
  }
  for (const call of calls) {
    const name = builder.layers.has(call.layer) ? call.output : call.layer;
    const settles = roleOf(call.className) === 'linear' && call.linear;
    builder.layers.set(name, settles ? settled(call.output, readers, outputs) : call.output);
  }
}

function settled(
  start: NodeRef,
  readers: ReadonlyMap<NodeRef, readonly BuiltCall[]>,
  outputs: readonly NodeRef[],
): NodeRef {
  let ref = start;
  for (;;) {
    const [reader, ...others] = readers.get(ref) ?? [];
    if (!reader || others.length > 0 || outputs.includes(ref)) return ref;
    const role = roleOf(reader.className);
    if (role === 'activation') return reader.output;
    if (role !== 'normalisation') return ref;
    ref = reader.output;
  }
}
