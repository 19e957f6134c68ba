/** Where ops write their convolutions: with what one provider does wrong. */
import type { OnnxAttribute, OnnxEmitter } from './op.ts';

export interface Convolution {
  /** The ONNX values that Conv takes: x, weights and, optionally, a bias. */
  readonly operands: readonly [x: string, weights: string, ...bias: string[]];
  /** Of one group. */
  readonly channels: number;
  readonly outputs: number;
}

type Attributes = Readonly<Record<string, OnnxAttribute>>;

export function convolve(
  emit: OnnxEmitter,
  { operands: [x, weights, ...bias], channels, outputs }: Convolution,
  attributes: Attributes,
): string {
  if (emit.provider === 'webgpu' && isUnpadded(attributes)) {
    throw new Error('onnxruntime on webgpu would forget the padding after a filter of one cell');
  }
  if (emit.provider !== 'webgpu' || !isMisread(channels, outputs, attributes)) {
    return emit.node('Conv', [x, weights, ...bias], attributes);
  }
  const missing = emit.integers([0, 0, 0, 0, 0, 4 - (channels % 4), 0, 0]);
  const padded = [x, weights].map((value) => emit.node('Pad', [value, missing]));
  return emit.node('Conv', [...padded, ...bias], attributes);
}

/**
 * onnxruntime's WebGPU provider (1.30) reads a multiple of 3 channels three at a time, but finds
 * their place as if they were four: all but the first three are wrong ones. Channels of zeros up
 * to a multiple of 4 send it another way.
 */
function isMisread(channels: number, outputs: number, { group = 1 }: Attributes): boolean {
  return (
    group === 1 && channels > 3 && channels % 3 === 0 && channels % 4 !== 0 && outputs % 4 === 0
  );
}

/** It takes a filter of one cell without padding before for one without any padding. */
function isUnpadded({ kernel_shape: size, pads }: Attributes): boolean {
  if (!Array.isArray(pads) || !Array.isArray(size) || size.some((length) => length > 1))
    return false;
  const [top, left, bottom, right] = pads as [number, number, number, number];
  return top === 0 && left === 0 && bottom + right > 0;
}
