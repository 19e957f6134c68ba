/** Where a score can be cut, and what the stages are. */
import { describe, expect, it } from 'vitest';
import { scoredGraph } from '../../../src/engines/ascent-graph.ts';
import { PICTURE } from '../../../src/engines/engine.ts';
import { NotLocal, trunkOf } from '../../../src/engines/large/locality.ts';
import { cutsOf } from '../../../src/engines/large/cuts.ts';
import { stagesOf } from '../../../src/engines/large/stages.ts';
import { GraphBuilder } from '../../../src/graph/builder.ts';
import { slice } from '../../../src/graph/graph.ts';
import type { Graph, NodeRef } from '../../../src/graph/graph.ts';
import type { Objective } from '../../../src/objectives/objective.ts';
import { parseObjective } from '../../../src/objectives/parse.ts';
import { inferShapes } from '../../../src/ops/shapes.ts';
import { smallNetwork } from '../../helpers/small-networks.ts';

const network = smallNetwork('same');

function scoreOf(words: string): { graph: Graph; score: NodeRef } {
  return scoredGraph(network, parseObjective(words, { measure: 'mean-square' }));
}

function cutsFor(words: string): NodeRef[] {
  return cutsOf(trunkOf(scoreOf(words).graph, PICTURE));
}

/** Whether a node can be reached from the picture without passing `cut`. */
function bypasses(graph: Graph, cut: NodeRef, node: NodeRef): boolean {
  const reached = new Set([PICTURE]);
  for (const { name, inputs } of graph.nodes.values()) {
    if (name !== cut && inputs.some((input) => reached.has(input))) reached.add(name);
  }
  return reached.has(node);
}

describe('cuts', () => {
  const concatenation = network.layers.get('b')!;

  it('are where every way from the picture to the score passes', () => {
    const { graph, score } = scoreOf('c');
    const cuts = cutsFor('c');
    expect(cuts).toContain(concatenation);
    expect(cuts.length).toBeGreaterThan(5);
    for (const cut of cuts) expect(bypasses(graph, cut, score)).toBe(false);
    // The control: branches of the concatenation are not among them.
    const branches = [...graph.nodes.keys()].filter(
      (name) => name !== score && bypasses(graph, name, score),
    );
    expect(branches.length).toBeGreaterThan(5);
    expect(cuts.filter((cut) => branches.includes(cut))).toEqual([]);
  });

  it('go on behind a layer that the score reads', () => {
    const first = cutsFor('a:1,c:1');
    expect(first).toContain(network.layers.get('a'));
    expect(first).toContain(concatenation);
  });

  it('are in the network’s order', () => {
    const order = [...scoreOf('c').graph.nodes.keys()];
    const places = cutsFor('c').map((cut) => order.indexOf(cut));
    expect(places).toEqual([...places].sort((a, b) => a - b));
  });
});

describe('stages', () => {
  it('give each term of the score to the stage that computes it', () => {
    const { graph, score } = scoreOf('a:0.5,b:1,c:2');
    const [a, b] = [network.layers.get('a')!, network.layers.get('b')!];
    const stages = stagesOf(graph, score, [a, b]);
    expect(stages.map(({ start, end }) => [start, end])).toEqual([
      [PICTURE, a],
      [a, b],
      [b, null],
    ]);
    expect(stages.map(({ sums }) => sums.length)).toEqual([0, 1, 2]);
    expect(stages.map(({ forward }) => forward === null)).toEqual([false, false, true]);
  });

  it('need nothing of the stages before', () => {
    const { graph, score } = scoreOf('a:0.5,b:1,c:2');
    const cut = network.layers.get('b')!;
    const [first, last] = stagesOf(graph, score, [cut]);
    expect([...last!.backward.graph.nodes.keys()]).not.toContain(PICTURE);
    expect([...first!.forward!.graph.nodes.keys()]).not.toContain(score);
    const shapes = inferShapes(first!.backward.graph);
    expect(shapes.get(first!.backward.derivative!.of)).toEqual([]);
    expect(shapes.get(first!.cotangent!)).toEqual(shapes.get(cut));
  });
});

describe('a network that tiles cannot compute', () => {
  /** A score, from what is done to the picture and what is made of the means. */
  function refused(build: (builder: GraphBuilder, x: NodeRef) => NodeRef): () => unknown {
    const objective: Objective = {
      describe: () => '',
      score: ({ builder, taps }) => build(builder, taps('a')),
    };
    const { graph, score } = scoredGraph(network, objective);
    return () => stagesOf(graph, score, []);
  }
  const all = { axes: [0, 1, 2, 3], keepDimensions: false };

  it('looks at the whole picture in between', () => {
    const squeezed = refused((builder, x) => {
      const means = builder.add('reduceMean', [x], { axes: [1, 2], keepDimensions: true });
      return builder.add('reduceSum', [builder.add('mul', [x, means])], all);
    });
    expect(squeezed).toThrow(NotLocal);
    const turned = refused((builder, x) =>
      builder.add('reduceSum', [builder.add('transpose', [x], { order: [0, 2, 1, 3] })], all),
    );
    expect(turned).toThrow(NotLocal);
  });

  it('multiplies what should be summed', () => {
    const squared = refused((builder, x) =>
      builder.add('square', [builder.add('reduceSum', [x], all)]),
    );
    expect(squared).toThrow(NotLocal);
    // The control: a sum with a factor is a sum.
    const scaled = refused((builder, x) =>
      builder.add('mul', [builder.add('reduceSum', [x], all), builder.scalar(3)]),
    );
    expect(scaled).not.toThrow();
  });

  it('has values that are tied to places', () => {
    const masked = refused((builder, x) => {
      const values = new Float32Array(6 * 6 * 6);
      const mask = builder.constant({ shape: [1, 6, 6, 6], read: () => values });
      return builder.add('reduceSum', [builder.add('mul', [x, mask])], all);
    });
    expect(masked).toThrow(NotLocal);
  });
});

it('the small network is what the tests take it for', () => {
  const shapes = inferShapes(slice(network, [...network.layers.values()]), {
    [PICTURE]: [1, 101, 77, 3],
  });
  expect(shapes.get(network.layers.get('c')!)).toEqual([1, 13, 10, 5]);
});
