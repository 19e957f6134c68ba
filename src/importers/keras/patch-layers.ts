/** Pictures cut into squares: functions, and the two classes of Keras's own example of a ViT. */
import type { NodeRef } from '../../graph/graph.ts';
import { isLength } from './layer-call.ts';
import type { LayerCall } from './layer-call.ts';

/** Values of a patch: the filter that picks them has as many squared. */
const MOST_VALUES = 3072;

type Pair = readonly [rows: number, columns: number];

/** [1, rows, columns, values]: of each patch the rows, in them the columns, in them the channels. */
function cut(call: LayerCall, size: Pair, strides: Pair, name?: string): NodeRef {
  const { builder, channels, shared } = call;
  const values = size[0] * size[1] * channels;
  if (shared.channelsFirst || call.rank !== 4) throw call.unsupported('this order of axes');
  if (values > MOST_VALUES) throw call.unsupported(`a patch of ${values} values`);
  const padding = call.text('padding', 'valid').toLowerCase();
  if (padding !== 'same' && padding !== 'valid') throw call.unsupported(`padding '${padding}'`);
  const filter = builder.constant({
    shape: [...size, channels, values],
    read: () => {
      const one = new Float32Array(values ** 2);
      for (let value = 0; value < values; value++) one[value * values + value] = 1;
      return one;
    },
  });
  const window = { size, strides, dilations: [1, 1], padding, groups: 1 };
  return builder.add('conv2d', [call.input, filter], window, name);
}

/** tf.image.extract_patches: all options for [batch, rows, columns, channels]. */
export function tensorflowPatches(call: LayerCall): NodeRef {
  const inner = (option: string): Pair => {
    const written = call.config[option];
    const [batch, rows, columns, channels] = Array.isArray(written) ? (written as unknown[]) : [];
    if (batch === 1 && channels === 1 && isLength(rows) && isLength(columns)) {
      return [rows, columns];
    }
    throw call.bad(`has ${option} = ${JSON.stringify(written)}, expected [1, rows, columns, 1]`);
  };
  if (inner('rates').some((rate) => rate !== 1)) throw call.unsupported('rates');
  return cut(call, inner('sizes'), inner('strides'), call.output);
}

/** keras.ops.image.extract_patches */
export function kerasPatches(call: LayerCall): NodeRef {
  if (call.lengths('dilation_rate', [1, 1]).some((rate) => rate !== 1)) {
    throw call.unsupported('dilation_rate');
  }
  const size = call.lengths('size');
  return cut(call, size, call.lengths('strides', size), call.output);
}

/** `Patches`: [1, patches, values] */
export function patches(call: LayerCall): NodeRef {
  const size = call.lengths('patch_size');
  const squares = cut(call, size, size);
  const values = call.builder.shapeOf(squares)[3]!;
  return call.builder.add('reshape', [squares], { shape: [1, null, values] }, call.output);
}

/** `PatchEncoder`: a dense layer, and for each patch the vector of its place. */
export function patchEncoder(call: LayerCall): NodeRef {
  const { builder } = call;
  const kernel = call.weight('projection/kernel', [call.channels, null]);
  const [, width] = kernel.shape as [number, number];
  const bias = call.weight('projection/bias', [width]);
  const places = call.weight('position_embedding/embeddings', [null, width]);
  const product = builder.add('matMul', [call.input, call.constant('projection/kernel', kernel)]);
  const sum = builder.add('add', [product, call.constant('projection/bias', bias)]);
  const all = { ...places, shape: [1, ...places.shape] };
  const embeddings = call.constant('position_embedding/embeddings', all);
  return builder.add('add', [sum, embeddings], {}, call.output);
}

export const PATCH_ENCODER_WEIGHTS = [
  'projection/kernel',
  'projection/bias',
  'position_embedding/embeddings',
];
