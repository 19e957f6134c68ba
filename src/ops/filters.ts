import type { Constant, NodeRef } from '../graph/graph.ts';
import type { OnnxEmitter } from './op.ts';

/** Channels and outputs are exchanged in blocks that fit the processor's nearest cache. */
const BLOCK = 16;

/** The filter as ONNX's Conv wants it: [outputs, channels / groups, rows, columns]. */
export function filterOutputsFirst(emit: OnnxEmitter, ref: NodeRef): string {
  const filter = emit.constantOf(ref);
  const [rows, columns, channels, outputs] = shapeOf(filter);
  return emit.floats(`${ref}|outputs first`, [outputs, channels, rows, columns], (room) => {
    if (filter.outputsFirst) return filter.outputsFirst();
    const cells = rows * columns;
    const strides = { start: 0, output: channels * cells, channel: cells, cell: 1 };
    const source = filter.read();
    const target = room();
    rearrange(source, target, { cells, channels, outputs, first: 0, last: outputs }, strides);
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
  return emit.floats(`${ref}|inputs first`, shape, (room) => {
    const cells = rows * columns;
    const source = filter.read();
    const target = room();
    for (let first = 0; first < outputs; first += perGroup) {
      const start = first * (channels - 1) * cells + cells - 1;
      const strides = { start, output: cells, channel: perGroup * cells, cell: -1 };
      const last = first + perGroup;
      rearrange(source, target, { cells, channels, outputs, first, last }, strides);
    }
    return target;
  });
}

/** [cells, channels, outputs], of which the outputs from `first` to before `last` count. */
interface Part {
  readonly cells: number;
  readonly channels: number;
  readonly outputs: number;
  readonly first: number;
  readonly last: number;
}

/** Where a value goes: start + output · … + channel · … + cell · … */
interface Strides {
  readonly start: number;
  readonly output: number;
  readonly channel: number;
  readonly cell: number;
}

function rearrange(
  source: Float32Array,
  target: Float32Array,
  { cells, channels, outputs, first, last }: Part,
  strides: Strides,
): void {
  const plane = channels * outputs;
  for (let firstChannel = 0; firstChannel < channels; firstChannel += BLOCK) {
    const endChannel = Math.min(firstChannel + BLOCK, channels);
    for (let firstOutput = first; firstOutput < last; firstOutput += BLOCK) {
      const endOutput = Math.min(firstOutput + BLOCK, last);
      for (let output = firstOutput; output < endOutput; output++) {
        for (let channel = firstChannel; channel < endChannel; channel++) {
          let from = channel * outputs + output;
          let to = strides.start + output * strides.output + channel * strides.channel;
          for (let cell = 0; cell < cells; cell++, from += plane, to += strides.cell)
            target[to] = source[from]!;
        }
      }
    }
  }
}

function shapeOf(filter: Constant): [number, number, number, number] {
  return filter.shape as unknown as [number, number, number, number];
}
