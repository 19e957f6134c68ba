/** Networks of a few channels with every kind of window that large networks have. */
import { PICTURE } from '../../src/engines/engine.ts';
import { GraphBuilder } from '../../src/graph/builder.ts';
import type { Attributes, Graph, NodeRef } from '../../src/graph/graph.ts';
import type { Padding } from '../../src/graph/window.ts';
import { seededRandom } from '../../src/kit/random.ts';

export interface SmallNetwork {
  readonly title: string;
  readonly graph: Graph;
}

/** Layers `a` (stride 2), `b` (stride 4, a concatenation) and `c` (stride 8). */
export function smallNetwork(padding: Padding, seed = 1): Graph {
  const net = new Net(seed);
  const { builder } = net;
  const x = builder.add('mul', [
    builder.input(PICTURE, [1, null, null, 3]),
    builder.scalar(1 / 64),
  ]);
  const a = net.layer('a', net.convolution(x, 3, 6, [3, 3], { strides: [2, 2], padding }));
  const pooled = builder.add('maxPool', [a], { size: [3, 3], strides: [1, 1], padding: 'same' });
  const inner = builder.add('relu', [net.convolution(pooled, 6, 6, [1, 5], { padding: 'same' })]);
  const branches = [
    builder.add('relu', [net.convolution(inner, 6, 4, [3, 3], { strides: [2, 2], padding })]),
    builder.add('maxPool', [inner], { size: [3, 3], strides: [2, 2], padding }),
    net.convolution(
      builder.add('averagePool', [inner], { size: [3, 3], strides: [1, 1], padding: 'same' }),
      6,
      3,
      [3, 3],
      { strides: [2, 2], padding },
    ),
  ];
  const b = net.layer('b', builder.add('concat', branches, { axis: 3 }));
  const sum = builder.add('add', [b, net.convolution(b, 13, 13, [3, 3], { padding: 'same' })]);
  net.layer('c', net.convolution(sum, 13, 5, [3, 3], { strides: [2, 2], padding }));
  return builder;
}

class Net {
  readonly builder = new GraphBuilder();
  readonly #random;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  layer(name: string, node: NodeRef): NodeRef {
    const active = this.builder.add('relu', [node]);
    this.builder.layers.set(name, active);
    return active;
  }

  convolution(
    x: NodeRef,
    channels: number,
    outputs: number,
    size: readonly [number, number],
    attributes: Attributes,
  ): NodeRef {
    const scale = Math.sqrt(2 / (channels * size[0] * size[1]));
    const filter = this.#values([...size, channels, outputs], scale);
    return this.builder.add('conv2d', [x, filter, this.#values([outputs], 0.1)], {
      size,
      strides: [1, 1],
      dilations: [1, 1],
      groups: 1,
      ...attributes,
    });
  }

  /** Normally distributed, nearly. */
  #values(shape: readonly number[], scale: number): NodeRef {
    const count = shape.reduce((product, size) => product * size, 1);
    const normal = (): number =>
      scale * 2 * (this.#random.uniform() + this.#random.uniform() + this.#random.uniform() - 1.5);
    const values = Float32Array.from({ length: count }, normal);
    return this.builder.constant({ shape, read: () => values });
  }
}
