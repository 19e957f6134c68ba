import { describe, expect, test } from 'vitest';
import { GraphBuilder } from '../../src/graph/builder.ts';
import type { Attributes, NodeRef } from '../../src/graph/graph.ts';
import { inferredInputSize } from '../../src/importers/input-size.ts';

/** A network of convolutions with these strides, and a head on top of 2 channels. */
function sizeOf(
  strides: readonly number[],
  padding: string,
  head: (builder: GraphBuilder, x: NodeRef) => NodeRef,
) {
  const builder = new GraphBuilder();
  const weights = (shape: number[]): NodeRef =>
    builder.constant({ shape, read: () => new Float32Array() });
  const filter = weights([3, 3, 2, 2]);
  const window: Attributes = { size: [3, 3], dilations: [1, 1], groups: 1, padding };
  const x = strides.reduce<NodeRef>(
    (last, stride) =>
      builder.add('conv2d', [last, filter], { ...window, strides: [stride, stride] }),
    builder.input('input', [1, null, null, 2]),
  );
  const output = head(builder, x);
  return inferredInputSize(builder, output);
}

const pooled = (size: number) => (builder: GraphBuilder, x: NodeRef) => {
  const pool = { size: [size, size], strides: [1, 1], padding: 'valid' };
  return builder.add('reshape', [builder.add('averagePool', [x], pool)], { shape: [null, 2] });
};
const dense = (inputs: number) => (builder: GraphBuilder, x: NodeRef) => {
  const weights = builder.constant({ shape: [inputs, 3], read: () => new Float32Array() });
  return builder.add('matMul', [builder.add('reshape', [x], { shape: [1, null] }), weights]);
};
const means = (builder: GraphBuilder, x: NodeRef) =>
  builder.add('reduceMean', [x], { axes: [1, 2], keepDimensions: false });

describe('the input size that a head tells', () => {
  test.each([
    ['a pool of 7 at stride 32', [2, 2, 2, 2, 2], 'same', pooled(7), 224],
    ['a pool of 5 at stride 32', [2, 2, 2, 2, 2], 'same', pooled(5), 160],
    ['a pool of 72 without padding', [2, 2, 1], 'valid', pooled(72), 299],
    ['a dense layer over 28 × 28 cells', [1], 'same', dense(28 * 28 * 2), 28],
    ['a dense layer over 25 × 25 cells', [2], 'same', dense(25 * 25 * 2), 50],
    ['a dense layer over 75 × 75 cells', [2], 'same', dense(75 * 75 * 2), 150],
  ] as const)('%s', (_, strides, padding, head, side) => {
    expect(sizeOf(strides, padding, head)).toEqual([side, side]);
  });

  test('none where any size fits, none where no size does', () => {
    expect(sizeOf([2], 'same', means)).toEqual([null, null]);
    expect(sizeOf([2], 'same', dense(7))).toEqual([null, null]);
    expect(sizeOf([2], 'same', (_, x) => x)).toEqual([null, null]);
  });

  test.each([
    [9990, 100],
    [50_000, 20],
  ])('a network of %i nodes is tried at no more than %i sides', (count, sides) => {
    let tried = 0;
    const one = {
      // Asked for whenever the shapes of the network are.
      get shape() {
        tried++;
        return [];
      },
      read: () => Float32Array.of(1),
    };
    const size = sizeOf([2], 'same', (builder, x) => {
      const scalar = builder.constant(one);
      let last = x;
      for (let index = 0; index < count; index++) last = builder.add('mul', [last, scalar]);
      return last;
    });
    expect(size).toEqual([null, null]);
    expect(tried).toBeGreaterThan(0);
    expect(tried).toBeLessThanOrEqual(sides);
  });
});
