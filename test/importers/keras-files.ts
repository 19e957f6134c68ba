/** Small Keras networks behind a picture of 8 × 8 with 2 channels, as tensorflow.js keeps them. */
import { expect } from 'vitest';
import { isKerasLayers, readKerasLayers } from '../../src/importers/keras-layers.ts';
import type { Imported } from '../../src/importers/imported.ts';
import type { Tensor } from '../../src/ops/op.ts';
import { plainTensorflow } from '../helpers/tensorflow.ts';
import { run } from './run.ts';
import { floats, weightFiles } from './tfjs-files.ts';

export const tf = await plainTensorflow();

export type Layer = Record<string, unknown>;
export type Weight = ReturnType<typeof floats>;

export const input = (shape = [null, 8, 8, 2] as (number | null)[]): Layer => ({
  class_name: 'InputLayer',
  name: 'picture_in',
  config: { name: 'picture_in', batch_input_shape: shape },
  inbound_nodes: [],
});

/** A layer of a Functional model that reads the layers `from`. */
export function layer(class_name: string, name: string, config: object, ...from: string[]): Layer {
  const inbound_nodes = [from.map((source) => [source, 0, 0, {}])];
  return { class_name, name, config: { name, ...config }, inbound_nodes };
}

/** A function of TensorFlow between layers, as Keras 2.4 writes it. */
export function functionCall(name: string, as: string, node: unknown[]): Layer {
  return { ...layer('TFOpLambda', as, { function: name }), inbound_nodes: [node] };
}

/** The same in Keras 3. */
export function operation(class_name: string, name: string, args: unknown[]): Layer {
  return { ...layer(class_name, name, {}), inbound_nodes: [{ args, kwargs: {} }] };
}

export const tensor = (name: string) => ({
  class_name: '__keras_tensor__',
  config: { shape: [1], dtype: 'float32', keras_history: [name, 0, 0] },
});

export function functional(
  layers: Layer[],
  output = (layers.at(-1) as { name: string }).name,
): object {
  return {
    class_name: 'Model',
    config: {
      name: 'model',
      layers: [input(), ...layers],
      input_layers: [['picture_in', 0, 0]],
      output_layers: [[output, 0, 0]],
    },
  };
}

export async function read(
  model: object,
  weights: Weight[] = [],
  version?: string,
): Promise<Imported> {
  const { manifest, readShard } = weightFiles(weights);
  const topology = {
    model_config: model,
    ...(version === undefined ? {} : { keras_version: version }),
  };
  const json = { modelTopology: topology, weightsManifest: manifest };
  expect(isKerasLayers(json)).toBe(true);
  const imported = readKerasLayers(json, readShard);
  await imported.weights.ready(weights.map(({ entry }) => entry.name));
  return imported;
}

/** Puts the layers behind a picture of 8 × 8 with 2 channels, −1..1; gives the value of `node`. */
export async function valueOf(
  layers: Layer[],
  weights: Weight[],
  node?: string,
): Promise<[Tensor, Tensor]> {
  const imported = await read(functional(layers), weights);
  const picture = tf.randomUniform([1, 8, 8, 2], -1, 1, 'float32', 5);
  return [run(tf, imported.graph, node ?? imported.output, { input: picture }), picture];
}

export function expectClose(found: Tensor, expected: Tensor): void {
  expect(found.shape).toEqual(expected.shape);
  expect(tf.max(tf.abs(tf.sub(found, expected))).dataSync()[0]).toBeLessThan(1e-5);
}

export const kernel = (name: string, shape: number[]): Weight => {
  const count = shape.reduce((product, size) => product * size, 1);
  return floats(
    name,
    shape,
    Array.from({ length: count }, (_, index) => Math.sin(index * 7) / 3),
  );
};
export const tensorOf = ({ entry, bytes }: Weight): Tensor =>
  tf.tensor(new Float32Array(new Uint8Array(bytes).buffer), entry.shape);
