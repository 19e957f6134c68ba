/** A classifier of a few numbers, complete: what a model of a person's own is to the studio. */
import { PICTURE } from '../../src/engines/engine.ts';
import { GraphBuilder } from '../../src/graph/builder.ts';
import type { Graph, NodeRef } from '../../src/graph/graph.ts';
import { seededRandom } from '../../src/kit/random.ts';
import type { Model } from '../../src/studio/catalogue.ts';

export const TINY_SIDE = 12;

interface Options {
  /** What the scores end in. */
  readonly squash: 'softmax' | 'sigmoid' | 'none';
  readonly labels: readonly string[];
  /** How many numbers it gives. @default one for each label */
  readonly scores?: number;
}

const USUAL: Options = { squash: 'softmax', labels: ['cat', 'dog', 'me'] };

/** A convolution, a mean over quarters of the picture and a dense layer, of seeded weights. */
export function tinyGraph(options: Options = USUAL): { graph: Graph; output: NodeRef } {
  const { squash, labels, scores = labels.length } = options;
  const random = seededRandom(5);
  const builder = new GraphBuilder();
  const values = (shape: readonly number[], spread: number): NodeRef => {
    const count = shape.reduce((product, size) => product * size, 1);
    const data = Float32Array.from({ length: count }, () => spread * random.normal());
    return builder.constant({ shape, read: () => data });
  };
  const picture = builder.input(PICTURE, [1, null, null, 3]);
  const centred = builder.add('sub', [
    builder.add('mul', [picture, builder.scalar(2 / 255)]),
    builder.scalar(1),
  ]);
  const filtered = builder.add('conv2d', [centred, values([3, 3, 3, 8], 0.4), values([8], 0.1)], {
    ...{ size: [3, 3], strides: [1, 1], dilations: [1, 1], groups: 1, padding: 'same' },
  });
  const active = builder.add('relu', [filtered]);
  builder.layers.set('conv', active);
  const quarters = builder.add('averagePool', [active], {
    ...{ size: [6, 6], strides: [6, 6], padding: 'valid' },
  });
  const flat = builder.add('reshape', [quarters], { shape: [1, 32] });
  const dense = builder.add('matMul', [flat, values([32, scores], 1.5)]);
  const output = squash === 'none' ? dense : builder.add(squash, [dense]);
  builder.layers.set('dense', output);
  return { graph: builder, output };
}

export function tinyClassifier(options: Options = USUAL): Model {
  const { graph, output } = tinyGraph(options);
  return {
    name: 'tiny',
    title: 'Tiny',
    description: '',
    source: { file: 'tiny.json' },
    licence: 'CC0',
    input: { channelOrder: 'rgb', range: [-1, 1] },
    labels: [...options.labels],
    explicitLabels: [],
    dreamableClasses: true,
    layersWorthDreaming: [],
    defaultLayer: 'conv',
    minimumSide: TINY_SIDE,
    graph,
    classifier: graph,
    output,
    inputSize: [TINY_SIDE, TINY_SIDE],
    ready: () => Promise.resolve(),
    hash: () => Promise.resolve('0'.repeat(64)),
  };
}
