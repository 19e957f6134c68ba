/** From graph to graph: what is summed, what is left out, and what is refused by name. */
import { describe, expect, it } from 'vitest';
import { backward } from '../../src/autodiff/backward.ts';
import { PICTURE } from '../../src/engines/engine.ts';
import { GraphBuilder } from '../../src/graph/builder.ts';
import { nodeOf, slice } from '../../src/graph/graph.ts';
import type { NodeRef } from '../../src/graph/graph.ts';
import { inferShapes } from '../../src/ops/shapes.ts';
import { relativeDifference } from '../helpers/finite-differences.ts';
import { opsOf, valuesOf } from '../helpers/graphs.ts';
import { seededPicture } from '../helpers/planes.ts';

const picture = seededPicture(5, 7, 1);
const EVERYTHING = { axes: [0, 1, 2, 3], keepDimensions: false };

/** The score Σ y of a graph that begins with the picture x. */
function scored(build: (builder: GraphBuilder, x: NodeRef) => NodeRef): GraphBuilder {
  const builder = new GraphBuilder();
  const y = build(builder, builder.input(PICTURE, [1, null, null, 3]));
  builder.add('reduceSum', [y], EVERYTHING, 'score');
  return builder;
}

/** d score / d picture, compared with a formula for each value of the picture. */
async function expectGradient(
  builder: GraphBuilder,
  formula: (x: number, index: number) => number,
): Promise<void> {
  const { graph, gradient } = backward(builder, 'score', PICTURE);
  expect(inferShapes(graph).get(gradient)).toEqual([1, null, null, 3]);
  const [found] = await valuesOf(graph, [gradient], picture);
  const { rows, columns } = picture;
  const expected = Array.from(found!.data, (_, index) => {
    // Values come as [rows, columns, channels], the picture as planes.
    const [cell, channel] = [Math.floor(index / 3), index % 3];
    return formula(picture.data[channel * rows * columns + cell]!, index);
  });
  expect(found!.shape).toEqual([1, rows, columns, 3]);
  expect(relativeDifference(found!.data, expected)).toBeLessThan(1e-6);
}

describe('a gradient', () => {
  it('sums what comes by several ways', async () => {
    const builder = scored((builder, x) => {
      const [square, product] = [builder.add('square', [x]), builder.add('mul', [x, x])];
      const triple = builder.add('mul', [x, builder.scalar(3)]);
      return builder.add('add', [builder.add('sub', [square, triple]), product]);
    });
    await expectGradient(builder, (x) => 4 * x - 3);
  });

  it('sums what comes by way of a value that several read', async () => {
    const builder = scored((builder, x) => {
      const square = builder.add('square', [x]);
      const both = builder.add('concat', [square, builder.add('square', [square])], { axis: 3 });
      return builder.add('concat', [both, x], { axis: 3 });
    });
    await expectGradient(builder, (x) => 2 * x + 4 * x ** 3 + 1);
  });

  it('counts a value as often as one op reads it', async () => {
    const builder = scored((builder, x) => builder.add('add', [x, builder.add('add', [x, x])]));
    await expectGradient(builder, () => 3);
  });

  it('takes what does not depend on the picture as it is', async () => {
    const builder = scored((builder, x) => {
      const other = builder.add('square', [builder.scalar(3)]);
      return builder.add('mul', [x, other]);
    });
    await expectGradient(builder, () => 9);
  });

  it('comes from the score alone, not from what else reads the picture', async () => {
    const builder = scored((builder, x) => builder.add('mul', [x, builder.scalar(2)]));
    builder.add('square', [PICTURE], {}, 'aside');
    builder.add('square', ['score'], {}, 'after');
    await expectGradient(builder, () => 2);
    const { graph, gradient } = backward(builder, 'score', PICTURE);
    expect(opsOf(slice(graph, [gradient]))).not.toHaveProperty('square');
  });

  it('of a picture that is the score itself is 1', async () => {
    const builder = new GraphBuilder();
    builder.add('reduceSum', [builder.input(PICTURE, [1, null, null, 3])], EVERYTHING, 'score');
    await expectGradient(builder, () => 1);
  });

  it('leaves the graph that it was given as it was', () => {
    const builder = scored((builder, x) => builder.add('square', [x]));
    const before = [...builder.nodes.keys()];
    const { graph } = backward(builder, 'score', PICTURE);
    expect([...builder.nodes.keys()]).toEqual(before);
    expect([...graph.nodes.keys()].slice(0, before.length)).toEqual(before);
    expect(nodeOf(graph, 'score')).toBe(nodeOf(builder, 'score'));
  });
});

describe('refused by name', () => {
  it('a score that is not a scalar', () => {
    const builder = scored((builder, x) => builder.add('square', [x], {}, 'squares'));
    expect(() => backward(builder, 'squares', PICTURE)).toThrow(
      "expected a scalar score, 'squares' has shape [1, , , 3]",
    );
  });

  it('a score that does not depend on the picture', () => {
    const builder = scored((builder, x) => builder.add('square', [x]));
    builder.add('square', [builder.scalar(2)], {}, 'apart');
    expect(() => backward(builder, 'apart', PICTURE)).toThrow(
      "the score 'apart' does not depend on 'picture'",
    );
  });

  it('an op without a rule, on the way to the picture', () => {
    const builder = scored((builder, x) => builder.add('reluGradient', [x, x], {}, 'stuck'));
    expect(() => backward(builder, 'score', PICTURE)).toThrow(
      "op 'reluGradient' of node 'stuck' has no backward rule",
    );
  });

  it('but not an op without a rule that lies beside the way', async () => {
    const builder = scored((builder, x) => {
      const half = builder.scalar(0.5);
      return builder.add('mul', [x, builder.add('reluGradient', [half, half])]);
    });
    await expectGradient(builder, () => 0.5);
  });

  it('an op that there is not', () => {
    const builder = scored((builder, x) => builder.add('conjure', [x]));
    expect(() => backward(builder, 'score', PICTURE)).toThrow("got 'conjure'");
  });
});
