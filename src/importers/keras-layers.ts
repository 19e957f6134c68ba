/**
 * Keras networks as tensorflow.js keeps them ("layers model"): `modelTopology` lists layers with
 * their options, `weightsManifest` the weights. Which layers: the table in keras/layers.ts.
 */
import { z } from 'zod';
import type { Dimension, Graph } from '../graph/graph.ts';
import { DreamError } from '../kit/errors.ts';
import { checked } from './checked.ts';
import { openWeights } from './containers/tfjs-weights.ts';
import { INPUT } from './imported.ts';
import type { Imported, ReadShard } from './imported.ts';
import { firstInputShape, modelSchema } from './keras/config.ts';
import type { KerasModel } from './keras/config.ts';
import { addModel } from './keras/model.ts';
import { nameLayers } from './keras/naming.ts';
import { ShapedBuilder } from './shaped-builder.ts';
import type { Weights } from './weights.ts';

const fileSchema = z.object({
  modelTopology: z.looseObject({}),
  weightsManifest: z.unknown(),
});

/** Whether a parsed JSON file is a layers model. */
export function isKerasLayers(json: unknown): boolean {
  const topology = (json as { modelTopology?: Record<string, unknown> } | null)?.modelTopology;
  return topology !== undefined && ('model_config' in topology || 'class_name' in topology);
}

/**
 * Reads a layers model.
 * @throws DreamError 'bad-model' or 'unsupported-op', naming the layer.
 */
export function readKerasLayers(json: unknown, readShard: ReadShard): Imported {
  const { modelTopology, weightsManifest } = checked(fileSchema, json, 'the layers model');
  // Keras's converter wraps the config in a model_config; tensorflow.js's own save does not.
  const topology = modelTopology['model_config'] ?? modelTopology;
  const model = checked(modelSchema, topology, 'the layers model');
  return importKeras(model, openWeights(weightsManifest, readShard));
}

/** The graph of a Keras model's config, its weights named `<layer>/kernel` and so on. */
export function importKeras(model: KerasModel, weights: Weights): Imported {
  const builder = new ShapedBuilder();
  const [rows, columns, channels] = pictureShape(firstInputShape(model));
  builder.input(INPUT, [1, null, null, channels]);
  const { outputs, calls } = addModel({ builder, weights }, model, [INPUT]);
  nameLayers(builder, calls, outputs);
  const graph: Graph = builder;
  return { graph, inputSize: [rows, columns], output: outputs[0]!, weights };
}

function pictureShape(shape: readonly Dimension[] | undefined): [Dimension, Dimension, number] {
  const channels = shape?.[3];
  if (shape?.length === 4 && typeof channels === 'number') return [shape[1]!, shape[2]!, channels];
  const found = shape ? `[${shape.map((size) => size ?? 'any').join(', ')}]` : 'no shape at all';
  throw new DreamError(
    'bad-model',
    `the network's input has ${found}; expected [batch, rows, columns, channels] of pictures`,
  );
}
