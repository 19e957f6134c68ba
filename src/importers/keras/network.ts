/** From a Keras model's config and its weights, whichever file they come from, to a network. */
import type { Dimension, Graph } from '../../graph/graph.ts';
import { DreamError } from '../../kit/errors.ts';
import { INPUT } from '../imported.ts';
import type { Imported } from '../imported.ts';
import { ShapedBuilder } from '../shaped-builder.ts';
import type { Weights } from '../weights.ts';
import { firstInputShape, isChannelsFirst } from './config.ts';
import type { KerasModel } from './config.ts';
import type { KerasImport } from './layer-call.ts';
import { addModel } from './model.ts';
import { nameLayers } from './naming.ts';

export interface KerasFile {
  readonly model: KerasModel;
  /** Named `<layer>/kernel` and so on. */
  readonly weights: Weights;
  /** What the file says of the Keras that wrote it: '2.3.0-tf', 'tfjs-layers 1.7.4', '3.10.0'. */
  readonly version: unknown;
}

/** @throws DreamError 'bad-model' or 'unsupported-op', naming the layer. */
export function importKeras({ model, weights, version }: KerasFile): Imported {
  const builder = new ShapedBuilder();
  const channelsFirst = isChannelsFirst(model);
  const [rows, columns, channels] = pictureShape(firstInputShape(model), channelsFirst);
  builder.input(INPUT, [1, null, null, channels]);
  const fromCorners = drawsFromCorners(version);
  const major = majorOf(version);
  const shared: KerasImport = { builder, weights, major, fromCorners, channelsFirst };
  const { outputs, calls } = addModel(shared, model, [INPUT]);
  nameLayers(builder, calls, outputs);
  const graph: Graph = builder;
  const inputSize = shared.resized ?? [rows, columns];
  return { graph, inputSize, output: outputs[0]!, weights };
}

function majorOf(version: unknown): number {
  return typeof version === 'string' && version.startsWith('3.') ? 3 : 2;
}

/** tensorflow.js, and Keras apart from TensorFlow up to 2.3 (TensorFlow's own say `-tf`). */
function drawsFromCorners(version: unknown): boolean {
  return typeof version === 'string' && /^tfjs|^2\.[0-3]\.\d+$/.test(version);
}

function pictureShape(
  shape: readonly Dimension[] | undefined,
  channelsFirst: boolean,
): [Dimension, Dimension, number] {
  if (shape?.length === 4) {
    const [, a, b, c] = shape as readonly [Dimension, Dimension, Dimension, Dimension];
    const [rows, columns, channels] = channelsFirst ? [b, c, a] : [a, b, c];
    if (typeof channels === 'number') return [rows, columns, channels];
  }
  const found = shape ? `[${shape.map((size) => size ?? 'any').join(', ')}]` : 'no shape at all';
  const expected = channelsFirst ? 'channels, rows, columns' : 'rows, columns, channels';
  throw new DreamError(
    'bad-model',
    `the network's input has ${found}; expected [batch, ${expected}] of pictures`,
  );
}
