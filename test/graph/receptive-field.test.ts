/** Whether a cell sees as far as it is said to: pixels are poked, one by one. */
import { describe, expect, it } from 'vitest';
import { PICTURE } from '../../src/engines/engine.ts';
import type { Planes } from '../../src/engines/engine.ts';
import { onnxEngine } from '../../src/engines/onnx.ts';
import { GraphBuilder } from '../../src/graph/builder.ts';
import type { Graph, NodeRef } from '../../src/graph/graph.ts';
import { receptiveFields } from '../../src/graph/receptive-field.ts';

const ones = (shape: readonly number[]) => ({
  shape,
  read: () => new Float32Array(shape.reduce((product, size) => product * size, 1)).fill(1),
});

/** Sums over windows, and nothing that could hide a pixel: 3×3, 1×5, a pool, two ways, dilation. */
function network(): Graph {
  const builder = new GraphBuilder();
  const x = builder.input(PICTURE, [1, null, null, 3]);
  const convolution = (
    input: NodeRef,
    channels: number,
    size: [number, number],
    more = {},
  ): NodeRef =>
    builder.add('conv2d', [input, builder.constant(ones([...size, channels, 1]))], {
      size,
      strides: [1, 1],
      dilations: [1, 1],
      padding: 'valid',
      groups: 1,
      ...more,
    });
  const layer = (name: string, node: NodeRef): NodeRef => {
    builder.layers.set(name, node);
    return node;
  };
  const first = layer('3×3, stride 2', convolution(x, 3, [3, 3], { strides: [2, 2] }));
  const second = layer('1×5', convolution(first, 1, [1, 5], { padding: 'same' }));
  const pooled = builder.add('averagePool', [second], {
    size: [3, 3],
    strides: [2, 2],
    padding: 'valid',
  });
  layer('pool, stride 2', pooled);
  const wide = convolution(pooled, 1, [3, 3], { dilations: [2, 1], padding: 'same' });
  layer('two ways', builder.add('add', [pooled, wide]));
  return builder;
}

/** The rows and columns of pixels that the cell [row, column] of a layer depends on. */
async function seenFrom(
  graph: Graph,
  layer: NodeRef,
  cell: readonly [number, number],
  picture: Planes,
) {
  const evaluation = await onnxEngine({ threads: 1 }).evaluate(graph, [layer]);
  const at = async (planes: Planes): Promise<number> => {
    const { shape, data } = (await evaluation.at(planes)).get(layer)!;
    return data[cell[0] * shape[2]! + cell[1]]!;
  };
  const rest = await at(picture);
  const seen = { rows: [] as number[], columns: [] as number[] };
  // The middle row and column are enough: all windows are rectangles.
  const middle = [Math.floor(picture.rows / 2), Math.floor(picture.columns / 2)] as const;
  const poked = async (row: number, column: number): Promise<boolean> => {
    const data = picture.data.slice();
    data[row * picture.columns + column]! += 1;
    return (await at({ ...picture, data })) !== rest;
  };
  for (let row = 0; row < picture.rows; row++) if (await poked(row, middle[1])) seen.rows.push(row);
  for (let column = 0; column < picture.columns; column++) {
    if (await poked(middle[0], column)) seen.columns.push(column);
  }
  await evaluation.dispose();
  return seen;
}

describe('a receptive field', () => {
  const graph = network();
  const fields = receptiveFields(graph, PICTURE);
  const picture: Planes = { rows: 47, columns: 51, data: new Float32Array(3 * 47 * 51) };

  it.each([
    ['3×3, stride 2', [11, 12], 2],
    ['1×5', [11, 12], 2],
    ['pool, stride 2', [5, 6], 4],
    ['two ways', [5, 6], 4],
  ] as const)('of %s is as wide as the pixels that change a cell', async (layer, cell, stride) => {
    const ref = graph.layers.get(layer)!;
    const field = fields.get(ref)!;
    const seen = await seenFrom(graph, ref, cell, picture);
    const radii = [seen.rows, seen.columns].map((pixels) => (pixels.at(-1)! - pixels[0]!) / 2);
    expect(field).toEqual({ stride, radius: radii });
    const next = await seenFrom(graph, ref, [cell[0] + 1, cell[1]], picture);
    expect(next.rows[0]! - seen.rows[0]!).toBe(stride);
  });

  it('counts what depends on the picture, and only that', () => {
    expect(fields.get(PICTURE)).toEqual({ stride: 1, radius: [0, 0] });
    expect([...graph.constants.keys()].filter((name) => fields.has(name))).toEqual([]);
  });
});
