/** Every rewrite keeps every value, does what it is for, and leaves alone what it must. */
import { beforeAll, describe, expect, it } from 'vitest';
import { backward } from '../../src/autodiff/backward.ts';
import { PICTURE } from '../../src/engines/engine.ts';
import { GraphBuilder } from '../../src/graph/builder.ts';
import { consumersOf, nodeOf, slice } from '../../src/graph/graph.ts';
import type { Attributes, Graph, Node, NodeRef } from '../../src/graph/graph.ts';
import { cropFilters } from '../../src/graph/rewrites/crop-filters.ts';
import { foldChannels } from '../../src/graph/rewrites/fold-channels.ts';
import { hoistScalars } from '../../src/graph/rewrites/hoist-scalars.ts';
import { simplifyBackward, simplifyForward } from '../../src/graph/rewrites/index.ts';
import { mergeGradients } from '../../src/graph/rewrites/merge-gradients.ts';
import { reorderPools } from '../../src/graph/rewrites/pool-order.ts';
import { trimMasks } from '../../src/graph/rewrites/trim-masks.ts';
import { parseObjective } from '../../src/objectives/parse.ts';
import { inferShapes } from '../../src/ops/shapes.ts';
import { loadModel } from '../../src/studio/catalogue.ts';
import { seededConstant } from '../cases/ops.ts';
import { relativeDifference } from '../helpers/finite-differences.ts';
import { opsOf, valuesOf, withScore } from '../helpers/graphs.ts';
import { narrow } from '../helpers/narrow.ts';
import { seededPicture } from '../helpers/planes.ts';

const TOLERANCE = 1e-5;
const small = seededPicture(11, 13, 1);

/** A graph whose `x` is the picture, brought to −1..1. */
function graphWith(build: (net: Net) => void): Net {
  const net = new Net();
  build(net);
  return net;
}

class Net extends GraphBuilder {
  readonly x: NodeRef;
  #seed = 0;

  constructor() {
    super();
    const centred = this.add('sub', [this.input(PICTURE, [1, null, null, 3]), this.scalar(127.5)]);
    this.x = this.add('mul', [centred, this.scalar(1 / 127.5)], {}, 'x');
  }

  values(...shape: number[]): NodeRef {
    return seededConstant(this, shape, ++this.#seed);
  }

  conv(
    name: string,
    x: NodeRef,
    filter: [number, number, number, number],
    { bias = false, ...attributes }: Attributes & { bias?: boolean } = {},
  ): NodeRef {
    const constants = [this.values(...filter), ...(bias ? [this.values(filter[3])] : [])];
    const size = filter.slice(0, 2);
    const plain = { size, strides: [1, 1], dilations: [1, 1], padding: 'same', groups: 1 };
    return this.add('conv2d', [x, ...constants], { ...plain, ...attributes }, name);
  }

  /** The gradient of a convolution of x whose cotangent is `dy`. */
  convGradient(
    name: string,
    dy: NodeRef,
    x: NodeRef,
    filter: [number, number, number, number],
    attributes: Attributes = {},
  ): NodeRef {
    const plain = { strides: [1, 1], dilations: [1, 1], padding: 'same', groups: 1 };
    return this.add(
      'conv2dInputGradient',
      [dy, this.values(...filter), x],
      { size: filter.slice(0, 2), ...plain, ...attributes },
      name,
    );
  }

  pool(op: 'averagePool' | 'maxPool', name: string, x: NodeRef, more: Attributes = {}): NodeRef {
    return this.add(op, [x], { size: [3, 3], strides: [1, 1], padding: 'same', ...more }, name);
  }
}

async function expectSameValues(
  before: Graph,
  after: Graph,
  outputs: readonly NodeRef[],
  picture = small,
): Promise<void> {
  const [expected, found] = [
    await valuesOf(before, outputs, picture),
    await valuesOf(after, outputs, picture),
  ];
  expected.forEach(({ shape, data }, index) => {
    expect(found[index]!.shape).toEqual(shape);
    expect(Math.max(...data.map(Math.abs))).toBeGreaterThan(0);
    expect(relativeDifference(found[index]!.data, data)).toBeLessThan(TOLERANCE);
  });
}

/** As `opsOf`, without the two nodes that scale the picture. */
function opsOfNet(graph: Graph): Record<string, number> {
  const { sub, mul, ...others } = opsOf(graph);
  return {
    ...(sub! > 1 ? { sub: sub! - 1 } : {}),
    ...(mul! > 1 ? { mul: mul! - 1 } : {}),
    ...others,
  };
}

function expectUntouched(before: Graph, after: Graph, outputs: readonly NodeRef[]): void {
  expect([...after.nodes]).toEqual([...slice(before, outputs).nodes]);
}

describe('folding products and sums per channel into convolutions', () => {
  it.each([
    ['without a bias', false],
    ['with one', true],
  ])('turns conv · scale + shift %s into one convolution', async (_, bias) => {
    const net = graphWith((net) => {
      const y = net.conv('conv', net.x, [3, 3, 3, 4], { bias });
      net.add('add', [net.add('mul', [y, net.values(4)]), net.values(1, 1, 1, 4)], {}, 'out');
    });
    const folded = foldChannels(net, ['out']);
    expect(opsOfNet(folded)).toEqual({ conv2d: 1 });
    expect(nodeOf(folded, 'out').inputs).toHaveLength(3);
    await expectSameValues(net, folded, ['out']);
  });

  it('folds a difference, a depthwise convolution, and chains of any length', async () => {
    const net = graphWith((net) => {
      const depthwise = net.conv('conv', net.x, [3, 3, 1, 6], { groups: 3, strides: [2, 2] });
      const shifted = net.add('sub', [depthwise, net.values(6)]);
      const scaled = net.add('mul', [net.add('mul', [shifted, net.values(6)]), net.values(6)]);
      net.add('sub', [scaled, net.values(6)], {}, 'out');
    });
    const folded = foldChannels(net, ['out']);
    expect(opsOfNet(folded)).toEqual({ conv2d: 1 });
    await expectSameValues(net, folded, ['out']);
  });

  it.each<[string, (net: Net) => void]>([
    [
      'a convolution that is an output itself',
      (net) => net.add('mul', [net.conv('kept', net.x, [1, 1, 3, 4]), net.values(4)], {}, 'out'),
    ],
    [
      'a convolution that somebody else reads',
      (net) => {
        const y = net.conv('conv', net.x, [1, 1, 3, 4]);
        net.add('relu', [y], {}, 'kept');
        net.add('mul', [y, net.values(4)], {}, 'out');
      },
    ],
    [
      'a product that differs from cell to cell',
      (net) => {
        const y = net.conv('conv', net.x, [1, 1, 3, 4]);
        net.add('mul', [y, net.values(1, 11, 13, 4)], {}, 'out');
        net.add('relu', [net.x], {}, 'kept');
      },
    ],
    [
      'a sum that makes more channels of one',
      (net) => {
        net.add('add', [net.conv('conv', net.x, [1, 1, 3, 1]), net.values(4)], {}, 'out');
        net.add('relu', [net.x], {}, 'kept');
      },
    ],
    [
      'what a convolution is taken from',
      (net) => {
        net.add('sub', [net.values(4), net.conv('conv', net.x, [1, 1, 3, 4])], {}, 'out');
        net.add('relu', [net.x], {}, 'kept');
      },
    ],
  ])('leaves alone %s', (_, build) => {
    const net = graphWith(build);
    expectUntouched(net, foldChannels(net, ['out', 'kept']), ['out', 'kept']);
  });
});

describe('exchanging pools', () => {
  it.each([
    ['same', [1, 1]],
    ['valid', [2, 2]],
    [
      [1, 0, 2, 1],
      [1, 2],
    ],
  ])('pools after a 1×1 convolution, bias and all (%s, stride %s)', async (padding, strides) => {
    const net = graphWith((net) => {
      const pooled = net.pool('averagePool', 'pool', net.x, { padding, strides });
      net.conv('out', pooled, [1, 1, 3, 2], { bias: true, padding: 'valid' });
    });
    const reordered = reorderPools(net, ['out']);
    expect(nodeOf(reordered, 'out').op).toBe('averagePool');
    expect(nodeOf(reordered, nodeOf(reordered, 'out').inputs[0]!)).toMatchObject({
      op: 'conv2d',
      inputs: ['x', expect.anything(), expect.anything()] as unknown,
    });
    await expectSameValues(net, reordered, ['out']);
  });

  it.each(['same', 'valid'])('takes the maximum before the ReLU (%s)', async (padding) => {
    const net = graphWith((net) => {
      const active = net.add('relu', [net.x], {}, 'active');
      net.pool('maxPool', 'out', active, { padding, strides: [2, 2] });
    });
    const reordered = reorderPools(net, ['out']);
    expect(nodeOf(reordered, 'out').op).toBe('relu');
    expect(nodeOf(reordered, nodeOf(reordered, 'out').inputs[0]!).inputs).toEqual(['x']);
    await expectSameValues(net, reordered, ['out']);
  });

  const averaged = (build: (net: Net, pool: NodeRef) => void) => (net: Net) => {
    build(net, net.pool('averagePool', 'pool', net.x));
  };
  it.each<[string, (net: Net) => void]>([
    ['a 3×3 convolution', averaged((net, pool) => net.conv('out', pool, [3, 3, 3, 2]))],
    [
      'a 1×1 convolution with padding, whose bias the pool would thin out',
      averaged((net, pool) => net.conv('out', pool, [1, 1, 3, 2], { padding: [1, 1, 1, 1] })),
    ],
    [
      'a 1×1 convolution with a stride',
      averaged((net, pool) => net.conv('out', pool, [1, 1, 3, 2], { strides: [2, 2] })),
    ],
    [
      'a convolution in groups',
      averaged((net, pool) => net.conv('out', pool, [1, 1, 1, 3], { groups: 3 })),
    ],
    [
      'an average that two convolutions read',
      averaged((net, pool) => {
        net.conv('kept', pool, [1, 1, 3, 2]);
        net.conv('out', pool, [1, 1, 3, 2]);
      }),
    ],
    [
      'an average that is an output itself',
      averaged((net, pool) => {
        net.conv('out', pool, [1, 1, 3, 2]);
        net.layers.set('kept', pool);
      }),
    ],
    [
      'a ReLU that somebody else reads',
      (net) => {
        const active = net.add('relu', [net.x], {}, 'active');
        net.pool('maxPool', 'out', active);
        net.add('square', [active], {}, 'kept');
      },
    ],
    [
      'a clip, and an average of a ReLU',
      (net) => {
        net.pool('maxPool', 'out', net.add('clip', [net.x], { low: -0.5, high: 0.5 }));
        net.pool('averagePool', 'kept', net.add('relu', [net.x]));
      },
    ],
  ])('leaves alone %s', (_, build) => {
    const net = graphWith(build);
    const outputs = ['out', ...(net.nodes.has('kept') ? ['kept'] : net.layers.values())];
    expectUntouched(net, reorderPools(net, outputs), outputs);
  });
});

describe('hoisting scalars', () => {
  const shapesOf = (net: Graph) => inferShapes(net);

  it('multiplies last, by all scalars at once', async () => {
    const net = graphWith((net) => {
      const dy = net.add('mul', [net.conv('dy', net.x, [1, 1, 3, 4]), net.scalar(0.25)]);
      const y = net.add('relu', [net.conv('y', net.x, [1, 1, 3, 4])]);
      const masked = net.add('reluGradient', [net.add('mul', [net.scalar(8), dy]), y]);
      const cropped = net.add('crop', [masked], { before: [0, 1, 0, 1], after: [0, 0, 2, 0] });
      const padded = net.add('pad', [cropped], { before: [0, 1, 0, 1], after: [0, 0, 2, 0] });
      net.convGradient('out', padded, net.x, [3, 3, 3, 4]);
    });
    const hoisted = hoistScalars(net, ['out'], shapesOf(net));
    const out = nodeOf(hoisted, 'out');
    expect(out.op).toBe('mul');
    expect(nodeOf(hoisted, out.inputs[0]!).op).toBe('conv2dInputGradient');
    expect(scalarProductsOf(hoisted)).toEqual(['out']);
    await expectSameValues(net, hoisted, ['out']);
  });

  it('stops where differently weighted terms meet, and goes on where all have the same', async () => {
    const net = graphWith((net) => {
      const [two, three] = [net.scalar(2), net.scalar(3)];
      const times = (ref: NodeRef, scalar: NodeRef) => net.add('mul', [ref, scalar]);
      const [a, b] = [net.conv('a', net.x, [1, 1, 3, 2]), net.conv('b', net.x, [1, 1, 3, 2])];
      const joined = net.add('concat', [times(a, two), times(b, two)], { axis: 3 }, 'joined');
      net.convGradient('same', joined, net.x, [1, 1, 3, 4]);
      net.add('add', [times(a, two), times(b, three)], {}, 'mixed');
    });
    const hoisted = hoistScalars(net, ['same', 'mixed'], shapesOf(net));
    expect(nodeOf(hoisted, 'same').op).toBe('mul');
    expect(nodeOf(hoisted, 'mixed').op).toBe('add');
    expect(scalarProductsOf(hoisted)).toHaveLength(3);
    await expectSameValues(net, hoisted, ['same', 'mixed']);
  });

  it('does not spread a scalar over cells that are multiplied anyway', async () => {
    const net = graphWith((net) => {
      const spread = net.add('reduceSumGradient', [net.scalar(0.5), 'x'], {
        axes: [0, 1, 2, 3],
        keepDimensions: false,
      });
      net.add('mul', [spread, net.add('mul', ['x', net.scalar(2)])], {}, 'out');
    });
    const hoisted = hoistScalars(net, ['out'], shapesOf(net));
    expect(opsOf(hoisted)).not.toHaveProperty('reduceSumGradient');
    await expectSameValues(net, hoisted, ['out']);
  });

  it.each([
    ['a vector of channels', [3]],
    ['one row of one column', [1, 1, 1, 3]],
  ])('spreads a scalar that is multiplied by %s', async (_, shape) => {
    const net = graphWith((net) => {
      const attributes = { axes: [0, 1, 2, 3], keepDimensions: false };
      const spread = net.add('reduceSumGradient', [net.scalar(0.5), 'x'], attributes);
      net.add('mul', [spread, net.values(...shape)], {}, 'out');
    });
    const hoisted = hoistScalars(net, ['out'], shapesOf(net));
    await expectSameValues(net, hoisted, ['out']);
  });

  it('keeps the value of a product that is an output', async () => {
    const net = graphWith((net) => {
      const product = net.add('mul', [net.x, net.scalar(3)], {}, 'kept');
      net.add('crop', [product], { before: [0, 1, 1, 0], after: [0, 0, 0, 0] }, 'out');
    });
    const hoisted = hoistScalars(net, ['out', 'kept'], shapesOf(net));
    await expectSameValues(net, hoisted, ['out', 'kept']);
  });

  it('leaves alone what is not linear', () => {
    const net = graphWith((net) => {
      // x itself is such a product: what is not linear must not pass it on.
      net.pool('maxPool', 'pooled', net.x);
      net.conv('out', net.add('square', ['pooled']), [1, 1, 3, 2]);
    });
    expectUntouched(net, hoistScalars(net, ['out'], shapesOf(net)), ['out']);
  });
});

describe('trimming masks', () => {
  it('takes a part of a concatenation itself, and no mask where all is positive', async () => {
    const net = graphWith((net) => {
      const parts = [2, 3, 4].map((outputs) =>
        net.add('relu', [net.conv(`conv${outputs}`, net.x, [1, 1, 3, outputs])], {}, `y${outputs}`),
      );
      const joined = net.add('concat', parts, { axis: 3 });
      const cut = net.add('crop', [joined], { before: [0, 0, 0, 2], after: [0, 0, 0, 4] });
      const masked = net.add('reluGradient', [cut, 'y3']);
      net.convGradient('out', masked, net.x, [1, 1, 3, 3]);
    });
    const trimmed = trimMasks(net, ['out'], inferShapes(net));
    expect(opsOfNet(trimmed)).toEqual({ conv2d: 1, relu: 1, conv2dInputGradient: 1 });
    expect(nodeOf(trimmed, 'out').inputs[0]).toBe('y3');
    await expectSameValues(net, trimmed, ['out']);
  });

  const channels = (first: number, last: number) => ({
    before: [0, 0, 0, first],
    after: [0, 0, 0, last],
  });
  it.each<[string, (net: Net, joined: NodeRef) => void]>([
    [
      'a cut across two parts',
      (net, joined) => net.add('relu', [net.add('crop', [joined], channels(1, 4))], {}, 'out'),
    ],
    [
      'a cut within one part, or of more than one',
      (net, joined) => {
        const cuts = [channels(2, 5), channels(3, 4), channels(2, 0)].map((cut) =>
          net.add('crop', [joined], cut),
        );
        net.add('concat', cuts, { axis: 3 }, 'out');
      },
    ],
    [
      'a cut of rows',
      (net, joined) => {
        const rows = { before: [0, 1, 0, 2], after: [0, 0, 0, 4] };
        net.add('relu', [net.add('crop', [joined], rows)], {}, 'out');
      },
    ],
    ['a cut that is an output', (net, joined) => net.add('crop', [joined], channels(2, 4), 'out')],
    [
      "another activation's mask",
      (net) => net.add('relu', [net.add('reluGradient', ['y2', 'z2'])], {}, 'out'),
    ],
  ])('leaves alone %s', async (_, build) => {
    const net = graphWith((net) => {
      const parts = [2, 3, 4].map((outputs) =>
        net.add('relu', [net.conv(`conv${outputs}`, net.x, [1, 1, 3, outputs])], {}, `y${outputs}`),
      );
      net.add('relu', [net.conv('other', net.x, [1, 1, 3, 2])], {}, 'z2');
      build(net, net.add('concat', parts, { axis: 3 }));
    });
    const trimmed = trimMasks(net, ['out'], inferShapes(net));
    expectUntouched(net, trimmed, ['out']);
    await expectSameValues(net, trimmed, ['out']);
  });
});

describe('merging gradients of 1×1 convolutions', () => {
  /** Cotangents of 2, 3 and 4 channels, each sent back through a convolution of x. */
  function branches(net: Net, size: [number, number] = [1, 1]): NodeRef[] {
    return [2, 3, 4].map((outputs) => {
      const dy = net.conv(`dy${outputs}`, net.x, [1, 1, 3, outputs]);
      return net.convGradient(`dx${outputs}`, dy, net.x, [...size, 3, outputs]);
    });
  }

  it('makes one gradient of their sum', async () => {
    const net = graphWith((net) => {
      const [a, b, c] = branches(net);
      net.add('add', [net.add('add', [a!, b!]), c!], {}, 'out');
    });
    const merged = mergeGradients(net, ['out']);
    expect(opsOfNet(merged)).toEqual({ conv2d: 3, concat: 1, conv2dInputGradient: 1 });
    expect(nodeOf(merged, 'out').op).toBe('conv2dInputGradient');
    await expectSameValues(net, merged, ['out']);
  });

  it('adds the other terms to it, on whichever side they stand', async () => {
    const net = graphWith((net) => {
      const [a, b, c] = branches(net);
      const other = net.conv('other', net.x, [3, 3, 3, 3]);
      const inner = net.add('add', [other, a!]);
      net.add('add', [net.add('add', [b!, net.x]), net.add('add', [inner, c!])], {}, 'out');
    });
    const merged = mergeGradients(net, ['out']);
    expect(opsOf(merged)).toMatchObject({ conv2dInputGradient: 1, add: 2 });
    await expectSameValues(net, merged, ['out']);
  });

  it.each<[string, (net: Net) => void]>([
    [
      '3×3 gradients',
      (net) => {
        const [a, b] = branches(net, [3, 3]);
        net.add('add', [a!, b!], {}, 'out');
      },
    ],
    ['a single gradient', (net) => net.add('add', [branches(net)[0]!, net.x], {}, 'out')],
    [
      'a gradient that somebody else reads',
      (net) => {
        const [a, b] = branches(net);
        net.add('add', [net.add('add', [a!, b!]), net.add('square', [a!])], {}, 'out');
      },
    ],
  ])('leaves alone %s', (_, build) => {
    const net = graphWith(build);
    expectUntouched(net, mergeGradients(net, ['out']), ['out']);
  });

  it('leaves alone a gradient, and a sum, that is an output', async () => {
    const net = graphWith((net) => {
      const [a, b, c] = branches(net);
      const inner = net.add('add', [a!, b!], {}, 'inner');
      net.add('add', [inner, c!], {}, 'out');
    });
    expectUntouched(net, mergeGradients(net, ['out', 'dx2', 'inner']), ['out', 'dx2', 'inner']);
    const merged = mergeGradients(net, ['out', 'inner']);
    expect(nodeOf(merged, 'inner').op).toBe('conv2dInputGradient');
    await expectSameValues(net, merged, ['out', 'inner']);
  });
});

describe('cropping filters', () => {
  const range = (before: number, after: number) => ({
    before: [0, 0, 0, before],
    after: [0, 0, 0, after],
  });

  function cutGradient(net: Net, cuts: readonly [number, number][], attributes = {}): void {
    const y = net.conv('y', net.x, [3, 3, 3, 6], attributes);
    const dy = net.add('relu', [net.conv('dy', y, [3, 3, 6, 4], attributes)]);
    const dx = net.convGradient('dx', dy, y, [3, 3, 6, 4], attributes);
    cuts.forEach(([before, after], index) => {
      net.add('crop', [dx], range(before, after), `out${index}`);
    });
  }

  it.each([
    ['stride 1', {}],
    ['stride 2', { strides: [2, 2], padding: 'valid' }],
  ])('computes each range of channels with its own filter (%s)', async (_, attributes) => {
    const net = graphWith((net) => {
      cutGradient(net, [[0, 4], [2, 1], [5, 0]], attributes); // prettier-ignore
    });
    const outputs = ['out0', 'out1', 'out2'];
    const cropped = cropFilters(net, outputs);
    expect(opsOf(cropped)).toMatchObject({ conv2dInputGradient: 3 });
    expect(opsOf(cropped)).not.toHaveProperty('crop');
    const channels = outputs.map((output) => inferShapes(cropped).get(output)![3]);
    expect(channels).toEqual([2, 3, 1]);
    await expectSameValues(net, cropped, outputs);
  });

  it('leaves alone a gradient that is read as a whole, or is an output', () => {
    const net = graphWith((net) => {
      cutGradient(net, [[0, 4], [2, 1]]); // prettier-ignore
      net.add('relu', ['dx'], {}, 'whole');
    });
    const outputs = ['out0', 'out1', 'whole'];
    expectUntouched(net, cropFilters(net, outputs), outputs);
    const cut = slice(net, ['out0', 'out1']);
    expectUntouched(cut, cropFilters(cut, ['out0', 'out1', 'dx']), ['out0', 'out1', 'dx']);
    // The control: without either it is rewritten.
    expect(opsOf(cropFilters(cut, ['out0', 'out1']))).not.toHaveProperty('crop');
  });

  it('leaves alone a cut of rows, and gradients in groups', () => {
    const rows = graphWith((net) => {
      cutGradient(net, []);
      net.add('crop', ['dx'], { before: [0, 1, 0, 2], after: [0, 0, 0, 0] }, 'out');
    });
    expectUntouched(rows, cropFilters(rows, ['out']), ['out']);
    const groups = graphWith((net) => {
      const dy = net.conv('dy', net.x, [1, 1, 3, 3]);
      const dx = net.convGradient('dx', dy, net.x, [3, 3, 1, 3], { groups: 3 });
      net.add('crop', [dx], range(1, 1), 'out');
    });
    expectUntouched(groups, cropFilters(groups, ['out']), ['out']);
  });
});

describe('all rewrites, one after the other', () => {
  it('take a concatenation of equally weighted parts', async () => {
    const net = graphWith((net) => {
      const half = net.scalar(0.5);
      const parts = [net.x, net.add('square', [net.x])].map((part) => net.add('mul', [part, half]));
      const joined = net.add('square', [net.add('concat', parts, { axis: 3 })]);
      net.add('reduceSum', [joined], { axes: [0, 1, 2, 3], keepDimensions: false }, 'score');
    });
    await expectSameGradient(net, 'score');
  });
});

describe.each([
  ['inception_v3', 'mixed0:0.5,mixed3:2,mixed4:-1.5', [75, 101], 80],
  ['mobilenet_v2', 'block_3_expand:0.5,block_6_expand:-2', [48, 61], 38],
  // Its batch normalisations are folded in the file.
  ['mobilenet_v2_mid', 'expanded_conv_3/expand/Relu6,expanded_conv_6/expand/Relu6:3', [48, 61], 0],
] as const)('a narrowed %s', (name, words, [rows, columns], folded) => {
  const picture = seededPicture(rows, columns, 2);
  let graph: Graph;
  let score: NodeRef;

  beforeAll(async () => {
    const model = await loadModel(name);
    const objective = parseObjective(words, { measure: 'mean-square' });
    const needed = [...withScore(model.graph, objective).graph.nodes.keys()];
    const inNetwork = needed.filter((node) => model.graph.nodes.has(node));
    await model.ready(inNetwork);
    ({ graph, score } = withScore(narrow(slice(model.graph, inNetwork), 8), objective));
  });

  it('has fewer nodes and the same activations', async () => {
    const layers = words.split(',').map((term) => {
      const [wanted] = term.split(':') as [string];
      return [...graph.layers].find(([layer]) => layer.endsWith(wanted))![1];
    });
    const outputs = [...layers, score];
    const simplified = simplifyForward(graph, outputs);
    await expectSameValues(graph, simplified, outputs, picture);
    expect(countOf(graph) - countOf(simplified)).toBe(folded);
    const consumers = consumersOf(simplified);
    for (const node of simplified.nodes.values()) {
      const sole = consumers.get(node.name)!.length === 1 && !outputs.includes(node.name);
      const [reader] = consumers.get(node.name)!;
      if (!sole) continue;
      const next = nodeOf(simplified, reader!);
      const scaled = ['mul', 'sub'].includes(next.op) && simplified.constants.has(next.inputs[1]!);
      expect(node.op === 'conv2d' && scaled, `${node.name} is read by ${next.name}`).toBe(false);
      expect([node.op, next.op]).not.toEqual(['relu', 'maxPool']);
    }
  });

  it('has fewer passes over memory in its gradient, and the same gradient', async () => {
    const { plain, simplified } = await expectSameGradient(graph, score, picture);
    const [before, after] = [opsOf(plain), opsOf(simplified)];
    expect(after).not.toHaveProperty('reduceSumGradient');
    const shapes = inferShapes(simplified);
    const isScaled = (ref: NodeRef): boolean => {
      const { op, inputs } = nodeOf(simplified, ref);
      return op === 'mul' && inputs.some((input) => shapes.get(input)!.length === 0);
    };
    for (const node of simplified.nodes.values()) {
      if (/Gradient$/.test(node.op)) expect(isScaled(node.inputs[0]!)).toBe(false);
    }
    if (name !== 'inception_v3') return;
    expect(after['crop']!).toBeLessThan(before['crop']!);
    expect(after['reluGradient']!).toBeLessThan(before['reluGradient']!);
    expect(after['conv2dInputGradient']!).toBeLessThan(before['conv2dInputGradient']!);
    expect(after['concat']!).toBeGreaterThan(before['concat']!);
  });
});

/** Nodes that compute something. */
function countOf(graph: Graph): number {
  return Object.values(opsOf(graph)).reduce((sum, count) => sum + count, 0);
}

/** The gradient to the picture with all rewrites and with none. */
async function expectSameGradient(
  graph: Graph,
  score: NodeRef,
  picture = small,
): Promise<{ plain: Graph; simplified: Graph }> {
  const plain = backward(graph, score, PICTURE);
  const forward = backward(simplifyForward(graph, [score]), score, PICTURE);
  const outputs = [score, forward.gradient];
  const sliced = slice(forward.graph, outputs);
  const simplified = simplifyBackward(sliced, outputs, inferShapes(sliced));
  const [expectedScore, expected] = await valuesOf(plain.graph, [score, plain.gradient], picture);
  const [foundScore, found] = await valuesOf(simplified, outputs, picture);
  expect(found!.shape).toEqual(expected!.shape);
  expect(relativeDifference(foundScore!.data, expectedScore!.data)).toBeLessThan(TOLERANCE);
  expect(relativeDifference(found!.data, expected!.data)).toBeLessThan(TOLERANCE);
  // The negative control: the gradient is neither flat nor the same all over.
  expect(relativeDifference(found!.data, expected!.data.toReversed())).toBeGreaterThan(0.1);
  return { plain: plain.graph, simplified };
}

/** Products of a tensor and a scalar constant, those of the picture's scaling apart. */
function scalarProductsOf(graph: Graph): NodeRef[] {
  const shapes = inferShapes(graph);
  const isScalarProduct = ({ op, name, inputs }: Node): boolean =>
    op === 'mul' &&
    shapes.get(name)!.length > 0 &&
    inputs.some((input) => shapes.get(input)!.length === 0);
  return [...graph.nodes.values()]
    .filter((node) => isScalarProduct(node) && node.name !== 'x')
    .map(({ name }) => name);
}
