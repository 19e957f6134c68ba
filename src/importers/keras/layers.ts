/**
 * Every layer class. To add one: a function in a file of this folder and a line here; a function of
 * Keras 3 has its line in operations.ts, what works in training only in training-only.ts.
 */
import { DreamError } from '../../kit/errors.ts';
import {
  activation,
  eluLayer,
  leakyReluLayer,
  preluLayer,
  reluLayer,
  softmaxLayer,
} from './activation-layers.ts';
import { arithmetic, average, layerScale, rescaling, residualScale } from './arithmetic-layers.ts';
import { isModel } from './config.ts';
import {
  attention,
  ATTENTION_PARTS,
  ATTENTION_WEIGHTS,
  multiHeadAttention,
} from './attention-layers.ts';
import { getItem, tensorflowFunction, tensorflowNode } from './function-layers.ts';
import type { LayerCall, LayerDefinition, WeightRule } from './layer-call.ts';
import {
  concatenate,
  cropping2d,
  flatten,
  permute,
  reshape,
  zeroPadding2d,
} from './layout-layers.ts';
import {
  conv2d,
  conv2dTranspose,
  dense,
  depthwiseConv2d,
  separableConv2d,
} from './linear-layers.ts';
import {
  batchNormalization,
  groupNormalization,
  layerNormalization,
  normalization,
  rootMeanSquareNormalization,
  unitNormalization,
} from './normalisation-layers.ts';
import { operations } from './operations.ts';
import { PATCH_ENCODER_WEIGHTS, patchEncoder, patches } from './patch-layers.ts';
import { globalPooling2d, pooling2d } from './pooling-layers.ts';
import { dot, einsumDense, einsumWeights } from './product-layers.ts';
import { cropped, resizing, upSampling2d } from './resize-layers.ts';
import { conv1d, globalPooling1d, pooling1d, repeatVector } from './sequence-layers.ts';
import { TRAINING_ONLY } from './training-only.ts';

const identity: LayerDefinition = { build: (call) => call.input };

const BIAS = ['bias', 'use_bias'] as const;
const SCALE_AND_SHIFT: readonly WeightRule[] = [
  ['gamma', 'scale'],
  ['beta', 'center'],
];
const batchNormalizationLayer: LayerDefinition = {
  build: batchNormalization,
  role: 'normalisation',
  weights: [...SCALE_AND_SHIFT, 'moving_mean', 'moving_variance'],
};

const groupNormalizationLayer: LayerDefinition = {
  build: groupNormalization,
  weights: SCALE_AND_SHIFT,
};

const table: Readonly<Record<string, LayerDefinition>> = {
  Conv2D: { build: conv2d, role: 'linear', weights: ['kernel', BIAS] },
  Conv2DTranspose: { build: conv2dTranspose, role: 'linear', weights: ['kernel', BIAS] },
  DepthwiseConv2D: { build: depthwiseConv2d, role: 'linear', weights: ['depthwise_kernel', BIAS] },
  SeparableConv2D: {
    build: separableConv2d,
    role: 'linear',
    weights: ['depthwise_kernel', 'pointwise_kernel', BIAS],
  },
  Conv1D: { build: conv1d, role: 'linear', weights: ['kernel', BIAS] },
  Dense: { build: dense, role: 'linear', weights: ['kernel', BIAS] },
  EinsumDense: { build: einsumDense, role: 'linear', weights: einsumWeights },
  Dot: { build: dot },
  MultiHeadAttention: {
    build: multiHeadAttention,
    weights: ATTENTION_WEIGHTS,
    parts: ATTENTION_PARTS,
  },
  Attention: {
    build: attention,
    weights: ({ use_scale: scaled }) => (scaled === true ? ['scale'] : []),
  },

  BatchNormalization: batchNormalizationLayer,
  BatchNormalizationV1: batchNormalizationLayer,
  BatchNormalizationV2: batchNormalizationLayer,
  LayerNormalization: { build: layerNormalization, weights: SCALE_AND_SHIFT },
  GroupNormalization: groupNormalizationLayer,
  'Addons>GroupNormalization': groupNormalizationLayer,
  RMSNormalization: { build: rootMeanSquareNormalization, weights: ['scale'] },
  UnitNormalization: { build: unitNormalization },
  Normalization: {
    build: normalization,
    // One that was told its numbers has no weights.
    weights: ({ mean = null }) => (mean === null ? ['mean', 'variance', 'count'] : []),
  },

  Activation: { build: activation, role: 'activation' },
  ReLU: { build: reluLayer, role: 'activation' },
  LeakyReLU: { build: leakyReluLayer, role: 'activation' },
  PReLU: { build: preluLayer, role: 'activation', weights: ['alpha'] },
  ELU: { build: eluLayer, role: 'activation' },
  Softmax: { build: softmaxLayer, role: 'activation' },

  AveragePooling2D: { build: pooling2d('averagePool') },
  MaxPooling2D: { build: pooling2d('maxPool') },
  GlobalAveragePooling2D: { build: globalPooling2d('reduceMean') },
  GlobalMaxPooling2D: { build: globalPooling2d('reduceMax') },
  AveragePooling1D: { build: pooling1d('averagePool') },
  MaxPooling1D: { build: pooling1d('maxPool') },
  GlobalAveragePooling1D: { build: globalPooling1d('reduceMean') },
  GlobalMaxPooling1D: { build: globalPooling1d('reduceMax') },

  Add: { build: arithmetic('add') },
  Subtract: { build: arithmetic('sub') },
  Multiply: { build: arithmetic('mul') },
  Average: { build: average },
  Divide: { build: arithmetic('div') },
  TrueDivide: { build: arithmetic('div') },
  Maximum: { build: arithmetic('max') },
  Minimum: { build: arithmetic('min') },
  TFOpLambda: { build: tensorflowFunction },
  SlicingOpLambda: { build: getItem },
  GetItem: { build: getItem },
  TensorFlowOpLayer: { build: tensorflowNode },
  Rescaling: { build: rescaling },
  LayerScale: { build: layerScale, weights: ['gamma'] },
  CustomScaleLayer: { build: residualScale },

  Concatenate: { build: concatenate },
  Flatten: { build: flatten },
  Reshape: { build: reshape },
  Permute: { build: permute },
  ZeroPadding2D: { build: zeroPadding2d },
  Cropping2D: { build: cropping2d },
  UpSampling2D: { build: upSampling2d },
  Resizing: { build: resizing },
  CenterCrop: { build: cropped },
  RandomCrop: { build: cropped },
  RepeatVector: { build: repeatVector },
  // Not Keras's own: everybody copies them from its example of a ViT.
  Patches: { build: patches },
  PatchEncoder: { build: patchEncoder, weights: PATCH_ENCODER_WEIGHTS },

  ...operations,
  ...Object.fromEntries(TRAINING_ONLY.map((name) => [name, identity])),
};

// Files of strangers name classes: `constructor` must not find what every object has.
const layers = new Map(Object.entries(table));

/** Classes of people's own may stand under a package's name: `Custom>Patches`. */
function definitionOf(className: string): LayerDefinition | undefined {
  return layers.get(className) ?? layers.get(className.replace(/^Custom>/, ''));
}

/** @throws DreamError 'unsupported-op' */
export function layerDefinition(call: LayerCall): LayerDefinition {
  const definition = definitionOf(call.className);
  if (definition) return definition;
  throw new DreamError(
    'unsupported-op',
    `layer '${call.layer}' is a ${call.className}, which is not supported; ` +
      `supported: ${[...layers.keys()].join(', ')}`,
  );
}

/** The weights of a layer in the order in which Keras stores them; null for an unknown class. */
export function weightNames(
  className: string,
  config: Readonly<Record<string, unknown>>,
): readonly string[] | null {
  if (className === 'InputLayer') return [];
  const definition = definitionOf(className);
  if (!definition) return null;
  const { weights = [] } = definition;
  if (typeof weights === 'function') return weights(config);
  return weights.flatMap((rule) => {
    if (typeof rule === 'string') return [rule];
    const [weight, option] = rule;
    return config[option] === false ? [] : [weight];
  });
}

/** What `.keras` archives call a layer inside a layer. */
export function partName(className: string, part: string): string {
  return definitionOf(className)?.parts?.[part] ?? part;
}

export function roleOf(className: string): LayerDefinition['role'] | 'model' {
  return isModel({ class_name: className }) ? 'model' : definitionOf(className)?.role;
}
