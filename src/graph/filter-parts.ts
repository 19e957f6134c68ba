/**
 * Filters as they lie in memory. Whoever lays a filter out for an engine touches each value once, and
 * can unpack and scale it on the way; rewrites that wrote theirs out first would touch it three times.
 */
import type { Constant, FilterPart } from './graph.ts';

type FilterShape = readonly [rows: number, columns: number, channels: number, outputs: number];

/**
 * A filter's outputs, part by part.
 * @param filter [rows, columns, channels, outputs]
 */
export function filterParts(filter: Constant): readonly FilterPart[] {
  if (filter.parts) return filter.parts();
  const [, , channels, outputs] = filterShape(filter);
  const packed = filter.packed?.() ?? { numbers: filter.read(), scale: 1, offset: 0 };
  const { numbers, scale, offset } = packed;
  const strides = { start: 0, cellStride: channels * outputs, channelStride: outputs };
  return [{ numbers, ...strides, scale, offset, factors: new Float32Array(outputs).fill(1) }];
}

/** A filter that is written out only where somebody reads it. */
export function filterOfParts(shape: FilterShape, parts: () => readonly FilterPart[]): Constant {
  return { shape, parts, read: () => writtenOut(shape, parts()) };
}

export function filterShape({ shape }: Constant): FilterShape {
  return shape as unknown as FilterShape;
}

function writtenOut(
  [rows, columns, channels, outputs]: FilterShape,
  parts: readonly FilterPart[],
): Float32Array {
  const values = new Float32Array(rows * columns * channels * outputs);
  let first = 0;
  for (const { numbers, start, cellStride, channelStride, scale, offset, factors } of parts) {
    for (let cell = 0; cell < rows * columns; cell++) {
      for (let channel = 0; channel < channels; channel++) {
        const from = start + cell * cellStride + channel * channelStride;
        const to = (cell * channels + channel) * outputs + first;
        for (let output = 0; output < factors.length; output++) {
          const value = Math.fround(numbers[from + output]! * scale + offset);
          values[to + output] = value * factors[output]!;
        }
      }
    }
    first += factors.length;
  }
  return values;
}
