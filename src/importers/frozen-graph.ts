/**
 * TensorFlow graphs in protobuf files. A frozen graph is one file with the graph and, as its
 * constants, the weights; a SavedModel has such a graph inside where no weight is a variable.
 */
import { DreamError } from '../kit/errors.ts';
import { isGraphDef, readGraphDef } from './containers/graphdef-protobuf.ts';
import { GraphDefWeights } from './containers/graphdef-weights.ts';
import { metaGraphs } from './containers/saved-model.ts';
import { importGraphDef } from './graphdef.ts';
import type { Imported } from './imported.ts';

/** Whether a file's bytes are a GraphDef's. */
export function isFrozenGraph(bytes: Uint8Array): boolean {
  return isGraphDef(bytes);
}

/** @throws DreamError 'bad-model' or 'unsupported-op'. */
export function readFrozenGraph(bytes: Uint8Array): Promise<Imported> {
  return readGraph(bytes, undefined);
}

export function isSavedModel(bytes: Uint8Array): boolean {
  return metaGraphs(bytes).length > 0;
}

/** @throws DreamError 'bad-model' or 'unsupported-op': above all where the weights are variables. */
export async function readSavedModel(bytes: Uint8Array): Promise<Imported> {
  const graphs = metaGraphs(bytes);
  const served = graphs.find(({ tags }) => tags.includes('serve')) ?? graphs[0];
  if (!served) throw new DreamError('bad-model', 'the SavedModel holds no graph');
  return readGraph(served.graph, served.output);
}

/** @param output the node with the scores, where something besides the graph declares it. */
async function readGraph(bytes: Uint8Array, output: string | undefined): Promise<Imported> {
  const { nodes, tensors } = readGraphDef(bytes);
  return importGraphDef({ nodes, output }, new GraphDefWeights(tensors));
}
