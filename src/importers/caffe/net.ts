/** The layers of a Caffe network that are left where nothing is trained. */
import { DreamError } from '../../kit/errors.ts';
import type { BlobMessage, LayerMessage, NetMessage, Options, TransformMessage } from './schema.ts';
import { enumerations } from './schema.ts';

export interface Layer {
  readonly name: string;
  /** As the file writes it. */
  readonly type: string;
  /** The same in small letters without underscores: old files shout. */
  readonly kind: string;
  /** Names of values: where a layer writes over its input, the new value has a name of its own. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly blobs: readonly BlobMessage[];
  readonly options: (parameters: string) => Options;
}

export interface Net {
  readonly layers: readonly Layer[];
  /** Blobs that come from outside, with the shapes that the file gives them. */
  readonly inputs: ReadonlyMap<string, readonly number[] | null>;
  /** What nothing reads, in order. */
  readonly outputs: readonly string[];
  readonly transform: TransformMessage | null;
}

const [TRAIN, TEST] = [0, 1];
const SOURCES = /data$|^input$|^python$|^parameter$/;
const DROPPED = /loss$|^accuracy$|^silence$|^hdf5output$/;

/** @param trained the blobs, by the layers' names. */
export function netOf(message: NetMessage, trained: ReadonlyMap<string, LayerMessage>): Net {
  const all = layersOf(message);
  const sources = all.filter((layer) => SOURCES.test(kindOf(layer)));
  const kept = all.filter((layer) => {
    const kind = kindOf(layer);
    return !SOURCES.test(kind) && !DROPPED.test(kind) && isForTesting(layer);
  });
  const current = new Map<string, string>();
  const produced = new Set<string>();
  const layers = kept.map((layer, index): Layer => {
    const inputs = layer.bottom.map((blob) => current.get(blob) ?? blob);
    const outputs = layer.top.map((blob) => {
      const name = produced.has(blob) || layer.bottom.includes(blob) ? `${blob}#${index}` : blob;
      current.set(blob, name);
      produced.add(name).add(blob);
      return name;
    });
    const { name = `layer ${index}` } = layer;
    const blobs = trained.get(name)?.blobs ?? layer.blobs;
    const parameters = layer as unknown as Readonly<Record<string, Options | undefined>>;
    const options = (which: string): Options => parameters[which] ?? {};
    return { name, type: typeOf(layer), kind: kindOf(layer), inputs, outputs, blobs, options };
  });
  const read = new Set(layers.flatMap(({ inputs }) => inputs));
  return {
    layers,
    inputs: inputsOf(message, sources, read, produced),
    outputs: layers.flatMap(({ outputs }) => outputs).filter((name) => !read.has(name)),
    transform: sources.find(({ transform_param: found }) => found)?.transform_param ?? null,
  };
}

export function layersOf({ layer, layers }: NetMessage): readonly LayerMessage[] {
  return layer.length > 0 ? layer : layers;
}

function typeOf({ type }: LayerMessage): string {
  if (typeof type === 'string') return type;
  return enumerations['type']![type ?? 0] ?? `type ${type ?? 0}`;
}

function kindOf(layer: LayerMessage): string {
  return typeOf(layer).toLowerCase().replaceAll('_', '');
}

/** Not for training alone, and not only for a stage of it. */
function isForTesting({ include, exclude }: LayerMessage): boolean {
  const included =
    include.length === 0 || include.some((rule) => rule.phase !== TRAIN && rule.stage.length === 0);
  return included && !exclude.some((rule) => rule.phase === TEST);
}

function inputsOf(
  { input, input_dim: dims, input_shape: shapes }: NetMessage,
  sources: readonly LayerMessage[],
  read: ReadonlySet<string>,
  produced: ReadonlySet<string>,
): Map<string, readonly number[] | null> {
  const inputs = new Map<string, readonly number[] | null>();
  for (const blob of read) if (!produced.has(blob)) inputs.set(blob, null);
  input.forEach((blob, index) => {
    const old = dims.slice(4 * index, 4 * index + 4);
    const shape = shapes[index]?.dim ?? (old.length === 4 ? old : null);
    if (inputs.has(blob)) inputs.set(blob, shape);
  });
  for (const { top, input_param: declared, transform_param: transform } of sources) {
    top.forEach((blob, index) => {
      if (!inputs.has(blob)) return;
      const crop = index === 0 ? transform?.crop_size : undefined;
      const shape = declared?.shape[index] ?? declared?.shape[0];
      if (shape) inputs.set(blob, shape.dim);
      else if (crop) inputs.set(blob, [1, 0, crop, crop]);
    });
  }
  return inputs;
}

export function bad(message: string, hint?: string): DreamError {
  return new DreamError('bad-model', message, hint);
}
