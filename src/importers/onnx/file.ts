/** The bytes of an ONNX file as a network. */
import { DreamError } from '../../kit/errors.ts';
import { decodeOnnx } from '../../kit/onnx-format.ts';
import type {
  AttributeMessage,
  GraphMessage,
  ModelMessage,
  NodeMessage,
  ValueInfoMessage,
} from '../../kit/onnx-format.ts';
import { structureOf } from '../containers/wire.ts';
import type { Wire } from '../containers/wire.ts';
import { imageHints } from '../image-notes.ts';
import type { ReadShard } from '../imported.ts';
import type { Attribute, Network, NetworkNode, NetworkValue } from './network.ts';
import { OnnxWeights } from './tensors.ts';

/** The largest picture networks have some thousands. */
const MOST_NODES = 50_000;

/** Of all that is not the contents of tensors. */
const MOST_STRUCTURE = 64 * 2 ** 20;
const TENSOR: Wire = { contents: [4, 5, 7, 9, 10] };
const ATTRIBUTE: Wire = { messages: { 5: TENSOR } };
const NODE: Wire = { messages: { 5: ATTRIBUTE } };
const STRUCTURE: Wire = { messages: { 7: { messages: { 1: NODE, 5: TENSOR } } } };

/** The type of elements that are texts. */
const TEXT = 8;

/** Types of elements that can be a picture: floats of any width, and bytes. */
const PICTURE_TYPES = new Set([1, 2, 10, 11, 16]);

/** @throws DreamError 'bad-model' */
export function readNetworkFile(bytes: Uint8Array, readShard: ReadShard): Network {
  const model = decodedModel(bytes);
  const { graph } = model;
  if (!graph || graph.node.length === 0) throw bad('the ONNX file holds no network');
  if (graph.node.length > MOST_NODES) {
    throw bad(`the network has ${graph.node.length} nodes; expected at most ${MOST_NODES}`);
  }
  const weights = new OnnxWeights(readShard);
  for (const tensor of graph.initializer) {
    // Names of classes, for what decides at the end.
    if (tensor.dataType !== TEXT) weights.add(tensor.name ?? '', tensor);
  }
  const nodes = graph.node.map((node, index) => nodeOf(node, index, weights));
  return {
    nodes,
    opset: opsetOf(model),
    inputs: graph.input.map(valueOf).filter(({ name }) => !weights.has(name)),
    outputs: outputsOf(graph),
    constants: weights.constants,
    weights,
    hints: imageHints(
      Object.fromEntries(model.metadataProps.map(({ key = '', value }) => [key, value])),
    ),
  };
}

function decodedModel(bytes: Uint8Array): ModelMessage {
  try {
    const size = structureOf(bytes, STRUCTURE);
    if (size > MOST_STRUCTURE) throw bad(`the ONNX file describes ${size} bytes of nodes`);
    return decodeOnnx(bytes);
  } catch (error) {
    if (error instanceof DreamError) throw error;
    const message = `the ONNX file cannot be read: ${(error as Error).message}`;
    const hint = 'Copy it anew: it was cut short or damaged.';
    throw new DreamError('bad-model', message, hint, { cause: error });
  }
}

function opsetOf({ opsetImport }: ModelMessage): number {
  const own = opsetImport.find(({ domain = '' }) => domain === '' || domain === 'ai.onnx');
  return own?.version ?? 1;
}

function outputsOf({ output }: GraphMessage): NetworkValue[] {
  if (output.length > 0) return output.map(valueOf);
  throw bad('the ONNX network has no output');
}

function nodeOf(message: NodeMessage, index: number, weights: OnnxWeights): NetworkNode {
  const { domain = '', opType = '', output, input } = message;
  const op = domain === '' || domain === 'ai.onnx' ? opType : `${domain}:${opType}`;
  const name = message.name || output.find((value) => value !== '') || `${op} ${index}`;
  const place = `node '${name}' (${op})`;
  const attributes = message.attribute.map((attribute): [string, Attribute | undefined] => [
    attribute.name ?? '',
    attributeOf(attribute, `${place}, ${attribute.name ?? ''}`, weights),
  ]);
  return {
    name,
    op,
    inputs: input,
    outputs: output,
    place,
    attributes: Object.fromEntries(
      attributes.filter((entry): entry is [string, Attribute] => entry[1] !== undefined),
    ),
  };
}

/** Fields that hold zero may be missing: the type says which field is meant. */
function attributeOf(
  { type, f, i, s, t, floats, ints }: AttributeMessage,
  place: string,
  weights: OnnxWeights,
): Attribute | undefined {
  if (type === 1 || (type === undefined && f !== undefined)) return f ?? 0;
  if (type === 2 || (type === undefined && i !== undefined)) return i ?? 0;
  if (type === 3 || s) return Buffer.from(s ?? []).toString('utf8');
  if (t) return t.dataType === TEXT ? undefined : weights.add(place, t);
  if (type === 6 || floats.length > 0) return floats;
  if (type === 7 || ints.length > 0) return ints;
  return undefined;
}

function valueOf({ name = '', type }: ValueInfoMessage): NetworkValue {
  const { shape, elemType } = type?.tensorType ?? {};
  // A size of 0 is how some writers say that they do not know it.
  const dims = shape?.dim.map(({ dimValue = 0 }) => (dimValue > 0 ? dimValue : null)) ?? null;
  return { name, dims, numeric: PICTURE_TYPES.has(elemType ?? 1) };
}

function bad(message: string): DreamError {
  return new DreamError('bad-model', message);
}
