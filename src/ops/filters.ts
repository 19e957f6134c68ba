import type { Constant, NodeRef } from '../graph/graph.ts';
import type { OnnxEmitter } from './op.ts';

/** The filter as ONNX's Conv wants it: [outputs, channels / groups, rows, columns]. */
export function filterOutputsFirst(emit: OnnxEmitter, ref: NodeRef): string {
  const filter = emit.constantOf(ref);
  const [rows, columns, channels, outputs] = filterShape(filter);
  return emit.floats(`${ref}|outputs first`, [outputs, channels, rows, columns], () => {
    const source = filter.read();
    const target = new Float32Array(source.length);
    const cells = rows * columns;
    for (let cell = 0, from = 0; cell < cells; cell++) {
      for (let channel = 0; channel < channels; channel++) {
        for (let output = 0; output < outputs; output++, from++) {
          target[(output * channels + channel) * cells + cell] = source[from]!;
        }
      }
    }
    return target;
  });
}

/**
 * The filter of the gradient at stride 1, as ONNX's Conv wants it: turned by 180 degrees, inputs
 * and outputs swapped within each group: [channels, outputs / groups, rows, columns].
 */
export function filterInputsFirst(emit: OnnxEmitter, ref: NodeRef, groups: number): string {
  const filter = emit.constantOf(ref);
  const [rows, columns, channels, outputs] = filterShape(filter);
  const perGroup = outputs / groups;
  const shape = [channels * groups, perGroup, rows, columns];
  return emit.floats(`${ref}|inputs first`, shape, () => {
    const source = filter.read();
    const target = new Float32Array(source.length);
    const cells = rows * columns;
    for (let cell = 0, from = 0; cell < cells; cell++) {
      const turned = cells - 1 - cell;
      for (let channel = 0; channel < channels; channel++) {
        for (let output = 0; output < outputs; output++, from++) {
          const group = Math.floor(output / perGroup);
          const input = group * channels + channel;
          target[(input * perGroup + (output % perGroup)) * cells + turned] = source[from]!;
        }
      }
    }
    return target;
  });
}

function filterShape(filter: Constant): [number, number, number, number] {
  return filter.shape as unknown as [number, number, number, number];
}
