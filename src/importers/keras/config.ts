/** The parts of a Keras model's config that say which layer reads which. */
import * as z from 'zod';
import type { Shape } from '../../graph/graph.ts';
import { DreamError } from '../../kit/errors.ts';
import { checked } from '../checked.ts';
import { operandsIn, optionsIn } from './operands.ts';
import type { Operand } from './operands.ts';

const layerSchema = z.object({
  class_name: z.string(),
  name: z.string().optional(),
  config: z.looseObject({}),
  inbound_nodes: z.array(z.unknown()).optional(),
});

/** A Model, Functional or Sequential, at the top or as a layer of another. */
export const modelSchema = z.object({
  class_name: z.string(),
  config: z.preprocess(
    // Older files keep a Sequential's layers as a bare array.
    (config) => (Array.isArray(config) ? { layers: config as unknown[] } : config),
    z.looseObject({ layers: z.array(layerSchema).min(1, 'the network has no layers') }),
  ),
});

export type KerasLayer = z.output<typeof layerSchema>;
export type KerasModel = z.output<typeof modelSchema>;

const MODELS = new Set(['Model', 'Functional', 'Sequential']);

export function isModel(layer: { class_name: string }): boolean {
  return MODELS.has(layer.class_name);
}

/** A layer that is itself a model. @throws DreamError 'bad-model' */
export function nestedModel(layer: KerasLayer): KerasModel {
  return checked(modelSchema, layer, `layer '${layerName(layer)}' (${layer.class_name})`);
}

export function layerName(layer: KerasLayer): string {
  const name = layer.name ?? layer.config['name'];
  if (typeof name === 'string') return name;
  throw new DreamError('bad-model', `a ${layer.class_name} layer of the network has no name`);
}

/** Whether a layer of the model, or of one inside it, has its channels before rows and columns. */
export function isChannelsFirst(model: KerasModel): boolean {
  return model.config.layers.some((layer) =>
    isModel(layer)
      ? isChannelsFirst(nestedModel(layer))
      : layer.config['data_format'] === 'channels_first',
  );
}

/** The shape that the model's first layer (of the innermost first model) declares. */
export function firstInputShape(model: KerasModel): Shape | undefined {
  const { layers } = model.config;
  const first = layers.find(({ class_name }) => class_name === 'InputLayer') ?? layers[0]!;
  const { config } = first;
  const shape = config['batch_input_shape'] ?? config['batch_shape'];
  if (Array.isArray(shape)) return shape as Shape;
  const inner = isModel(first) ? firstInputShape(nestedModel(first)) : undefined;
  const built = model.config['build_input_shape'];
  return inner ?? (Array.isArray(built) ? (built as Shape) : undefined);
}

/** One use of a layer. */
export interface Call {
  readonly operands: readonly Operand[];
  /** Those that are given with the call, not with the layer. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** Each call of a layer; one without operands for an InputLayer. */
export function callsOf(layer: KerasLayer): readonly Call[] {
  const nodes = layer.inbound_nodes ?? [];
  if (nodes.length === 0) return [{ operands: [], options: {} }];
  return nodes.map((node) => ({ operands: operandsIn(node), options: optionsIn(node) }));
}
