/** Functions of TensorFlow that a network calls between its layers. */
import type { NodeRef } from '../../graph/graph.ts';
import { addActivation } from '../activations.ts';
import { softmaxLayer } from './activation-layers.ts';
import { combined } from './arithmetic-layers.ts';
import type { Combination } from './arithmetic-layers.ts';
import type { LayerCall, Value } from './layer-call.ts';
import { concatenate } from './layout-layers.ts';
import {
  activated,
  expanded,
  leaky,
  matrixProduct,
  reduction,
  reshaped,
  squeezed,
  transposed,
} from './operation-layers.ts';
import { tensorflowPatches } from './patch-layers.ts';
import { imageResize } from './resize-layers.ts';

/** By their names in Python: `math.add`, `nn.relu6`. */
export function tensorflowFunction(call: LayerCall): NodeRef {
  const name = call.text('function', '');
  const op = operations.get(name);
  if (op) return combined(call, op, call.values);
  const plain = name.replace(/^compat\.v1\./, '');
  const build = functions.get(plain);
  if (build) return build(call);
  const [, activation] = /^(?:nn|math)\.(\w+)$/.exec(plain) ?? [];
  if (activation === undefined) throw call.unsupported(`the function '${name}'`);
  return activated(activation)(call);
}

const functions = new Map<string, (call: LayerCall) => NodeRef>([
  ['cast', (call) => call.input],
  ['identity', (call) => call.input],
  ['stop_gradient', (call) => call.input],
  ['math.reduce_mean', reduction('reduceMean')],
  ['math.reduce_max', reduction('reduceMax')],
  ['math.reduce_sum', reduction('reduceSum')],
  ['linalg.matmul', matrixProduct],
  ['concat', concatenate],
  ['reshape', reshaped],
  ['transpose', transposed],
  ['expand_dims', expanded],
  ['squeeze', squeezed],
  ['nn.softmax', softmaxLayer],
  ['nn.leaky_relu', leaky],
  ['image.resize', imageResize],
  ['image.extract_patches', tensorflowPatches],
]);

const operations = new Map<string, Combination>([
  ['math.add', 'add'],
  ['__operators__.add', 'add'],
  ['nn.bias_add', 'add'],
  ['math.subtract', 'sub'],
  ['__operators__.sub', 'sub'],
  ['math.multiply', 'mul'],
  ['__operators__.mul', 'mul'],
  ['math.truediv', 'div'],
  ['math.divide', 'div'],
  ['__operators__.truediv', 'div'],
  ['math.maximum', 'max'],
  ['math.minimum', 'min'],
]);

/** A node of TensorFlow's own graph, as Keras 2.2 to 2.4 wrote functions. */
export function tensorflowNode(call: LayerCall): NodeRef {
  const { op } = nodeDefinition(call);
  const values = [...call.values];
  const constants = Object.entries((call.config['constants'] ?? {}) as Record<string, unknown>);
  for (const [place, constant] of constants.sort(([a], [b]) => Number(a) - Number(b))) {
    values.splice(Number(place), 0, constantIn(call, constant));
  }
  const operation = nodeOperations.get(op);
  if (operation) return combined(call, operation, values);
  if (op === 'Cast' || op === 'Identity') return call.input;
  return addActivation(call.builder, op.toLowerCase(), call.input, call.output);
}

const nodeOperations = new Map<string, Combination>([
  ['Add', 'add'],
  ['AddV2', 'add'],
  ['BiasAdd', 'add'],
  ['Sub', 'sub'],
  ['Mul', 'mul'],
  ['RealDiv', 'div'],
  ['Maximum', 'max'],
  ['Minimum', 'min'],
]);

/** An object, or the text of one. */
function nodeDefinition(call: LayerCall): { op: string } {
  const written = call.config['node_def'];
  try {
    const node = (typeof written === 'string' ? JSON.parse(written) : written) as { op?: unknown };
    if (typeof node.op === 'string') return { op: node.op };
  } catch {
    // Refused below.
  }
  throw call.bad('has a node_def that names no op');
}

function constantIn(call: LayerCall, constant: unknown): Value {
  const numbers: unknown[] = [constant].flat(Infinity);
  if (numbers.length > 0 && numbers.every((value) => typeof value === 'number')) {
    return typeof constant === 'number' ? constant : numbers;
  }
  throw call.bad(`has constants of ${JSON.stringify(constant).slice(0, 60)}, expected numbers`);
}

/** Of a picture. */
const MOST_CHANNELS = 64;

/** `x[..., ::-1]`, which makes BGR of RGB; no other part of a tensor. */
export function getItem(call: LayerCall): NodeRef {
  const slices = call.values.flatMap((value) =>
    typeof value === 'object' && 'part' in value ? [value.part] : [],
  );
  const last = slices.at(-1);
  const others = slices.slice(0, -1);
  const isWhole = others.every((slice) => slice === '...' || slice.every((at) => at === null));
  const reaches = others.includes('...') || slices.length === call.rank;
  const isReversed = Array.isArray(last) && last.join() === ',,-1';
  if (!isReversed || !isWhole || !reaches || call.rank !== 4 || call.channels > MOST_CHANNELS) {
    throw call.unsupported('a part of a tensor (only channels the other way round are)');
  }
  const { builder, channels } = call;
  const read = (): Float32Array => {
    const filter = new Float32Array(channels ** 2);
    for (let channel = 0; channel < channels; channel++) {
      filter[channel * channels + channels - 1 - channel] = 1;
    }
    return filter;
  };
  const turned = builder.constant({ shape: [1, 1, channels, channels], read });
  const window = { size: [1, 1], strides: [1, 1], dilations: [1, 1], padding: 'valid', groups: 1 };
  return builder.add('conv2d', [call.input, turned], window, call.output);
}
