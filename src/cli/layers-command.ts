/** `--layers`: what a model has, and what is worth dreaming at. */
import type { Shape } from '../graph/graph.ts';
import { PICTURE } from '../engines/engine.ts';
import { inferShapes } from '../ops/shapes.ts';
import { dreamableLayers, loadModel } from '../studio/catalogue.ts';
import type { Model } from '../studio/catalogue.ts';
import { DEFAULT_MODEL } from '../studio/defaults.ts';
import { modelsFolder } from './environment.ts';
import type { Settings } from './settings.ts';

/** For networks that name no size of their own. */
const USUAL_SIDE = 299;

interface ListedLayer {
  readonly layer: string;
  /** [rows, columns, channels] at the model's own input size; fewer numbers after its pooling. */
  readonly shape: Shape;
  readonly worthDreaming: boolean;
}

export async function printLayers(settings: Settings): Promise<void> {
  const model = await loadModel(settings.model ?? DEFAULT_MODEL, modelsFolder());
  const layers = listLayers(model, settings.deepLayers);
  process.stdout.write(
    settings.json ? `${JSON.stringify(layers)}\n` : wordsOf(model, layers, settings.deepLayers),
  );
}

function listLayers(model: Model, deepLayers: boolean): ListedLayer[] {
  const [rows, columns] = sizeOf(model);
  const shapes = inferShapes(model.graph, { [PICTURE]: [1, rows, columns, 3] });
  const names = deepLayers ? [...model.graph.layers.keys()] : dreamableLayers(model);
  return names.map((layer) => ({
    layer,
    shape: shapes.get(model.graph.layers.get(layer)!)!.slice(1),
    worthDreaming: model.layersWorthDreaming.includes(layer),
  }));
}

function wordsOf(model: Model, layers: readonly ListedLayer[], deepLayers: boolean): string {
  const [rows, columns] = sizeOf(model);
  const width = Math.max(...layers.map(({ layer }) => layer.length));
  const lines = layers.map(({ layer, shape, worthDreaming }) =>
    `${worthDreaming ? '*' : ' '} ${layer.padEnd(width)}  ${shape.join('×')}`.trimEnd(),
  );
  const deeper = model.graph.layers.size - layers.length;
  return [
    `${model.name}: ${model.title}; rows×columns×channels for a picture of ${columns}×${rows}`,
    ...lines,
    '',
    `* worth dreaming at; ${model.defaultLayer} is this model's default`,
    ...(deeper > 0 && !deepLayers ? [`${deeper} deeper layers are off: --deep-layers`] : []),
    '',
  ].join('\n');
}

function sizeOf({ inputSize: [rows, columns] }: Model): [rows: number, columns: number] {
  return [rows ?? USUAL_SIDE, columns ?? USUAL_SIDE];
}
