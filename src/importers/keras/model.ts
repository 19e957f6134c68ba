/** Walks a Keras model's layers, nested models included, and adds their nodes. */
import type { NodeRef } from '../../graph/graph.ts';
import { DreamError } from '../../kit/errors.ts';
import { callsOf, isModel, layerName, nestedModel } from './config.ts';
import type { Call, KerasLayer, KerasModel } from './config.ts';
import { LayerCall } from './layer-call.ts';
import type { KerasImport, Value } from './layer-call.ts';
import { layerDefinition } from './layers.ts';
import { isSource, sourcesIn } from './operands.ts';
import type { Source } from './operands.ts';

/** EfficientNet B7 has 813. */
const MOST_LAYERS = 10_000;

/** A layer that has become nodes. */
export interface BuiltCall {
  readonly layer: string;
  readonly className: string;
  readonly inputs: readonly NodeRef[];
  readonly output: NodeRef;
  /** Whether the layer's own activation option is none. */
  readonly linear: boolean;
}

export interface BuiltModel {
  readonly outputs: readonly NodeRef[];
  /** In the network's order; those of a nested model before the model itself. */
  readonly calls: readonly BuiltCall[];
}

/** @param inputs the nodes that take the place of the model's input layers. */
export function addModel(
  shared: KerasImport,
  model: KerasModel,
  inputs: readonly NodeRef[],
): BuiltModel {
  return model.class_name === 'Sequential'
    ? addSequential(shared, model, inputs)
    : addFunctional(shared, model, inputs);
}

function addSequential(
  shared: KerasImport,
  model: KerasModel,
  inputs: readonly NodeRef[],
): BuiltModel {
  const calls: BuiltCall[] = [];
  let outputs = inputs;
  for (const layer of model.config.layers) {
    if (layer.class_name === 'InputLayer') continue;
    const built = addLayer(shared, layer, outputs);
    calls.push(...built);
    outputs = [built.at(-1)!.output];
  }
  return { outputs, calls };
}

function addFunctional(
  shared: KerasImport,
  model: KerasModel,
  inputs: readonly NodeRef[],
): BuiltModel {
  const { config } = model;
  const calls: BuiltCall[] = [];
  const values = new Map<string, NodeRef>();
  const declared = sourcesIn(config['input_layers']);
  if (declared.length !== inputs.length) {
    const found = `the network has ${declared.length} input layers`;
    throw new DreamError('unsupported-op', `${found}; expected ${inputs.length}`);
  }
  declared.forEach((source, index) => values.set(keyOf(source), inputs[index]!));
  const pending = pendingCalls(model);
  const left = new Set(pending);
  for (const call of inOrder(pending, values)) {
    left.delete(call);
    const ready = call.operands.map((operand) =>
      isSource(operand) ? values.get(keyOf(operand))! : operand,
    );
    const built = addLayer(shared, call.layer, ready, call.options);
    calls.push(...built);
    values.set(call.key, built.at(-1)!.output);
  }
  const [stuck] = left;
  if (stuck) throw neverComputed(stuck, config.layers);
  const outputs = sourcesIn(config['output_layers']).flatMap(
    (source) => values.get(keyOf(source)) ?? [],
  );
  if (outputs.length > 0) return { outputs, calls };
  const found = JSON.stringify(config['output_layers'] ?? null);
  throw new DreamError('bad-model', `the network's output_layers are ${found}, none of its layers`);
}

/** A layer's call, and how those that read it name it. */
interface PendingCall extends Call {
  readonly layer: KerasLayer;
  readonly key: string;
}

function pendingCalls({ config }: KerasModel): PendingCall[] {
  if (config.layers.length > MOST_LAYERS) {
    const found = `the network has ${config.layers.length} layers`;
    throw new DreamError('bad-model', `${found}; expected up to ${MOST_LAYERS}`);
  }
  const layers = config.layers.filter(({ class_name }) => class_name !== 'InputLayer');
  const calls = layers.map(callsOf);
  const latest = new Map<string, number>();
  for (const [layer, call] of [
    ...calls.flat().flatMap(({ operands }) => operands.filter(isSource)),
    ...sourcesIn(config['output_layers']),
  ]) {
    latest.set(layer, Math.max(call, latest.get(layer) ?? 0));
  }
  return layers.flatMap((layer, index) => {
    const name = layerName(layer);
    const own = calls[index]!;
    // The making of a model inside another counts as its first call, in most versions of Keras.
    const first = isModel(layer) && (latest.get(name) ?? 0) >= own.length ? 1 : 0;
    return own.map((call, index) => ({ ...call, layer, key: `${name} ${index + first}` }));
  });
}

/**
 * Each call after those that it reads, as far as that can be. Keras mostly lists layers so; one
 * that comes before what it reads is taken after it.
 * @param values what has been computed: what the caller adds is looked for after each call.
 */
function* inOrder(
  listed: readonly PendingCall[],
  values: ReadonlyMap<string, unknown>,
): Generator<PendingCall> {
  const waiting = new Map<string, PendingCall[]>();
  const missing = new Map<PendingCall, number>();
  for (const first of listed) {
    const keys = new Set(first.operands.filter(isSource).map(keyOf));
    const unknown = [...keys].filter((key) => !values.has(key));
    missing.set(first, unknown.length);
    for (const key of unknown)
      waiting
        .set(key, waiting.get(key) ?? [])
        .get(key)!
        .push(first);
    const ready = unknown.length === 0 ? [first] : [];
    // Grows while it is walked through.
    for (const call of ready) {
      yield call;
      for (const reader of waiting.get(call.key) ?? []) {
        const rest = missing.get(reader)! - 1;
        missing.set(reader, rest);
        if (rest === 0) ready.push(reader);
      }
      waiting.delete(call.key);
    }
  }
}

/** The layer's own call comes last, after those of the layers inside it. */
function addLayer(
  shared: KerasImport,
  layer: KerasLayer,
  values: readonly Value[],
  options: Call['options'] = {},
): BuiltCall[] {
  const inputs = values.filter((value) => typeof value === 'string');
  const { builder } = shared;
  const { class_name: className, config } = layer;
  const name = layerName(layer);
  if (isModel(layer)) {
    const { calls, outputs } = addModel(shared, nestedModel(layer), inputs);
    return [...calls, { layer: name, className, inputs, output: outputs[0]!, linear: false }];
  }
  builder.place = `layer '${name}' (${className})`;
  const settings = { ...options, ...config };
  const call = new LayerCall(shared, name, className, settings, values, builder.free(name));
  const output = layerDefinition(call).build(call);
  const linear = (config['activation'] ?? 'linear') === 'linear';
  return [{ layer: name, className, inputs, output, linear }];
}

function keyOf([layer, call, output]: Source): string {
  return output === 0 ? `${layer} ${call}` : `${layer} ${call} ${output}`;
}

function neverComputed(
  { layer, operands }: PendingCall,
  layers: readonly KerasLayer[],
): DreamError {
  const sources = operands.filter(isSource);
  const reads = sources.map(([name]) => `'${name}'`).join(', ');
  const names = new Set(layers.map(layerName));
  const problem = sources.every(([name]) => names.has(name))
    ? 'of which one needs this layer itself, or one that is not in the network'
    : 'of which one is not in the network';
  return new DreamError(
    'bad-model',
    `layer '${layerName(layer)}' (${layer.class_name}) reads ${reads}, ${problem}`,
  );
}
