import { filterParts, filterShape } from '../graph/filter-parts.ts';
import type { FilterPart, NodeRef } from '../graph/graph.ts';
import type { OnnxEmitter } from './op.ts';

/** Channels and outputs are exchanged in blocks that fit the processor's nearest cache. */
const BLOCK = 32;

/** The filter as ONNX's Conv wants it: [outputs, channels / groups, rows, columns]. */
export function filterOutputsFirst(emit: OnnxEmitter, ref: NodeRef): string {
  const filter = emit.constantOf(ref);
  const [rows, columns, channels, outputs] = filterShape(filter);
  return emit.floats(`${ref}|outputs first`, [outputs, channels, rows, columns], (room) => {
    if (filter.outputsFirst) return filter.outputsFirst();
    const cells = rows * columns;
    const strides = { output: channels * cells, channel: cells, cell: 1 };
    const target = room();
    let start = 0;
    for (const part of filterParts(filter)) {
      const all = { cells, channels, first: 0, last: part.factors.length };
      layOut(part, all, target, { ...strides, start });
      start += all.last * strides.output;
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
  return emit.floats(`${ref}|inputs first`, shape, (room) => {
    const cells = rows * columns;
    const strides = { output: cells, channel: perGroup * cells, cell: -1 };
    const target = room();
    let before = 0;
    for (const part of filterParts(filter)) {
      const end = before + part.factors.length;
      for (let first = before, last; first < end; first = last) {
        const group = Math.floor(first / perGroup);
        last = Math.min((group + 1) * perGroup, end);
        const start = (group * (channels - 1) * perGroup + before + 1) * cells - 1;
        const some = { cells, channels, first: first - before, last: last - before };
        layOut(part, some, target, { ...strides, start });
      }
      before = end;
    }
    return target;
  });
}

/** Of a part: all cells and channels, and the outputs from `first` to before `last`. */
interface Extent {
  readonly cells: number;
  readonly channels: number;
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

/** [cells, channels, outputs] of a part to where the strides say. */
function layOut(part: FilterPart, extent: Extent, target: Float32Array, to: Strides): void {
  const { cells, channels, first, last } = extent;
  const { numbers, start, cellStride, channelStride, scale, offset, factors } = part;
  const { cell: toCell, output: toOutput, channel: toChannel } = to;
  for (let output = first; output < last; output += BLOCK) {
    const endOutput = Math.min(output + BLOCK, last);
    for (let channel = 0; channel < channels; channel += BLOCK) {
      const count = Math.min(BLOCK, channels - channel);
      for (let cell = 0; cell < cells; cell++) {
        const from = start + cell * cellStride + channel * channelStride;
        const at = to.start + cell * toCell + channel * toChannel;
        for (let one = output; one < endOutput; one++) {
          copyChannels(
            numbers,
            from + one,
            channelStride,
            scale,
            offset,
            factors[one]!,
            target,
            at + one * toOutput,
            toChannel,
            count,
          );
        }
      }
    }
  }
}

/**
 * Called by the hundred thousand, with nothing but numbers and arrays: so it is compiled at once, and
 * for good, which the loops around it are not.
 */
function copyChannels(
  numbers: FilterPart['numbers'],
  from: number,
  stride: number,
  scale: number,
  offset: number,
  factor: number,
  target: Float32Array,
  at: number,
  toStride: number,
  count: number,
): void {
  for (let channel = 0; channel < count; channel++) {
    target[at] = Math.fround(numbers[from]! * scale + offset) * factor;
    from += stride;
    at += toStride;
  }
}
