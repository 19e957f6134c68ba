/**
 * TensorFlow's SavedModel and MetaGraphDef (saved_model.proto, meta_graph.proto): a GraphDef with
 * signatures, which say what its inputs and outputs are.
 */
import { protobufTypes } from '../../kit/protobuf.ts';
import { isGraphDef } from './graphdef-protobuf.ts';
import { fieldsOf } from './protobuf-fields.ts';

const types = protobufTypes({
  Info: { tags: ['repeated string', 4] },
  SignatureEntry: { key: ['string', 1], value: ['Signature', 2] },
  Signature: { outputs: ['repeated OutputEntry', 2] },
  OutputEntry: { key: ['string', 1], value: ['Output', 2] },
  Output: { name: ['string', 1] },
});
const infoType = types.lookupType('Info');
const signatureType = types.lookupType('SignatureEntry');

/** Field numbers of MetaGraphDef. */
const INFO = 1;
const GRAPH = 2;
const SIGNATURE = 5;

interface SignatureMessage {
  readonly key: string;
  readonly value: { outputs: readonly { value: { name: string } | null }[] } | null;
}

export interface MetaGraph {
  /** The bytes of its GraphDef. */
  readonly graph: Uint8Array;
  readonly tags: readonly string[];
  /** The node that its signature for serving gives, where that is a single one. */
  readonly output: string | undefined;
}

/** The graphs in a SavedModel; none where the bytes are something else. */
export function metaGraphs(bytes: Uint8Array): MetaGraph[] {
  // schema_version = 1, then the first graph
  if (bytes[0] !== 0x08 || bytes[2] !== 0x12) return [];
  try {
    const graphs = [...fieldsOf(bytes)].filter(({ field }) => field === 2);
    return graphs.flatMap(({ content }) => metaGraph(content) ?? []);
  } catch {
    return [];
  }
}

/** A MetaGraphDef, or null for other bytes. A `.meta` file of a training checkpoint is one. */
export function metaGraph(bytes: Uint8Array): MetaGraph | null {
  let [graph, tags, output]: [Uint8Array | null, string[], string | undefined] = [
    null,
    [],
    undefined,
  ];
  for (const { field, content } of fieldsOf(bytes)) {
    if (field === INFO) ({ tags } = infoType.decode(content) as unknown as { tags: string[] });
    if (field === GRAPH) graph = content;
    if (field === SIGNATURE) output ??= outputIn(content);
  }
  return graph && isGraphDef(graph) ? { graph, tags, output } : null;
}

function outputIn(bytes: Uint8Array): string | undefined {
  const { key, value } = signatureType.decode(bytes) as unknown as SignatureMessage;
  if (key !== 'serving_default' || value?.outputs.length !== 1) return undefined;
  return value.outputs[0]!.value?.name;
}
