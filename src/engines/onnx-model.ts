/** Writes a graph, backward pass included, as an ONNX model. */
import type { Graph, NodeRef } from '../graph/graph.ts';
import { ModelEmitter } from './onnx-emitter.ts';
import { encodeOnnx } from './onnx-format.ts';
import type { OnnxTensor } from './onnx-format.ts';

/** The newest whose convolutions and pools onnxruntime runs in its blocked layout. */
const OPSET = 18;
const IR_VERSION = 8;
/** Bytes: what is smaller is of no account, and may have to be known before a model runs. */
const LEAST_FED = 2 ** 16;

/**
 * @param outputs graph nodes; their ONNX values carry the same names
 * @param half the nodes that are computed in half precision; inputs and outputs are float32
 * @returns the bytes of a ModelProto
 */
export function onnxModel(
  graph: Graph,
  outputs: readonly NodeRef[],
  provider: string,
  half: ReadonlySet<NodeRef> = new Set(),
): Uint8Array {
  const emitter = emitted(graph, new ModelEmitter(graph, provider, half, false));
  return encoded(emitter, outputs, []);
}

/** A model, and those of its inputs that are weights: with every picture the same. */
export interface FedModel {
  readonly model: Uint8Array;
  readonly weights: readonly OnnxTensor[];
}

/** A model without its large weights: whoever runs it feeds them, from where they are. */
export function fedModel(graph: Graph, outputs: readonly NodeRef[], provider: string): FedModel {
  const emitter = emitted(graph, new ModelEmitter(graph, provider, new Set(), true));
  const weights = emitter.initializers.filter(({ byteLength }) => byteLength >= LEAST_FED);
  return { model: encoded(emitter, outputs, weights), weights };
}

function emitted(graph: Graph, emitter: ModelEmitter): ModelEmitter {
  for (const node of graph.nodes.values()) emitter.emit(node.name);
  return emitter;
}

function encoded(
  emitter: ModelEmitter,
  outputs: readonly NodeRef[],
  fed: readonly OnnxTensor[],
): Uint8Array {
  const model = {
    irVersion: IR_VERSION,
    producerName: 'dream-bot',
    opsetImport: [{ domain: '', version: OPSET }],
    graph: emitter.finish(outputs, fed),
  };
  return encodeOnnx(
    model,
    emitter.initializers.filter((tensor) => !fed.includes(tensor)),
  );
}
