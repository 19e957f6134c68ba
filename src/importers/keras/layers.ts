/** Every layer class. To add one: a function in a file of this folder and a line here. */
import { DreamError } from '../../kit/errors.ts';
import { activation, reluLayer, softmaxLayer } from './activation-layers.ts';
import { conv2d, dense, depthwiseConv2d, separableConv2d } from './linear-layers.ts';
import { isModel } from './config.ts';
import type { LayerCall, LayerDefinition } from './layer-call.ts';
import {
  concatenate,
  cropping2d,
  flatten,
  permute,
  reshape,
  zeroPadding2d,
} from './layout-layers.ts';
import { arithmetic, batchNormalization, rescaling } from './arithmetic-layers.ts';
import { globalAveragePooling2d, pooling2d } from './pooling-layers.ts';

/** Layers that do something in training only. */
const identity: LayerDefinition = { build: (call) => call.input };

const table: Readonly<Record<string, LayerDefinition>> = {
  Conv2D: { build: conv2d, role: 'linear' },
  DepthwiseConv2D: { build: depthwiseConv2d, role: 'linear' },
  SeparableConv2D: { build: separableConv2d, role: 'linear' },
  Dense: { build: dense, role: 'linear' },

  BatchNormalization: { build: batchNormalization, role: 'normalisation' },

  Activation: { build: activation, role: 'activation' },
  ReLU: { build: reluLayer, role: 'activation' },
  Softmax: { build: softmaxLayer, role: 'activation' },

  AveragePooling2D: { build: pooling2d('averagePool') },
  MaxPooling2D: { build: pooling2d('maxPool') },
  GlobalAveragePooling2D: { build: globalAveragePooling2d },

  Add: { build: arithmetic('add') },
  Subtract: { build: arithmetic('sub') },
  Multiply: { build: arithmetic('mul') },
  Rescaling: { build: rescaling },

  Concatenate: { build: concatenate },
  Flatten: { build: flatten },
  Reshape: { build: reshape },
  Permute: { build: permute },
  ZeroPadding2D: { build: zeroPadding2d },
  Cropping2D: { build: cropping2d },

  Dropout: identity,
  SpatialDropout2D: identity,
  AlphaDropout: identity,
  GaussianDropout: identity,
  GaussianNoise: identity,
  ActivityRegularization: identity,
};

// Files of strangers name classes: `constructor` must not find what every object has.
const layers = new Map(Object.entries(table));

/** @throws DreamError 'unsupported-op' */
export function layerDefinition(call: LayerCall): LayerDefinition {
  const definition = layers.get(call.className);
  if (definition) return definition;
  throw new DreamError(
    'unsupported-op',
    `layer '${call.layer}' is a ${call.className}, which is not supported; ` +
      `supported: ${[...layers.keys()].join(', ')}`,
  );
}

export function roleOf(className: string): LayerDefinition['role'] | 'model' {
  return isModel({ class_name: className }) ? 'model' : layers.get(className)?.role;
}
