/** Where ops write their convolutions: with ways round two defects of one provider. */
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
  if (emit.provider !== 'webgpu') return emit.node('Conv', [x, weights, ...bias], attributes);
  const missing = isMisread(channels, outputs, attributes) ? 4 - (channels % 4) : 0;
  const pad = (value: string, rows: number): string =>
    missing + rows === 0
      ? value
      : emit.node('Pad', [value, emit.integers([0, 0, 0, 0, 0, missing, rows, 0])]);
  const longer = withSecondRow(attributes);
  const operands = [pad(x, 0), pad(weights, longer ? 1 : 0), ...bias];
  return emit.node('Conv', operands, longer ?? attributes);
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

/**
 * It takes a filter of one cell without padding before for one without any padding. A second row
 * of zeros makes it look; `null` where none is needed. (A node that pads would be fused again.)
 */
function withSecondRow(attributes: Attributes): Attributes | null {
  const { kernel_shape: size, pads } = attributes;
  if (!Array.isArray(pads) || !Array.isArray(size) || !size.every((length) => length === 1)) {
    return null;
  }
  const [top, left, bottom, right] = pads as [number, number, number, number];
  if (top > 0 || left > 0 || bottom + right === 0) return null;
  return { ...attributes, kernel_shape: [2, 1], pads: [0, 0, bottom + 1, right] };
}
