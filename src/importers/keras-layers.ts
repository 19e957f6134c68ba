/**
 * Keras networks as tensorflow.js keeps them ("layers model"): `modelTopology` lists layers with
 * their options, `weightsManifest` the weights. Which layers: the table in keras/layers.ts.
 */
import * as z from 'zod';
import { checked } from './checked.ts';
import { openWeights } from './containers/tfjs-weights.ts';
import type { Imported, ReadShard } from './imported.ts';
import { modelOf } from './keras/config-text.ts';
import { importKeras } from './keras/network.ts';

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
  const model = modelOf(topology, 'the layers model');
  const weights = openWeights(weightsManifest, readShard);
  return importKeras({ model, weights, version: modelTopology['keras_version'] });
}
