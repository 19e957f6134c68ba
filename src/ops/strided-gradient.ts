/** The gradient of a convolution whose stride is above 1. */
import type { Window } from '../graph/window.ts';
import { numberOf } from './attributes.ts';
import { filterOutputsFirst } from './filters.ts';
import type { OnnxCall, OnnxEmitter } from './op.ts';
import { cropToSpatial, paddingBefore } from './spatial.ts';

/** A transposed convolution without padding, of which the picture's part is cut out. */
export function stridedInputGradient(emit: OnnxEmitter, call: OnnxCall, window: Window): string {
  const [dy, , x] = call.refs;
  const full = emit.node('ConvTranspose', [call.inputs[0]!, filterOutputsFirst(emit, call.refs[1]!)], {
    strides: window.strides,
    dilations: window.dilations,
    kernel_shape: window.size,
    // Up to stride − 1 of the last rows are in no window: they get zeros.
    output_padding: window.strides.map((stride) => stride - 1),
    group: numberOf(call.attributes, 'groups'),
  });
  const spatial = emit.spatialOf(x!);
  const start = paddingBefore(emit, window, spatial, emit.spatialOf(dy!));
  return cropToSpatial(emit, full, start, spatial);
}
