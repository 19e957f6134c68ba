/** Functions that Keras 3 writes between layers as if they were layers, by the class of each. */
import type { LayerDefinition } from './layer-call.ts';
import {
  activated,
  expanded,
  leaky,
  matrixProduct,
  reduction,
  squeezed,
  transposed,
} from './operation-layers.ts';
import { kerasPatches } from './patch-layers.ts';
import { imageResize } from './resize-layers.ts';

export const operations: Readonly<Record<string, LayerDefinition>> = {
  Mean: { build: reduction('reduceMean') },
  Max: { build: reduction('reduceMax') },
  Sum: { build: reduction('reduceSum') },
  Matmul: { build: matrixProduct },
  Transpose: { build: transposed },
  ExpandDims: { build: expanded },
  Squeeze: { build: squeezed },
  Relu: { build: activated('relu'), role: 'activation' },
  Relu6: { build: activated('relu6'), role: 'activation' },
  LeakyRelu: { build: leaky, role: 'activation' },
  Sigmoid: { build: activated('sigmoid'), role: 'activation' },
  Tanh: { build: activated('tanh'), role: 'activation' },
  Silu: { build: activated('silu'), role: 'activation' },
  Gelu: { build: activated('gelu'), role: 'activation' },
  Resize: { build: imageResize },
  ExtractPatches: { build: kerasPatches },
};
