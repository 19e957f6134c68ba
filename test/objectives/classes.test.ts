/** Classes: in words, as logits, and as what is climbed. */
import { describe, expect, it } from 'vitest';
import { PICTURE } from '../../src/engines/engine.ts';
import { onnxEngine } from '../../src/engines/onnx.ts';
import { GraphBuilder } from '../../src/graph/builder.ts';
import type { Graph, NodeRef } from '../../src/graph/graph.ts';
import { classLogit } from '../../src/objectives/class-logit.ts';
import type { ClassView } from '../../src/objectives/class-logit.ts';
import { parseClasses } from '../../src/objectives/class-words.ts';
import { logitsOf, probabilitiesOf } from '../../src/objectives/logits.ts';
import { assertAscends } from '../helpers/ascends.ts';
import { valuesOf } from '../helpers/graphs.ts';
import { seededPicture } from '../helpers/planes.ts';
import { tinyGraph } from '../helpers/tiny-classifier.ts';

describe('classes in words', () => {
  const labels = ['cat', 'Dog', 'tench, Tinca tinca', '0 cardboard', 'me', 'ratio 4:3'];
  const short = (text: string): unknown[] =>
    parseClasses(text, labels).map(({ index, weight }) => [index, weight]);

  it.each([
    ['me', [[4, 1]]],
    ['  dog ', [[1, 1]]],
    [
      'me:2,cat:-0.5',
      [
        [4, 2],
        [0, -0.5],
      ],
    ],
    ['not cat', [[0, -1]]],
    ['not cat:2', [[0, -2]]],
    ['tench, Tinca tinca', [[2, 1]]],
    ['tinca tinca:3', [[2, 3]]],
    ['cardboard', [[3, 1]]],
    ['ratio 4:3', [[5, 1]]],
    ['4', [[4, 1]]],
    ['3:0.5', [[3, 0.5]]],
  ])('%s', (text, expected) => {
    expect(short(text)).toEqual(expected);
  });

  it.each([
    ['cats', 'unknown-class', "no class is named 'cats'; nearest: cat,"],
    ['6', 'unknown-class', "no class is named '6'"],
    ['me,', 'bad-option', "got ''"],
    ['me:0', 'bad-option', "got 'me:0'"],
    ['me,ME', 'bad-option', "the class 'me' is named twice"],
    ['cat:x', 'unknown-class', "no class is named 'cat:x'; nearest: cat"],
  ])('%s is refused', (text, code, message) => {
    expect(() => parseClasses(text, labels)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) as string }),
    );
  });
});

describe('logits', () => {
  function graphWith(...ops: string[]): { graph: Graph; output: NodeRef } {
    const builder = new GraphBuilder();
    let node = builder.add('relu', [builder.input('input', [1, 4])], {}, 'head');
    for (const op of ops) node = builder.add(op, [node], op === 'reshape' ? { shape: [4] } : {});
    return { graph: builder, output: node };
  }

  it.each([
    [['softmax'], 'head', 'softmax'],
    [['sigmoid', 'reshape'], 'head', 'sigmoid'],
    [['softmax', 'log', 'reshape'], 'head', 'softmax'],
  ] as const)('are what comes before %s', (ops, node, squash) => {
    const { graph, output } = graphWith(...ops);
    expect(logitsOf(graph, output)).toEqual({ node, squash });
  });

  it('are the output where nothing of the kind is there', () => {
    for (const ops of [[], ['reshape'], ['exp']]) {
      const { graph, output } = graphWith(...ops);
      expect(logitsOf(graph, output)).toEqual({ node: output, squash: 'softmax' });
    }
  });

  it('give probabilities', () => {
    const close = (found: number[], expected: number[]): void => {
      expect(found).toHaveLength(expected.length);
      found.forEach((value, index) => {
        expect(value).toBeCloseTo(expected[index]!, 9);
      });
    };
    close(probabilitiesOf([Math.log(3), 0], 'softmax'), [0.75, 0.25]);
    close(probabilitiesOf([1000, 1000], 'softmax'), [0.5, 0.5]);
    close(probabilitiesOf([0, Math.log(3)], 'sigmoid'), [0.5, 0.75]);
    // One number for two classes is the second's.
    close(probabilitiesOf([Math.log(3)], 'sigmoid'), [0.25, 0.75]);
  });
});

describe('what is climbed', () => {
  const picture = seededPicture(12, 12, 7);
  const engine = onnxEngine({ threads: 1 });
  type Squash = Parameters<typeof tinyGraph>[0] extends infer Options
    ? NonNullable<Options> extends { squash: infer Kind }
      ? Kind
      : never
    : never;

  async function both(squash: Squash, view: Pick<ClassView, 'index' | 'rivals'>, count = 3) {
    const labels = ['a', 'b', 'c'].slice(0, count);
    const { graph, output } = tinyGraph({ squash, labels });
    const { node } = logitsOf(graph, output);
    const [logits] = await valuesOf(graph, [node], picture);
    const objective = classLogit({ output, scores: count, label: labels[0]!, ...view });
    const ascent = await engine.prepare(graph, objective);
    const { score } = await ascent.at(picture);
    await ascent.dispose();
    return { z: [...logits!.data] as [number, number, number], score };
  }

  const logSum = (...values: number[]): number =>
    Math.log(values.reduce((sum, value) => sum + Math.exp(value), 0));

  it('is the logit, less a share of the others', async () => {
    const plain = await both('softmax', { index: 1, rivals: 0 });
    expect(plain.score).toBeCloseTo(plain.z[1], 4);
    const odds = await both('softmax', { index: 1, rivals: 1 });
    expect(odds.score).toBeCloseTo(odds.z[1] - logSum(odds.z[0], odds.z[2]), 4);
    const half = await both('none', { index: 2, rivals: 0.5 });
    expect(half.score).toBeCloseTo(half.z[2] - 0.5 * logSum(half.z[0], half.z[1]), 4);
  });

  it('leaves classes alone that stand for themselves', async () => {
    const { z, score } = await both('sigmoid', { index: 0, rivals: 1 });
    expect(score).toBeCloseTo(z[0], 4);
  });

  it('is a margin to the strongest other, and to 0 where classes stand alone', async () => {
    const shared = await both('softmax', { index: 0, rivals: 'strongest' });
    expect(shared.score).toBeCloseTo(shared.z[0] - Math.max(shared.z[1], shared.z[2]), 4);
    const alone = await both('sigmoid', { index: 0, rivals: 'strongest' });
    expect(alone.score).toBeCloseTo(alone.z[0] - Math.max(0, alone.z[1], alone.z[2]), 4);
  });

  it('is one number with a sign where there is one number', async () => {
    const first = await both('sigmoid', { index: 0, rivals: 0.5 }, 1);
    expect(first.score).toBeCloseTo(-first.z[0], 4);
    const second = await both('sigmoid', { index: 1, rivals: 'strongest' }, 1);
    expect(second.score).toBeCloseTo(second.z[0], 4);
  });

  it('goes up, where the probability is 1 and its slope 0 too', async () => {
    const { graph, output } = tinyGraph();
    const objective = classLogit({ output, scores: 3, index: 1, label: 'b', rivals: 0.5 });
    await assertAscends(graph, objective, picture);
    expect(graph.nodes.has(PICTURE)).toBe(true);
  });

  it('says what it is', () => {
    const view = { output: 'o', scores: 3, index: 0, label: 'me' };
    expect(classLogit({ ...view, rivals: 0 }).describe()).toBe('logit(me)');
    expect(classLogit({ ...view, rivals: 0.5 }).describe()).toBe('(logit(me) − 0.5·others)');
    expect(classLogit({ ...view, rivals: 1 }).describe()).toBe('(logit(me) − others)');
    expect(classLogit({ ...view, rivals: 'strongest' }).describe()).toBe('margin(me)');
  });
});
