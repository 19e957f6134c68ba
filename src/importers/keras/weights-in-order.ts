/**
 * Weights as Keras's .h5 files hold them: a group for each of the outermost layers, with a list of
 * the weights of everything inside it. Their order counts, not their names, which carry the
 * marks of the session that wrote them: `batch_normalization_1_1/gamma:0`.
 */
import { DreamError } from '../../kit/errors.ts';
import type { Hdf5Dataset } from '../containers/hdf5-dataset.ts';
import type { Hdf5Group } from '../containers/hdf5.ts';
import { layerName } from './config.ts';
import type { KerasLayer, KerasModel } from './config.ts';
import { leavesOf, placeWeight, storedOrders } from './weight-list.ts';
import type { Leaf, WeightOf } from './weight-list.ts';

interface Stored {
  /** As the list writes it, without the `:0` of TensorFlow's tensors. */
  readonly name: string;
  readonly dataset: Hdf5Dataset;
}

/**
 * The datasets of a network's weights by `layer/weight`.
 * @throws DreamError 'bad-model' where a list does not fit the layers.
 */
export function weightsInOrder(model: KerasModel, root: Hdf5Group): Map<string, Hdf5Dataset> {
  const placed = new Map<string, Hdf5Dataset>();
  for (const layer of model.config.layers) {
    const group = root.subgroup(layerName(layer));
    if (!group) continue;
    for (const [weight, dataset] of placedIn(layer, storedIn(group))) {
      placeWeight(placed, weight, dataset);
    }
  }
  return placed;
}

function placedIn(layer: KerasLayer, stored: readonly Stored[]): [WeightOf, Hdf5Dataset][] {
  const leaves = leavesOf(layer);
  const order =
    storedOrders(leaves).find((weights) => fits(weights, stored)) ?? byName(leaves, stored);
  if (order) return stored.map(({ dataset }, index) => [order[index]!, dataset]);
  // The layer itself says so, in better words, when it becomes nodes.
  if (leaves.some(({ weights }) => weights === null)) return [];
  const expected = storedOrders(leaves)[0]!.map((weight) => weight.join('/'));
  throw new DreamError(
    'bad-model',
    `layer '${layerName(layer)}' (${layer.class_name}) has the weights ` +
      `${listed(stored.map(({ name }) => name))} in the file; expected ${listed(expected)}`,
  );
}

/** @returns null when a name in the list is not that of a weight, or names one twice. */
function byName(leaves: readonly Leaf[], stored: readonly Stored[]): WeightOf[] | null {
  const layers = new Set(leaves.map(({ layer }) => layer));
  const only = leaves.length === 1 ? leaves[0]!.layer : undefined;
  const order = stored.map(({ name }) => {
    const parts = name.split('/');
    const weight = parts.pop()!;
    const layer = only ?? parts.reverse().find((part) => layers.has(part));
    return layer === undefined ? null : ([layer, weight] as const);
  });
  const names = new Set(order.map((weight) => weight?.join('/')));
  const complete = order.every((weight) => weight !== null) && names.size === order.length;
  return complete ? order : null;
}

/** Whether each stored weight is called as the one that the order has in its place. */
function fits(order: readonly WeightOf[], stored: readonly Stored[]): boolean {
  if (order.length !== stored.length) return false;
  return order.every(([, weight], index) => {
    const name = stored[index]!.name.split('/').at(-1)!;
    // A layer inside a layer may have any name. Keras 3 calls a depthwise kernel 'kernel'.
    const own = weight.split('/').at(-1)!;
    return name === own || own.endsWith(`_${name}`);
  });
}

function storedIn(group: Hdf5Group): Stored[] {
  return textsOf(group, 'weight_names').map((name) => {
    const dataset = group.dataset(name);
    if (dataset) return { name: name.replace(/:\d+$/, ''), dataset };
    const place = `the group '${group.path}'`;
    throw new DreamError('bad-model', `${place} lists the weight '${name}' and does not hold it`);
  });
}

/** A list that is too long for one attribute goes on in others: weight_names0, weight_names1 … */
function textsOf(group: Hdf5Group, name: string): string[] {
  const whole = group.attribute(name);
  if (whole !== null) return [whole].flat();
  const texts: string[] = [];
  for (let part = 0; ; part++) {
    const more = group.attribute(`${name}${part}`);
    if (more === null) return texts;
    texts.push(...[more].flat());
  }
}

function listed(names: readonly string[]): string {
  if (names.length === 0) return 'none';
  const more = names.length > 6 ? ` and ${names.length - 6} more` : '';
  return names.slice(0, 6).join(', ') + more;
}
