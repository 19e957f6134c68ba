/** The gradient of a convolution whose stride is above 1. */
import type { Window } from '../graph/window.ts';
import { numberOf } from './attributes.ts';
import { convolve } from './convolve.ts';
import { filterOutputsFirst } from './filters.ts';
import type { OnnxCall, OnnxEmitter } from './op.ts';
import { cropToSpatial, paddingBefore } from './spatial.ts';

/** Channels that onnxruntime's convolutions compute at once on processors with AVX-512. */
const BLOCK = 16;

export function stridedInputGradient(emit: OnnxEmitter, call: OnnxCall, window: Window): string {
  const [dy, , x] = call.refs;
  const full = byPhases(emit, call, window) ?? byTransposition(emit, call, window);
  const spatial = emit.spatialOf(x!);
  const start = paddingBefore(emit, window, spatial, emit.spatialOf(dy!));
  return cropToSpatial(emit, full, start, spatial);
}

/** A transposed convolution without padding, of which the picture's part is cut out. */
function byTransposition(emit: OnnxEmitter, call: OnnxCall, window: Window): string {
  const groups = numberOf(call.attributes, 'groups');
  const [, , perGroup, outputs] = emit.constantOf(call.refs[1]!).shape;
  if (emit.provider === 'webgpu' && groups > 1 && perGroup === 1 && outputs! > groups) {
    throw new Error('onnxruntime 1.30 on webgpu computes groups of 1 channel to several wrongly');
  }
  return emit.node('ConvTranspose', [call.inputs[0]!, filterOutputsFirst(emit, call.refs[1]!)], {
    strides: window.strides,
    dilations: window.dilations,
    kernel_shape: window.size,
    // Up to stride − 1 of the last rows are in no window: they get zeros.
    output_padding: window.strides.map((stride) => stride - 1),
    group: groups,
  });
}

/**
 * At stride s the pixels s·j + φ depend, for each phase φ, on a plain convolution of dy with
 * every s-th row and column of the filter. One convolution computes all s² phases as channels,
 * which DepthToSpace puts in their places. Phases whose part of the filter is shorter waste
 * products with zero, so this pays where they fit in one block: for the picture's three channels.
 */
function byPhases(emit: OnnxEmitter, call: OnnxCall, window: Window): string | null {
  const [stride, other] = window.strides;
  const filter = emit.constantOf(call.refs[1]!);
  const channels = filter.shape[2]!;
  const plain =
    window.dilations.every((dilation) => dilation === 1) && call.attributes['groups'] === 1;
  if (stride !== other || !plain || channels * stride * stride > BLOCK) return null;
  const size = window.size.map((length) => Math.ceil(length / stride)) as [number, number];
  // convolve() says why.
  if (emit.provider === 'webgpu' && size.every((length) => length === 1)) return null;
  const [outputs] = [filter.shape[3]!];
  const shape = [channels * stride * stride, outputs, ...size];
  const weights = emit.floats(`${call.refs[1]!}|phases`, shape, () =>
    phaseFilter(filter.read(), filter.shape, stride, size),
  );
  const [rows, columns] = [size[0] - 1, size[1] - 1];
  const convolution = {
    operands: [call.inputs[0]!, weights],
    channels: outputs,
    outputs: shape[0]!,
  } as const;
  const phases = convolve(emit, convolution, {
    kernel_shape: size,
    // One row and column more than the windows reach, for pixels that are in no window.
    pads: [rows, columns, rows + 1, columns + 1],
  });
  return emit.node('DepthToSpace', [phases], { blocksize: stride, mode: 'CRD' });
}

/**
 * [rows, columns, channels, outputs] → [channels · stride², outputs, …size], turned round: tap m
 * of phase φ is the filter's row φ + stride · m.
 */
function phaseFilter(
  source: Float32Array,
  [rows, columns, channels, outputs]: readonly number[],
  stride: number,
  size: readonly [number, number],
): Float32Array {
  const cells = size[0] * size[1];
  const target = new Float32Array(channels! * stride * stride * outputs! * cells);
  for (let row = 0; row < rows!; row++) {
    for (let column = 0; column < columns!; column++) {
      const phase = (row % stride) * stride + (column % stride);
      const down = size[0] - 1 - Math.floor(row / stride);
      const across = size[1] - 1 - Math.floor(column / stride);
      for (let channel = 0; channel < channels!; channel++) {
        for (let output = 0; output < outputs!; output++) {
          const from = ((row * columns! + column) * channels! + channel) * outputs! + output;
          const to = (channel * stride * stride + phase) * outputs! + output;
          target[to * cells + down * size[1] + across] = source[from]!;
        }
      }
    }
  }
  return target;
}
