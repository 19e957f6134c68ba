/**
 * Caffe networks: a `.caffemodel`, and the `.prototxt` beside it where there is one, which then
 * says how the layers are joined. Which layers: the table in caffe/layers.ts.
 */
import protobuf from 'protobufjs/light.js';
import { DreamError } from '../kit/errors.ts';
import { decoded } from '../kit/protobuf.ts';
import { caffeLayers } from './caffe/layers.ts';
import { LayerCall } from './caffe/layer-call.ts';
import type { CaffeImport } from './caffe/layer-call.ts';
import { bad, layersOf, netOf } from './caffe/net.ts';
import type { Net } from './caffe/net.ts';
import { netType } from './caffe/schema.ts';
import type { NetMessage } from './caffe/schema.ts';
import { readNetText } from './caffe/text.ts';
import { structureOf } from './containers/wire.ts';
import type { Wire } from './containers/wire.ts';
import type { Beside, Imported, InputHints } from './imported.ts';
import { importNetwork } from './onnx/import.ts';
import type { Network } from './onnx/network.ts';
import { OnnxWeights } from './onnx/tensors.ts';

/** The version of ONNX's ops that layers are converted to. */
const OPSET = 13;
/** The deepest networks have some hundred layers. */
const MOST_LAYERS = 10_000;
/** Of all that is not the contents of blobs. */
const MOST_STRUCTURE = 32 * 2 ** 20;
const BLOB: Wire = { contents: [5, 6, 8, 9] };
const STRUCTURE: Wire = {
  messages: { 2: { messages: { 6: BLOB } }, 100: { messages: { 7: BLOB } } },
};
const [NAME, OLD_LAYER, LAYER] = [1, 2, 100];
/** NetParameter's other fields, which come before the layers. */
const LAST_SETTING = 8;

/** Whether bytes begin as a NetParameter does: perhaps a name, settings, then layers. */
export function isCaffe(bytes: Uint8Array): boolean {
  const reader = protobuf.Reader.create(bytes);
  try {
    while (reader.pos < reader.len) {
      const key = reader.uint32();
      const [field, wire] = [key >>> 3, key & 7];
      if (field === LAYER) return wire === 2;
      if (field === OLD_LAYER) return wire === 2 && isOldLayer(reader.bytes());
      if (field > LAST_SETTING || (field === NAME && wire !== 2)) return false;
      if (field === NAME && !isText(reader.bytes())) return false;
      if (field !== NAME) reader.skipType(wire, 0, field);
    }
  } catch {
    return false;
  }
  return false;
}

/** A name (field 4) and a type that is a number (field 5), among blobs and settings. */
function isOldLayer(bytes: Uint8Array): boolean {
  const reader = protobuf.Reader.create(bytes);
  while (reader.pos < reader.len) {
    const key = reader.uint32();
    if (key === ((5 << 3) | 0)) return true;
    reader.skipType(key & 7, 0, key >>> 3);
  }
  return false;
}

function isText(bytes: Uint8Array): boolean {
  return bytes.every((letter) => letter >= 0x20);
}

/** @throws DreamError 'bad-model' or 'unsupported-op', naming the layer. */
export async function readCaffe(bytes: Uint8Array, beside: Beside): Promise<Imported> {
  const trained = decodedNet(bytes);
  const described = await describedBeside(beside, trained);
  const layers = new Map(layersOf(trained).map((layer) => [layer.name ?? '', layer]));
  const net = netOf(described ?? trained, layers);
  const hints = hintsOf(net, netOf(trained, layers));
  const imported = await importNetwork(networkOf(net));
  return { ...imported, hints };
}

function decodedNet(bytes: Uint8Array): NetMessage {
  let net: NetMessage;
  try {
    const size = structureOf(bytes, STRUCTURE);
    if (size > MOST_STRUCTURE) throw bad(`the Caffe model describes ${size} bytes of layers`);
    net = decoded(netType, bytes) as unknown as NetMessage;
  } catch (error) {
    if (error instanceof DreamError) throw error;
    const message = `the Caffe model cannot be read: ${(error as Error).message}`;
    const hint = 'Copy it anew: it was cut short or damaged.';
    throw new DreamError('bad-model', message, hint, { cause: error });
  }
  const { length } = layersOf(net);
  if (length > 0 && length <= MOST_LAYERS) return net;
  throw bad(`the Caffe model has ${length} layers`);
}

/** The best of the texts beside the model that describe its layers; for deployment before others. */
async function describedBeside(beside: Beside, trained: NetMessage): Promise<NetMessage | null> {
  const names = beside.names.filter((name) => /\.(prototxt|pbtxt)(\.txt)?$/i.test(name));
  const known = new Set(layersOf(trained).map(({ name }) => name));
  const ranked = names.sort((a, b) => Number(/deploy/i.test(b)) - Number(/deploy/i.test(a)));
  for (const name of ranked) {
    const text = Buffer.from(await beside.read(name)).toString('utf8');
    const net = readNetText(text, name);
    const layers = layersOf(net);
    if (layers.length > MOST_LAYERS) {
      throw bad(`'${name}' has ${layers.length} layers`);
    }
    const shared = layers.filter((layer) => known.has(layer.name)).length;
    // A solver's settings have no layers, and another network's text has others.
    if (shared > 0 && shared * 2 >= Math.min(known.size, layers.length)) return net;
  }
  return null;
}

function networkOf(net: Net): Network {
  const weights = new OnnxWeights(() => Promise.reject(new Error('Caffe has no such files')));
  const shared: CaffeImport = { weights, constants: new Map(), nodes: [] };
  for (const layer of net.layers) {
    const convert = caffeLayers.get(layer.kind);
    const { name, type, inputs, outputs } = layer;
    const place = `layer '${name}' (${type})`;
    if (convert) convert(new LayerCall(shared, layer));
    // The import lists all of them together, and refuses what the output needs.
    else shared.nodes.push({ name, op: `caffe:${type}`, inputs, outputs, attributes: {}, place });
  }
  const output = net.outputs.at(-1);
  if (output === undefined) throw bad('the Caffe model has no output');
  return {
    nodes: shared.nodes,
    opset: OPSET,
    inputs: [...net.inputs].map(([name, dims]) => ({
      name,
      dims: dims?.map((size) => (size > 0 ? size : null)) ?? null,
      numeric: true,
    })),
    outputs: [{ name: output, dims: null, numeric: true }],
    constants: shared.constants,
    weights,
  };
}

/** Caffe reads pictures as OpenCV does: blue first. */
function hintsOf(...nets: readonly Net[]): InputHints {
  const transform = nets.find((net) => net.transform)?.transform;
  const { mean_value: mean = [], scale } = transform ?? {};
  return {
    channelOrder: 'bgr',
    ...(mean.length > 0 ? { mean } : {}),
    ...(scale === undefined ? {} : { scale }),
  };
}
