/** Which weights the layers of a network have, in the order in which Keras stores them. */
import { DreamError } from '../../kit/errors.ts';
import { isModel, layerName, nestedModel } from './config.ts';
import type { KerasLayer, KerasModel } from './config.ts';
import { weightNames } from './layers.ts';

/** A layer that is no model itself. */
export interface Leaf {
  readonly layer: string;
  /** Null for a class that is not in the table of layers. */
  readonly weights: readonly string[] | null;
  /** Whether neither it nor a model around it was frozen. */
  readonly trainable: boolean;
}

/** Weights that no training step changes, even where the layer is not frozen. */
const STATISTICS = new Set(['moving_mean', 'moving_variance', 'mean', 'variance', 'count']);

/** The layer, or the layers inside it, from the first to the last. */
export function leavesOf(layer: KerasLayer, trainable = true): Leaf[] {
  const free = trainable && layer.config['trainable'] !== false;
  if (isModel(layer)) return leavesOfModel(nestedModel(layer), free);
  const weights = weightNames(layer.class_name, layer.config);
  return [{ layer: layerName(layer), weights, trainable: free }];
}

function leavesOfModel(model: KerasModel, trainable: boolean): Leaf[] {
  return model.config.layers.flatMap((layer) => leavesOf(layer, trainable));
}

/** A weight of a network: the layer, and the weight's name in it. */
export type WeightOf = readonly [layer: string, weight: string];

/**
 * The orders in which Keras may have stored the leaves' weights in one list: those that are
 * trained first (with, or in older versions without, regard to frozen layers), or as they come.
 */
export function storedOrders(leaves: readonly Leaf[]): readonly (readonly WeightOf[])[] {
  const asTheyCome = leaves.flatMap(({ layer, weights, trainable }) =>
    (weights ?? []).map((weight) => ({
      at: [layer, weight] as const,
      trained: !STATISTICS.has(weight),
      trainable,
    })),
  );
  const trainedFirst = (trained: (weight: (typeof asTheyCome)[number]) => boolean): WeightOf[] =>
    [...asTheyCome.filter(trained), ...asTheyCome.filter((weight) => !trained(weight))].map(
      ({ at }) => at,
    );
  return [
    trainedFirst(({ trained, trainable }) => trained && trainable),
    trainedFirst(({ trained }) => trained),
    trainedFirst(() => true),
  ];
}

/** @throws DreamError 'unsupported-op' when another layer of that name has the weight already. */
export function placeWeight<Value>(
  placed: Map<string, Value>,
  [layer, weight]: WeightOf,
  value: Value,
): void {
  const name = `${layer}/${weight}`;
  if (placed.has(name)) {
    throw new DreamError(
      'unsupported-op',
      `the network has two layers named '${layer}', in different models inside it; ` +
        'expected a name for each',
    );
  }
  placed.set(name, value);
}
