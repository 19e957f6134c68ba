/** Filters that are packed, scaled, cut and put together give what the same floats would. */
import { describe, expect, it } from 'vitest';
import { PICTURE } from '../../src/engines/engine.ts';
import { GraphBuilder } from '../../src/graph/builder.ts';
import { filterOfParts, filterParts, filterShape } from '../../src/graph/filter-parts.ts';
import type { Attributes, Constant, Graph, NodeRef } from '../../src/graph/graph.ts';
import { cropFilters } from '../../src/graph/rewrites/crop-filters.ts';
import { foldChannels } from '../../src/graph/rewrites/fold-channels.ts';
import { mergeGradients } from '../../src/graph/rewrites/merge-gradients.ts';
import { seededRandom } from '../../src/kit/random.ts';
import { seededConstant } from '../cases/ops.ts';
import { relativeDifference } from '../helpers/finite-differences.ts';
import { valuesOf } from '../helpers/graphs.ts';
import { seededPicture } from '../helpers/planes.ts';

const picture = seededPicture(9, 7, 2);
type Shape = [rows: number, columns: number, channels: number, outputs: number];

function packedFilter(shape: Shape, seed: number, most = 255): Constant {
  const random = seededRandom(seed);
  const count = shape.reduce((product, size) => product * size, 1);
  const Numbers = most > 255 ? Uint16Array : Uint8Array;
  const numbers = new Numbers(count);
  for (let at = 0; at < count; at++) numbers[at] = random.integer(0, most);
  const [scale, offset] = [2.1 / most, -0.97];
  return {
    shape,
    packed: () => ({ numbers, scale, offset }),
    read: () => Float32Array.from(numbers, (number) => number * scale + offset),
  };
}

class Net extends GraphBuilder {
  readonly x = this.add('mul', [this.input(PICTURE, [1, null, null, 3]), this.scalar(1 / 255)]);
  #seed = 0;

  conv(x: NodeRef, filter: Constant, groups = 1): NodeRef {
    return this.add('conv2d', [x, this.constant(filter)], attributesOf(filter, groups));
  }

  gradient(dy: NodeRef, x: NodeRef, filter: Constant, groups = 1): NodeRef {
    const inputs = [dy, this.constant(filter), x];
    return this.add('conv2dInputGradient', inputs, attributesOf(filter, groups));
  }

  scaled(x: NodeRef, outputs: number): NodeRef {
    return this.add('mul', [x, seededConstant(this, [outputs], ++this.#seed)]);
  }
}

function attributesOf({ shape }: Constant, groups: number): Attributes {
  return { size: shape.slice(0, 2), strides: [1, 1], dilations: [1, 1], padding: 'same', groups };
}

/** The graph with every constant written out. */
function writtenOut(graph: Graph): Graph {
  const constants = [...graph.constants].map(
    ([name, constant]) => [name, { shape: constant.shape, read: () => constant.read() }] as const,
  );
  return { ...graph, constants: new Map(constants) };
}

async function expectSame(graph: Graph, output: NodeRef): Promise<void> {
  const [found] = await valuesOf(graph, [output], picture);
  const [expected] = await valuesOf(writtenOut(graph), [output], picture);
  expect(found!.data.some((value) => value !== 0)).toBe(true);
  expect(found).toEqual(expected);
}

async function expectNear(graph: Graph, original: Graph, output: NodeRef): Promise<void> {
  const [found] = await valuesOf(graph, [output], picture);
  const [expected] = await valuesOf(original, [output], picture);
  expect(relativeDifference(found!.data, expected!.data)).toBeLessThan(1e-5);
}

describe('a filter', () => {
  it.each<[string, Shape, number, number]>([
    ['of bytes, larger than a block', [3, 2, 3, 70], 1, 255],
    ['of two bytes a number', [1, 3, 3, 5], 1, 65535],
    ['in groups', [3, 3, 1, 6], 3, 255],
  ])('%s is packed or not, forwards and backwards', async (_, shape, groups, most) => {
    const net = new Net();
    const filter = packedFilter(shape, 1, most);
    const y = net.conv(net.x, filter, groups);
    await expectSame(net, y);
    await expectSame(net, net.gradient(y, net.x, filter, groups));
  });

  it('is scaled once or twice on the way', async () => {
    const net = new Net();
    const wide = net.conv(net.x, packedFilter([1, 1, 3, 40], 1));
    const y = net.scaled(net.scaled(wide, 40), 40);
    const output = net.conv(y, packedFilter([3, 1, 40, 2], 2));
    const folded = foldChannels(net, [output]);
    expect([...folded.nodes.values()].filter(({ op }) => op === 'mul')).toHaveLength(1);
    await expectSame(folded, output);
    await expectNear(folded, writtenOut(net), output);
  });

  it('in groups is cut and put together across the groups', async () => {
    const net = new Net();
    const [first, second] = [packedFilter([3, 1, 2, 3], 1), packedFilter([3, 1, 2, 5], 2)];
    const joined = filterOfParts([3, 1, 2, 8], () => [first, second].flatMap(filterParts));
    const y = net.conv(net.x, packedFilter([1, 1, 3, 4], 3));
    const z = net.conv(y, joined, 2);
    await expectSame(net, z);
    await expectSame(net, net.gradient(z, y, joined, 2));
  });

  it('that is scaled, merged and cut again comes out whole', async () => {
    const net = new Net();
    const y = net.conv(net.x, packedFilter([1, 1, 3, 6], 1));
    const parts = [4, 3].map((outputs) => {
      const scales = seededConstant(net, [outputs], 40 + outputs);
      const plain = packedFilter([1, 1, 6, outputs], outputs);
      const filter = filterOfParts(filterShape(plain), () =>
        filterParts(plain).map((part) => ({ ...part, factors: net.constants.get(scales)!.read() })),
      );
      return net.gradient(net.conv(y, plain), y, filter);
    });
    const sum = net.add('add', parts);
    const cut = (before: number, after: number): NodeRef =>
      net.add('crop', [sum], { before: [0, 0, 0, before], after: [0, 0, 0, after] });
    const output = net.add('add', [cut(0, 3), cut(3, 0)]);
    const rewritten = cropFilters(mergeGradients(net, [output]), [output]);
    const gradients = [...rewritten.nodes.values()].filter(({ op }) => op.endsWith('Gradient'));
    expect(gradients).toHaveLength(2);
    await expectSame(rewritten, output);
    await expectNear(rewritten, writtenOut(net), output);
  });
});
