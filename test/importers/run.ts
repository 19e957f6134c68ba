import { nodeOf, slice } from '../../src/graph/graph.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { opNamed } from '../../src/ops/index.ts';
import type { Tensor, Tensorflow } from '../../src/ops/op.ts';

/** The value of one node, by the ops' tensorflow.js forms. */
export function run(tf: Tensorflow, graph: Graph, output: string, inputs: Record<string, Tensor>) {
  return tf.tidy(() => {
    const part = slice(graph, [output]);
    const values = new Map<string, Tensor>(Object.entries(inputs));
    for (const { name, op, inputs: from, attributes } of part.nodes.values()) {
      if (values.has(name)) continue;
      const constant = part.constants.get(name);
      const value = constant
        ? tf.tensor(constant.read(), [...constant.shape])
        : opNamed(op).tensorflow!(
            tf,
            from.map((ref) => values.get(ref)!),
            attributes,
          );
      values.set(nodeOf(part, name).name, value);
    }
    return values.get(output)!;
  });
}
