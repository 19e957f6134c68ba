import { expect, it } from 'vitest';
import type { Imported } from '../../../src/importers/imported.ts';
import { knownKind } from '../../../src/studio/adding/known-kinds.ts';

const POOL = 'global_average_pooling2d_GlobalAveragePooling2D1';
const middle = { part: 'middle', share: 1 };

/** The last node is the output. */
function kindOf(...nodes: readonly string[]) {
  const graph = { nodes: new Map(nodes.map((name) => [name, {}])) };
  const imported = { graph, output: nodes.at(-1)! } as unknown as Imported;
  const clues = {
    format: 'any',
    imported,
    names: [],
    notes: {},
    size: { rows: 227, columns: 227 },
  };
  const kind = knownKind(clues);
  return kind && { title: kind.title, shown: kind.shown?.(clues) };
}

it.each<[string, readonly string[], RegExp | null, object | undefined]>([
  ['of Keras', [POOL, 'dense_Dense1/bias', 'dense_Dense2'], /^an export of Teachable/, middle],
  [
    'of a SavedModel',
    [`a/b/${POOL}/Mean`, 'a/c/dense_Dense4/MatMul', 'a/c/dense_Dense4/Softmax'],
    /^an export of Teachable/,
    middle,
  ],
  ['whose last layer has a bias', [POOL, 'dense_Dense2/bias', 'dense_Dense2'], null, undefined],
  ['without its pooling', ['dense_Dense1', 'dense_Dense2'], null, undefined],
  [
    'with the output of Custom Vision',
    ['conv1', 'loss'],
    /Vision$/,
    { ...middle, share: 227 / 256 },
  ],
  ['retrained', ['mixed_10/join', 'final_result'], /retrained$/, { part: 'whole', share: 1 }],
  ['that says nothing of pictures', ['MobilenetV1/Conv', 'final_result'], /V1$/, undefined],
])('a network %s', (_, nodes, title, shown) => {
  const kind = kindOf(...nodes);
  if (title === null) expect(kind).toBeNull();
  else expect(kind!.title).toMatch(title);
  expect(kind?.shown).toEqual(shown);
});
