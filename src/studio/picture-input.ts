/** From a picture to what a network was trained on. */
import { PICTURE } from '../engines/engine.ts';
import { GraphBuilder } from '../graph/builder.ts';
import type { Graph, NodeRef } from '../graph/graph.ts';
import { INPUT } from '../importers/imported.ts';
import { DreamError } from '../kit/errors.ts';
import { shapeAttribute } from '../ops/attributes.ts';
import type { ModelFile } from './model-file.ts';

export type PictureInput = Pick<ModelFile['input'], 'range' | 'channelOrder' | 'mean' | 'std'>;

/** Rec. 601: how Keras, OpenCV and Pillow make grey of red, green and blue. */
const GREY = [0.299, 0.587, 0.114];

/**
 * The network with a picture of 0..255 as its input, [1, null, null, 3], RGB. What comes of it:
 * the channels in the network's order, or grey; brought to the range; minus mean, by deviation.
 *
 * @throws DreamError 'bad-model' where the network takes neither 3 channels nor 1
 */
export function withPicture(graph: Graph, input: PictureInput): Graph {
  const channels = shapeAttribute(graph.nodes.get(INPUT)!.attributes)[3]!;
  if (channels !== 3 && channels !== 1) {
    throw new DreamError(
      'bad-model',
      `the network takes pictures of ${channels} channels; expected 3, or 1 for grey`,
    );
  }
  const builder = new GraphBuilder();
  builder.input(PICTURE, [1, null, null, 3]);
  const mixed = mixing(channels, input.channelOrder);
  const arranged = mixed === null ? PICTURE : mix(builder, mixed, channels);
  const { scale, offset } = scaling(input, channels);
  // Names of their own: the network's nodes join under the names that they have already.
  const constant = (name: string, values: readonly number[]): NodeRef =>
    builder.constant(
      { shape: values.length === 1 ? [] : [values.length], read: () => Float32Array.from(values) },
      `${PICTURE}~${name}`,
    );
  const scaled = builder.add('mul', [arranged, constant('scale', scale)], {}, `${PICTURE}~scaled`);
  // It takes the name of the network's own input, so that whatever reads that one reads this.
  builder.add('add', [scaled, constant('offset', offset)], {}, INPUT);
  for (const [name, node] of graph.nodes) if (name !== INPUT) builder.nodes.set(name, node);
  for (const [name, constant] of graph.constants) builder.constants.set(name, constant);
  for (const [layer, node] of graph.layers) builder.layers.set(layer, node);
  return builder;
}

/** Weights from red, green and blue to the network's channels, [3, channels]; null for as it is. */
function mixing(channels: 1 | 3, order: PictureInput['channelOrder']): readonly number[] | null {
  if (channels === 1) return GREY;
  return order === 'bgr' ? [0, 0, 1, 0, 1, 0, 1, 0, 0] : null;
}

function mix(builder: GraphBuilder, weights: readonly number[], channels: number): NodeRef {
  const filter = builder.constant(
    { shape: [1, 1, 3, channels], read: () => Float32Array.from(weights) },
    `${PICTURE}~mix`,
  );
  const none = builder.constant(
    { shape: [channels], read: () => new Float32Array(channels) },
    `${PICTURE}~none`,
  );
  const attributes = { size: [1, 1], strides: [1, 1], dilations: [1, 1], groups: 1 };
  return builder.add(
    'conv2d',
    [PICTURE, filter, none],
    { ...attributes, padding: 'valid' },
    `${PICTURE}~mixed`,
  );
}

/** x · scale + offset, one number for all channels where that will do. */
function scaling(
  { range: [low, high], mean, std }: PictureInput,
  channels: number,
): { scale: number[]; offset: number[] } {
  const each = (values: number | readonly number[] | undefined, missing: number): number[] => {
    if (values === undefined || typeof values === 'number') return [values ?? missing];
    if (values.length === channels) return [...values];
    const message = `model.json gives a mean or std of ${values.length} channels; the network takes ${channels}`;
    throw new DreamError('bad-model', message);
  };
  const [means, deviations] = [each(mean, 0), each(std, 1)];
  const count = Math.max(means.length, deviations.length);
  const at = (values: readonly number[], index: number): number => values[index] ?? values[0]!;
  const indices = Array.from({ length: count }, (_, index) => index);
  return {
    scale: indices.map((index) => (high - low) / 255 / at(deviations, index)),
    offset: indices.map((index) => (low - at(means, index)) / at(deviations, index)),
  };
}
