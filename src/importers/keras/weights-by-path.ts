/**
 * Weights as `.keras` archives hold them: a group for each layer, called after its class and
 * counted (`layers/conv2d_1/vars/0`), models in it again with `layers`.
 */
import { DreamError } from '../../kit/errors.ts';
import type { Hdf5Dataset } from '../containers/hdf5-dataset.ts';
import type { Hdf5Group } from '../containers/hdf5.ts';
import { isModel, layerName, nestedModel } from './config.ts';
import type { KerasLayer, KerasModel } from './config.ts';
import { partName, weightNames } from './layers.ts';
import { placeWeight } from './weight-list.ts';

/** What the group with a model's layers is called; the second by TensorFlow 2.12. */
const LAYERS = ['layers', '_layer_checkpoint_dependencies'];

/**
 * The datasets of a network's weights by `layer/weight`.
 * @throws DreamError 'bad-model' where a group does not fit its layer.
 */
export function weightsByPath(model: KerasModel, root: Hdf5Group): Map<string, Hdf5Dataset> {
  const placed = new Map<string, Hdf5Dataset>();
  place(model, root, placed);
  return placed;
}

function place(model: KerasModel, group: Hdf5Group, placed: Map<string, Hdf5Dataset>): void {
  const [layers] = LAYERS.flatMap((name) => group.subgroup(name) ?? []);
  if (!layers) return;
  const counts = new Map<string, number>();
  for (const layer of model.config.layers) {
    const kind = snakeCase(layer.class_name);
    const count = counts.get(kind) ?? 0;
    counts.set(kind, count + 1);
    const own = layers.subgroup(count === 0 ? kind : `${kind}_${count}`);
    if (!own) continue;
    if (isModel(layer)) place(nestedModel(layer), own, placed);
    else placeLayer(layer, own, placed);
  }
}

function placeLayer(layer: KerasLayer, group: Hdf5Group, placed: Map<string, Hdf5Dataset>): void {
  // Of a class that is not in the table of layers the importer says so in better words.
  const weights = weightNames(layer.class_name, layer.config) ?? [];
  const parts = new Map<string, string[]>();
  for (const weight of weights) {
    const part = weight.split('/').slice(0, -1).join('/');
    parts.set(part, [...(parts.get(part) ?? []), weight]);
  }
  for (const [part, names] of parts) {
    const vars = groupOf(layer, part, group)?.subgroup('vars');
    if (vars) placeVars(layer, { names, vars }, placed);
  }
}

/** Of a layer inside the layer, whose attribute is private (`_query_dense`) to older versions. */
function groupOf(layer: KerasLayer, part: string, group: Hdf5Group): Hdf5Group | null {
  if (part === '') return group;
  const attribute = partName(layer.class_name, part);
  return group.subgroup(attribute) ?? group.subgroup(`_${attribute}`);
}

function placeVars(
  layer: KerasLayer,
  { names, vars }: { names: readonly string[]; vars: Hdf5Group },
  placed: Map<string, Hdf5Dataset>,
): void {
  const name = layerName(layer);
  const found = vars.names.length;
  if (found !== names.length) {
    throw new DreamError(
      'bad-model',
      `layer '${name}' (${layer.class_name}) has ${found} weights in the file; ` +
        `expected ${names.length}: ${names.join(', ')}`,
    );
  }
  names.forEach((weight, index) => {
    const dataset = vars.dataset(String(index));
    if (!dataset) {
      const place = `the group '${vars.path}'`;
      throw new DreamError('bad-model', `${place} holds no dataset '${index}', the ${weight}`);
    }
    placeWeight(placed, [name, weight], dataset);
  });
}

/** DepthwiseConv2D → depthwise_conv2d, PReLU → p_re_lu */
function snakeCase(className: string): string {
  return className
    .replace(/\W+/g, '')
    .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
}
