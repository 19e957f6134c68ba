/** Where ops write their convolutions: with a way round a defect of one provider. */
import type { OnnxAttribute, OnnxEmitter } from './op.ts';

export interface Convolution {
  /** The ONNX values that Conv takes: x, weights and, optionally, a bias. */
  readonly operands: readonly [x: string, weights: string, ...bias: string[]];
  readonly channels: number;
  readonly outputs: number;
}

export function convolve(
  emit: OnnxEmitter,
  { operands: [x, weights, ...bias], channels, outputs }: Convolution,
  attributes: Record<string, OnnxAttribute>,
): string {
  const plain = (attributes['group'] ?? 1) === 1;
  if (emit.provider !== 'webgpu' || !plain || !isMisread(channels, outputs)) {
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
function isMisread(channels: number, outputs: number): boolean {
  return channels > 3 && channels % 3 === 0 && channels % 4 !== 0 && outputs % 4 === 0;
}
