/** The part of Caffe's protobuf format that is read (caffe.proto of github.com/BVLC/caffe). */
import { protobufTypes } from '../../kit/protobuf.ts';
import type { Fields } from '../../kit/protobuf.ts';

/** Options of layers; `LayerParameter` and the older `V1LayerParameter` number them apart. */
const options: Readonly<Record<string, readonly [type: string, v2: number, v1?: number]>> = {
  transform_param: ['Transform', 100, 36],
  concat_param: ['Concat', 104, 9],
  convolution_param: ['Convolution', 106, 10],
  eltwise_param: ['Eltwise', 110, 24],
  inner_product_param: ['InnerProduct', 117, 17],
  lrn_param: ['LocalResponse', 118, 18],
  pooling_param: ['Pooling', 121, 19],
  power_param: ['Power', 122, 21],
  relu_param: ['Relu', 123, 30],
  softmax_param: ['Softmax', 125, 39],
  slice_param: ['Slice', 126, 31],
  prelu_param: ['Prelu', 131],
  reshape_param: ['Reshape', 133],
  flatten_param: ['Flatten', 135],
  batch_norm_param: ['BatchNorm', 139],
  elu_param: ['Elu', 140],
  bias_param: ['Scale', 141],
  scale_param: ['Scale', 142],
  input_param: ['Input', 143],
};

const parameters = (version: 1 | 2): Fields =>
  Object.fromEntries(
    Object.entries(options).flatMap(([name, [type, v2, v1]]) => {
      const id = version === 2 ? v2 : v1;
      return id === undefined ? [] : [[name, [type, id] as const]];
    }),
  );

const types = protobufTypes(
  {
    Net: {
      name: ['string', 1],
      layers: ['repeated V1Layer', 2],
      input: ['repeated string', 3],
      input_dim: ['repeated int64', 4],
      input_shape: ['repeated Shape', 8],
      layer: ['repeated Layer', 100],
    },
    Layer: {
      name: ['string', 1],
      type: ['string', 2],
      bottom: ['repeated string', 3],
      top: ['repeated string', 4],
      blobs: ['repeated Blob', 7],
      include: ['repeated Rule', 8],
      exclude: ['repeated Rule', 9],
      ...parameters(2),
    },
    V1Layer: {
      bottom: ['repeated string', 2],
      top: ['repeated string', 3],
      name: ['string', 4],
      type: ['int32', 5],
      blobs: ['repeated Blob', 6],
      include: ['repeated Rule', 32],
      exclude: ['repeated Rule', 33],
      ...parameters(1),
    },
    Rule: { phase: ['int32', 1], stage: ['repeated string', 4] },
    Shape: { dim: ['repeated int64', 1] },
    // Packed numbers, left as the bytes that they are.
    Blob: {
      num: ['int64', 1],
      channels: ['int64', 2],
      height: ['int64', 3],
      width: ['int64', 4],
      data: ['repeated bytes', 5],
      shape: ['Shape', 7],
      double_data: ['repeated bytes', 8],
    },
    Transform: {
      scale: ['float', 1],
      crop_size: ['uint32', 3],
      mean_value: ['repeated float', 5],
    },
    Concat: { concat_dim: ['int32', 1], axis: ['int32', 2] },
    Convolution: {
      num_output: ['uint32', 1],
      pad: ['repeated uint32', 3],
      kernel_size: ['repeated uint32', 4],
      group: ['uint32', 5],
      stride: ['repeated uint32', 6],
      pad_h: ['uint32', 9],
      pad_w: ['uint32', 10],
      kernel_h: ['uint32', 11],
      kernel_w: ['uint32', 12],
      stride_h: ['uint32', 13],
      stride_w: ['uint32', 14],
      axis: ['int32', 16],
      dilation: ['repeated uint32', 18],
    },
    Eltwise: { operation: ['int32', 1], coeff: ['repeated float', 2] },
    InnerProduct: { num_output: ['uint32', 1], axis: ['int32', 5], transpose: ['bool', 6] },
    LocalResponse: {
      local_size: ['uint32', 1],
      alpha: ['float', 2],
      beta: ['float', 3],
      norm_region: ['int32', 4],
      k: ['float', 5],
    },
    Pooling: {
      pool: ['int32', 1],
      kernel_size: ['uint32', 2],
      stride: ['uint32', 3],
      pad: ['uint32', 4],
      kernel_h: ['uint32', 5],
      kernel_w: ['uint32', 6],
      stride_h: ['uint32', 7],
      stride_w: ['uint32', 8],
      pad_h: ['uint32', 9],
      pad_w: ['uint32', 10],
      global_pooling: ['bool', 12],
      round_mode: ['int32', 13],
    },
    Power: { power: ['float', 1], scale: ['float', 2], shift: ['float', 3] },
    Relu: { negative_slope: ['float', 1] },
    Softmax: { axis: ['int32', 2] },
    Slice: { slice_dim: ['uint32', 1], slice_point: ['repeated uint32', 2], axis: ['int32', 3] },
    Prelu: { channel_shared: ['bool', 2] },
    Reshape: { shape: ['Shape', 1], axis: ['int32', 2], num_axes: ['int32', 3] },
    Flatten: { axis: ['int32', 1], end_axis: ['int32', 2] },
    BatchNorm: { eps: ['float', 3] },
    Elu: { alpha: ['float', 1] },
    Scale: { axis: ['int32', 1], num_axes: ['int32', 2], bias_term: ['bool', 4] },
    Input: { shape: ['repeated Shape', 1] },
  },
  'proto2',
);

export const netType = types.lookupType('Net');

/** Words for numbers, in text files; the numbers of the older layers' types too. */
export const enumerations: Readonly<Record<string, readonly string[]>> = {
  phase: ['TRAIN', 'TEST'],
  pool: ['MAX', 'AVE', 'STOCHASTIC'],
  round_mode: ['CEIL', 'FLOOR'],
  operation: ['PROD', 'SUM', 'MAX'],
  norm_region: ['ACROSS_CHANNELS', 'WITHIN_CHANNEL'],
  type: [
    ...['NONE', 'ACCURACY', 'BNLL', 'CONCAT', 'CONVOLUTION', 'DATA', 'DROPOUT', 'EUCLIDEAN_LOSS'],
    ...['FLATTEN', 'HDF5_DATA', 'HDF5_OUTPUT', 'IM2COL', 'IMAGE_DATA', 'INFOGAIN_LOSS'],
    ...['INNER_PRODUCT', 'LRN', 'MULTINOMIAL_LOGISTIC_LOSS', 'POOLING', 'RELU', 'SIGMOID'],
    ...['SOFTMAX', 'SOFTMAX_LOSS', 'SPLIT', 'TANH', 'WINDOW_DATA', 'ELTWISE', 'POWER'],
    ...['SIGMOID_CROSS_ENTROPY_LOSS', 'HINGE_LOSS', 'MEMORY_DATA', 'ARGMAX', 'THRESHOLD'],
    ...['DUMMY_DATA', 'SLICE', 'MVN', 'ABSVAL', 'SILENCE', 'CONTRASTIVE_LOSS', 'EXP'],
    'DECONVOLUTION',
  ],
};

/** Options of one kind of layer, by Caffe's names. */
export type Options = Readonly<
  Record<string, number | string | boolean | readonly number[] | Shape | undefined>
>;

export interface Shape {
  readonly dim: readonly number[];
}

export interface BlobMessage {
  readonly num?: number;
  readonly channels?: number;
  readonly height?: number;
  readonly width?: number;
  readonly data: readonly Uint8Array[];
  readonly double_data: readonly Uint8Array[];
  readonly shape?: Shape;
}

export interface LayerMessage {
  readonly name?: string;
  readonly type?: string | number;
  readonly bottom: readonly string[];
  readonly top: readonly string[];
  readonly blobs: readonly BlobMessage[];
  readonly include: readonly { readonly phase?: number; readonly stage: readonly string[] }[];
  readonly exclude: readonly { readonly phase?: number }[];
  readonly input_param?: { readonly shape: readonly Shape[] };
  readonly transform_param?: TransformMessage;
}

export interface TransformMessage {
  readonly scale?: number;
  readonly crop_size?: number;
  readonly mean_value: readonly number[];
}

export interface NetMessage {
  readonly name?: string;
  readonly layers: readonly LayerMessage[];
  readonly layer: readonly LayerMessage[];
  readonly input: readonly string[];
  readonly input_dim: readonly number[];
  readonly input_shape: readonly Shape[];
}
