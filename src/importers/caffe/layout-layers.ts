/** Layers that join, cut and reshape. */
import type { Attribute } from '../onnx/network.ts';
import type { LayerCall } from './layer-call.ts';

export function concatenate(call: LayerCall): void {
  const old = call.number('concat_param', 'concat_dim', 1);
  call.give('Concat', { axis: call.number('concat_param', 'axis', old) });
}

/** The same value under several names. */
export function split(call: LayerCall): void {
  call.outputs.forEach((_, index) => {
    call.give('Identity', {}, call.inputs, index);
  });
}

export function slice(call: LayerCall): void {
  const old = call.number('slice_param', 'slice_dim', 1);
  const axis = call.number('slice_param', 'axis', old);
  const points = call.list('slice_param', 'slice_point');
  if (points.length === 0) {
    call.giveAll('Split', { axis });
    return;
  }
  const starts = [0, ...points];
  const ends = [...points, Number.MAX_SAFE_INTEGER];
  call.outputs.forEach((_, index) => {
    const ranges: Record<string, Attribute> = {
      starts: [starts[index] ?? 0],
      ends: [ends[index] ?? 0],
      axes: [axis],
    };
    call.give('Slice', ranges, [call.input], index);
  });
}

export function flatten(call: LayerCall): void {
  if (call.number('flatten_param', 'end_axis', -1) !== -1) throw call.unsupported('end_axis');
  call.give('Flatten', { axis: call.number('flatten_param', 'axis', 1) });
}

/** 0 keeps a size, −1 is whatever is left. */
export function reshape(call: LayerCall): void {
  const whole =
    call.number('reshape_param', 'axis', 0) === 0 &&
    call.number('reshape_param', 'num_axes', -1) === -1;
  if (!whole) throw call.unsupported('a reshape of some axes');
  call.give('Reshape', {}, [call.input, call.numbers('shape', call.shape('reshape_param'))]);
}
