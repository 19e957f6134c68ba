/** Backward rules that are wrong are caught where they are wrong, and not in the engine. */
import { expect, it, vi } from 'vitest';
import { backward } from '../../src/autodiff/backward.ts';
import { GraphBuilder } from '../../src/graph/builder.ts';
import type { OpDefinition } from '../../src/ops/op.ts';

const bad: Partial<Record<string, Pick<OpDefinition, 'backward'>>> = {
  silent: { backward: () => [null] },
  transposed: {
    backward: ({ builder, dy }) => [builder.add('transpose', [dy], { order: [0, 2, 1, 3] })],
  },
  flattened: {
    backward: ({ builder, dy }) => [builder.add('reshape', [dy], { shape: [1, null] })],
  },
};

vi.mock('../../src/ops/index.ts', async (importOriginal) => {
  const original = await importOriginal<{ opNamed(name: string): OpDefinition }>();
  const relu = original.opNamed('relu');
  return {
    ...original,
    opNamed: (name: string) => (bad[name] ? { ...relu, ...bad[name] } : original.opNamed(name)),
  };
});

function gradientThrough(op: string): void {
  const builder = new GraphBuilder();
  const x = builder.input('x', [1, 4, 5, 3]);
  const y = builder.add(op, [x], {}, 'node');
  builder.add('reduceSum', [y], { axes: [0, 1, 2, 3], keepDimensions: false }, 'score');
  backward(builder, 'score', 'x');
}

it.each([
  ['silent', "op 'silent' gave no cotangent for 'x'"],
  ['transposed', "the cotangent 'transpose~1' of 'x' has shape [1, 5, 4, 3], not [1, 4, 5, 3]"],
  ['flattened', "the cotangent 'reshape~1' of 'x' has shape [1, 60], not [1, 4, 5, 3]"],
])('a rule that is %s is named', (op, message) => {
  expect(() => {
    gradientThrough(op);
  }).toThrow(message);
});

it('and the rule that it is made of passes', () => {
  expect(() => {
    gradientThrough('relu');
  }).not.toThrow();
});
