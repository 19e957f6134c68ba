import { beforeAll, describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../src/graph/builder.ts';
import { consumersOf, nodeOf, slice } from '../../src/graph/graph.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { nearestNames, resolveLayer, tapsOf } from '../../src/graph/taps.ts';
import { DreamError } from '../../src/kit/errors.ts';
import { loadModel } from '../../src/studio/catalogue.ts';

function layersNamed(...names: string[]): Pick<Graph, 'layers'> {
  return { layers: new Map(names.map((name) => [name, `node of ${name}`])) };
}

function failureOf(run: () => unknown): DreamError {
  try {
    run();
  } catch (error) {
    if (error instanceof DreamError) return error;
    throw error;
  }
  throw new Error('expected a DreamError, nothing was thrown');
}

describe('a layer is named', () => {
  const graph = layersNamed('Conv1', 'conv1_relu', 'body/a/expand', 'body/b/expand', 'body/a/out');

  it.each([
    ['exactly', 'Conv1', 'Conv1'],
    ['in other letters', 'CONV1_ReLU', 'conv1_relu'],
    ['by an ending that no other has', 'out', 'body/a/out'],
    ['by a longer ending, where a short one would fit two', 'b/expand', 'body/b/expand'],
    ['by an ending in other letters', 'A/Expand', 'body/a/expand'],
  ])('%s', (_, words, layer) => {
    expect(resolveLayer(graph, words)).toBe(layer);
  });

  it('exactly rather than in other letters, and rather than by its ending', () => {
    const alike = layersNamed('mixed', 'Mixed', 'body/mixed', 'MIXED/out', 'out');
    expect(['mixed', 'Mixed', 'out'].map((name) => resolveLayer(alike, name))).toEqual([
      'mixed',
      'Mixed',
      'out',
    ]);
  });

  it('by whole parts of an ending only', () => {
    expect(failureOf(() => resolveLayer(graph, 'ut'))).toMatchObject({ code: 'unknown-layer' });
    expect(failureOf(() => resolveLayer(graph, ''))).toMatchObject({ code: 'unknown-layer' });
  });

  it('and one that is not gets the nearest names', () => {
    const error = failureOf(() => resolveLayer(graph, 'conv1_rel'));
    expect(error).toMatchObject({ code: 'unknown-layer' });
    expect(error.message).toMatch(/^no layer is named 'conv1_rel'; nearest: conv1_relu, Conv1,/);
    expect(error.hint).toContain('--layers');
  });

  it('and an ending that several have gets those', () => {
    const { message } = failureOf(() => resolveLayer(graph, 'expand'));
    expect(message).toBe("2 layers end in 'expand'; nearest: body/a/expand, body/b/expand");
  });

  it('and five names are the most that are given', () => {
    const many = layersNamed(...Array.from({ length: 9 }, (_, index) => `b${index}/relu`));
    expect(failureOf(() => resolveLayer(many, 'relu')).message).toMatch(
      /^9 layers.*: (b\d\/relu(, )?){5}$/,
    );
    expect(nearestNames('b4/reluu', [...many.layers.keys()], 3)).toHaveLength(3);
    expect(nearestNames('B4/RELUU', [...many.layers.keys()], 3)[0]).toBe('b4/relu');
  });
});

describe('a tap', () => {
  /** conv → relu (layer 'a'), conv without activation ('b'), both and a pool joined ('joined'). */
  function network(): GraphBuilder {
    const builder = new GraphBuilder();
    const x = builder.input('x', [1, null, null, 3]);
    const plain = builder.add('pad', [x], {}, 'plain');
    builder.layers.set('a', builder.add('relu', [plain], {}, 'active'));
    builder.layers.set('limited', builder.add('clip', ['active'], { low: 0, high: 6 }, 'clipped'));
    builder.layers.set('b', plain);
    builder.layers.set(
      'joined',
      builder.add('concat', ['active', 'plain', 'clipped'], { axis: 3 }, 'joined'),
    );
    builder.layers.set('inactive', builder.add('concat', ['plain', 'x'], { axis: 3 }, 'inactive'));
    builder.layers.set('outer', builder.add('concat', ['joined', 'plain'], { axis: 3 }, 'outer'));
    return builder;
  }

  it('is the layer after its activation', () => {
    const taps = tapsOf(network());
    expect([taps('a'), taps('b'), taps('limited'), taps('joined')]).toEqual([
      'active',
      'plain',
      'clipped',
      'joined',
    ]);
  });

  it(':pre is the value that the activation reads', () => {
    const taps = tapsOf(network());
    expect([taps('a:pre'), taps('limited:pre')]).toEqual(['plain', 'active']);
  });

  it(':pre of what has no activation is the layer itself, and adds nothing', () => {
    const builder = network();
    const before = builder.nodes.size;
    const taps = tapsOf(builder);
    expect([taps('b:pre'), taps('inactive:pre')]).toEqual(['plain', 'inactive']);
    expect(builder.nodes.size).toBe(before);
  });

  it(':pre of a concatenation joins its parts before theirs, also one in another', () => {
    const builder = network();
    const taps = tapsOf(builder);
    const joined = nodeOf(builder, taps('joined:pre'));
    expect(joined).toMatchObject({ op: 'concat', attributes: { axis: 3 } });
    expect(joined.inputs).toEqual(['plain', 'plain', 'active']);
    const [inner, other] = nodeOf(builder, taps('outer:pre')).inputs;
    expect(nodeOf(builder, inner!).inputs).toEqual(['plain', 'plain', 'active']);
    expect(other).toBe('plain');
  });

  it('takes the same liberties with names before :pre', () => {
    expect(tapsOf(network())('LIMITED:pre')).toBe('active');
    expect(failureOf(() => tapsOf(network())('limted:pre')).message).toContain("'limted'");
  });
});

describe('the real networks', () => {
  let inception: GraphBuilder;
  let mobilenet: GraphBuilder;

  beforeAll(async () => {
    const models = await Promise.all([loadModel('inception_v3'), loadModel('mobilenet_v2_mid')]);
    [inception, mobilenet] = models.map(({ graph }) => GraphBuilder.from(graph)) as [
      GraphBuilder,
      GraphBuilder,
    ];
  });

  it('have convolutions before and after their activation', () => {
    const taps = tapsOf(inception);
    expect(nodeOf(inception, taps('conv2d_30')).op).toBe('relu');
    expect(taps('conv2d_30')).toBe(taps('activation_30'));
    expect(taps('conv2d_30:pre')).toBe(nodeOf(inception, taps('conv2d_30')).inputs[0]);
    expect(taps('conv2d_30:pre')).toBe(taps('batch_normalization_30'));
  });

  it('have blocks of branches before all their activations', () => {
    const taps = tapsOf(inception);
    const [before, after] = [taps('mixed4:pre'), taps('mixed4')].map(
      (ref) => nodeOf(inception, ref).inputs,
    );
    expect(after!.map((ref) => nodeOf(inception, ref).op)).toEqual([
      'relu',
      'relu',
      'relu',
      'relu',
    ]);
    expect(before).toEqual(after!.map((ref) => nodeOf(inception, ref).inputs[0]));
  });

  it('of long names answer to their endings', () => {
    const taps = tapsOf(mobilenet);
    expect(taps('conv_1/relu6')).toBe(taps('Conv_1/Relu6'));
    expect(nodeOf(mobilenet, taps('Conv_1/Relu6')).op).toBe('clip');
    expect(failureOf(() => taps('Relu6')).message).toMatch(/^\d+ layers end in 'Relu6'/);
  });
});

describe('a slice', () => {
  const builder = new GraphBuilder();
  builder.input('x', [1, null, null, 3]);
  builder.constant({ shape: [3], read: () => Float32Array.of(1, 2, 3) }, 'k');
  builder.constant({ shape: [], read: () => Float32Array.of(4) }, 'unused');
  builder.add('mul', ['x', 'k'], {}, 'scaled');
  builder.add('relu', ['scaled'], {}, 'active');
  builder.add('add', ['x', 'unused'], {}, 'other');
  builder.layers.set('low', 'scaled').set('high', 'active').set('side', 'other');

  it('keeps what its outputs need, in order, and forgets the rest', () => {
    const part = slice(builder, ['scaled']);
    expect([...part.nodes.keys()]).toEqual(['x', 'k', 'scaled']);
    expect([...part.constants.keys()]).toEqual(['k']);
    expect([...part.layers]).toEqual([['low', 'scaled']]);
  });

  it('of several outputs is what any of them needs', () => {
    expect([...slice(builder, ['other', 'active']).nodes.keys()]).toEqual([
      ...builder.nodes.keys(),
    ]);
    expect([...slice(builder, []).nodes.keys()]).toEqual([]);
  });

  it('of a node that is not there fails by its name', () => {
    expect(() => slice(builder, ['nowhere'])).toThrow("expected a node named 'nowhere'");
  });

  it('knows who reads whom, once for each time', () => {
    const twice = GraphBuilder.from(builder);
    twice.add('mul', ['scaled', 'scaled'], {}, 'square');
    expect(consumersOf(twice).get('scaled')).toEqual(['active', 'square', 'square']);
    expect(consumersOf(twice).get('square')).toEqual([]);
  });
});

describe('a builder', () => {
  it('makes up names that are new, each time', () => {
    const builder = new GraphBuilder(new Set(['relu~2']));
    builder.input('x', [1]);
    builder.add('relu', ['x'], {}, 'relu~1');
    expect([builder.add('relu', ['x']), builder.add('relu', ['x'])]).toEqual(['relu~3', 'relu~4']);
    expect([builder.scalar(1), builder.scalar(1)]).toEqual(['scalar~1', 'scalar~2']);
  });

  it('refuses a name that is taken, and an input that is still to come', () => {
    const builder = new GraphBuilder();
    builder.input('x', [1]);
    expect(() => builder.add('relu', ['x'], {}, 'x')).toThrow("'x' is taken");
    expect(() => builder.add('relu', ['later'], {}, 'y')).toThrow(
      "node 'y' (relu) reads 'later', which is not in the graph yet",
    );
    expect([...builder.nodes.keys()]).toEqual(['x']);
  });

  it('that starts from a graph leaves it as it is', () => {
    const first = new GraphBuilder();
    first.input('x', [1]);
    const second = GraphBuilder.from(first);
    second.add('relu', ['x'], {}, 'y');
    second.layers.set('y', 'y');
    expect([...first.nodes.keys()]).toEqual(['x']);
    expect(first.layers.size).toBe(0);
  });
});
