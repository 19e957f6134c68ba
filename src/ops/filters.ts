import type { Constant, NodeRef } from '../graph/graph.ts';
import type { OnnxEmitter } from './op.ts';

/** Channels and outputs are exchanged in blocks that fit the processor's nearest cache. */
const BLOCK = 16;

/** The filter as ONNX's Conv wants it: [outputs, channels / groups, rows, columns]. */
export function filterOutputsFirst(emit: OnnxEmitter, ref: NodeRef): string {
  const filter = emit.constantOf(ref);
  const [rows, columns, channels, outputs] = shapeOf(filter);
  return emit.floats(`${ref}|outputs first`, [outputs, channels, rows, columns], () => {
    const source = filter.read();
    const target = new Float32Array(source.length);
    const cells = rows * columns;
    const step = channels * outputs;
    inBlocks(channels, outputs, (channel, output) => {
      let from = channel * outputs + output;
      let to = (output * channels + channel) * cells;
      for (let cell = 0; cell < cells; cell++, from += step) target[to++] = source[from]!;
    });
    return target;
  });
}

/**
 * The filter of the gradient at stride 1, as ONNX's Conv wants it: turned by 180 degrees, inputs
 * and outputs swapped within each group: [channels, outputs / groups, rows, columns].
 */
export function filterInputsFirst(emit: OnnxEmitter, ref: NodeRef, groups: number): string {
  const filter = emit.constantOf(ref);
  const [rows, columns, channels, outputs] = shapeOf(filter);
  const perGroup = outputs / groups;
  const shape = [channels * groups, perGroup, rows, columns];
  return emit.floats(`${ref}|inputs first`, shape, () => {
    const source = filter.read();
    const target = new Float32Array(source.length);
    const cells = rows * columns;
    const step = channels * outputs;
    inBlocks(channels, outputs, (channel, output) => {
      const group = Math.floor(output / perGroup);
      const input = group * channels + channel;
      let from = channel * outputs + output;
      let to = (input * perGroup + output - group * perGroup + 1) * cells - 1;
      for (let cell = 0; cell < cells; cell++, from += step) target[to--] = source[from]!;
    });
    return target;
  });
}

function inBlocks(
  channels: number,
  outputs: number,
  visit: (channel: number, output: number) => void,
): void {
  for (let firstChannel = 0; firstChannel < channels; firstChannel += BLOCK) {
    const endChannel = Math.min(firstChannel + BLOCK, channels);
    for (let firstOutput = 0; firstOutput < outputs; firstOutput += BLOCK) {
      const endOutput = Math.min(firstOutput + BLOCK, outputs);
      for (let output = firstOutput; output < endOutput; output++) {
        for (let channel = firstChannel; channel < endChannel; channel++) visit(channel, output);
      }
    }
  }
}

function shapeOf(filter: Constant): [number, number, number, number] {
  return filter.shape as unknown as [number, number, number, number];
}
