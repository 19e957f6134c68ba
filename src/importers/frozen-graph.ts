/**
 * TensorFlow graphs in protobuf files. A frozen graph is one file with the graph and, as its
 * constants, the weights; a SavedModel has a graph inside and, beside it, a checkpoint of the
 * variables; the first converters for tensorflow.js took the weights out and wrote them beside it.
 */
import { DreamError } from '../kit/errors.ts';
import { isGraphDef, readFunctions, readGraphDef } from './containers/graphdef-protobuf.ts';
import { GraphDefWeights } from './containers/graphdef-weights.ts';
import { metaGraphs } from './containers/saved-model.ts';
import { openBundle } from './containers/tensor-bundle.ts';
import { openWeights } from './containers/tfjs-weights.ts';
import { importGraphDef } from './graphdef.ts';
import { inlined } from './graphdef/inline.ts';
import { withVariables } from './graphdef/variables.ts';
import type { Beside, Imported } from './imported.ts';
import type { Weights } from './weights.ts';

const MANIFEST = 'weights_manifest.json';
/** Where a SavedModel keeps its variables: names of files without their endings. */
const VARIABLES = 'variables/variables';

/** Whether a file's bytes are a GraphDef's. */
export function isFrozenGraph(bytes: Uint8Array): boolean {
  return isGraphDef(bytes);
}

/** @throws DreamError 'bad-model' or 'unsupported-op'. */
export async function readFrozenGraph(bytes: Uint8Array, beside: Beside): Promise<Imported> {
  const { nodes, tensors } = readGraphDef(bytes);
  const inside = new GraphDefWeights(tensors);
  if (beside.names.includes(MANIFEST)) {
    return importGraphDef({ nodes }, together(await manifestWeights(beside), inside));
  }
  if (inside.areMissing()) {
    throw new DreamError(
      'bad-model',
      "the graph's constants hold no numbers: its weights are missing",
      `Put ${MANIFEST} and the files that it names beside the graph, if it came with them.`,
    );
  }
  return importGraphDef({ nodes }, inside);
}

export function isSavedModel(bytes: Uint8Array): boolean {
  return metaGraphs(bytes).length > 0;
}

/** @throws DreamError 'bad-model' or 'unsupported-op': also where the variables are not beside it. */
export async function readSavedModel(bytes: Uint8Array, beside: Beside): Promise<Imported> {
  const graphs = metaGraphs(bytes);
  const served = graphs.find(({ tags }) => tags.includes('serve')) ?? graphs[0];
  if (!served) throw new DreamError('bad-model', 'the SavedModel holds no graph');
  const functions = readFunctions(served.graph);
  const graph = inlined(readGraphDef(served.graph), functions, served.output);
  const { output } = graph;
  const inside = new GraphDefWeights(graph.tensors);
  if (!beside.names.includes(`${VARIABLES}.index`)) {
    return importGraphDef({ nodes: graph.nodes, output }, inside);
  }
  const bundle = await openBundle(beside, VARIABLES);
  const { nodes, keys } = withVariables(graph, functions, bundle);
  return importGraphDef({ nodes, output }, together(renamed(bundle, keys), inside));
}

/** Weights under other names: those of the nodes that give them. */
function renamed(weights: Weights, keys: ReadonlyMap<string, string>): Weights {
  return {
    has: (name) => keys.has(name),
    constant: (name) => {
      const constant = weights.constant(keys.get(name)!);
      return { ...constant, weights: [name] };
    },
    ready: (names) => weights.ready([...names].map((name) => keys.get(name)!)),
  };
}

async function manifestWeights(beside: Beside): Promise<Weights> {
  const text = Buffer.from(await beside.read(MANIFEST)).toString('utf8');
  let manifest: unknown;
  try {
    manifest = JSON.parse(text);
  } catch (error) {
    const message = `'${MANIFEST}' is not JSON: ${(error as Error).message}`;
    throw new DreamError('bad-model', message, undefined, { cause: error });
  }
  return openWeights(manifest, beside.read);
}

/** The weights of both, those of `first` where both have one. */
function together(first: Weights, second: Weights): Weights {
  const holder = (name: string): Weights => (first.has(name) ? first : second);
  return {
    has: (name) => holder(name).has(name),
    constant: (name) => holder(name).constant(name),
    ready: (names) => first.ready([...names].filter((name) => first.has(name))),
  };
}
