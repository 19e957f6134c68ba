import { PICTURE } from '../engines/engine.ts';
import { GraphBuilder } from '../graph/builder.ts';
import type { Graph, NodeRef } from '../graph/graph.ts';
import { INPUT } from '../importers/imported.ts';
import { DreamError } from '../kit/errors.ts';
import { shapeAttribute } from '../ops/attributes.ts';

/** The network with a picture of 0..255 as its input, which it brings to [low, high] itself. */
export function withPicture(graph: Graph, [low, high]: readonly [number, number]): Graph {
  const channels = shapeAttribute(graph.nodes.get(INPUT)!.attributes)[3]!;
  if (channels !== 3) {
    throw new DreamError(
      'bad-model',
      `the network takes pictures of ${channels} channels; expected 3`,
    );
  }
  const builder = new GraphBuilder();
  builder.input(PICTURE, [1, null, null, 3]);
  // Names of their own: the network's nodes join under the names that they have already.
  const scalar = (name: string, value: number): NodeRef =>
    builder.constant({ shape: [], read: () => Float32Array.of(value) }, `${PICTURE}~${name}`);
  const scale = scalar('scale', (high - low) / 255);
  const scaled = builder.add('mul', [PICTURE, scale], {}, `${PICTURE}~scaled`);
  // It takes the name of the network's own input, so that whatever reads that one reads this.
  builder.add('add', [scaled, scalar('offset', low)], {}, INPUT);
  for (const [name, node] of graph.nodes) if (name !== INPUT) builder.nodes.set(name, node);
  for (const [name, constant] of graph.constants) builder.constants.set(name, constant);
  for (const [layer, node] of graph.layers) builder.layers.set(layer, node);
  return builder;
}
