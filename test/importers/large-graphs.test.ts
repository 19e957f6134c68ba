/** Graphs as large as files may hold: read or refused in a time that grows as their size does. */
import { expect, test } from 'vitest';
import type { Imported } from '../../src/importers/imported.ts';
import { importModel } from '../../src/importers/index.ts';
import { readGraphModel } from '../../src/importers/graph-model.ts';
import { readOnnx } from '../../src/importers/onnx.ts';
import { weightsOf } from '../../src/importers/weights.ts';
import { FLOAT, floats, graphFile, list, node, shape, text } from './graphdef-files.ts';
import type { FileNode } from './graphdef-files.ts';
import { nothingBeside, onnxFile, seeded } from './onnx-files.ts';

const start = [
  node('Placeholder', 'x', [], { dtype: { type: FLOAT }, shape: shape(-1, -1, -1, 3) }),
  floats('w', [1, 1, 3, 3]),
  floats('b', [3]),
  node('Conv2D', 'conv', ['x', 'w'], { strides: list(1, 1, 1, 1), padding: text('SAME') }),
];

/** The nodes of each of `count` steps; a step reads the last node of the one before it. */
function chain(count: number, step: (before: string, index: number) => FileNode[]): FileNode[] {
  const nodes: FileNode[] = [];
  for (let index = 0; index < count; index++) {
    for (const each of step(nodes.at(-1)?.name ?? 'conv', index)) nodes.push(each);
  }
  return nodes;
}

const read = (...nodes: FileNode[]): Promise<Imported> =>
  Promise.resolve(importModel({ bytes: graphFile([...start, ...nodes]) }, nothingBeside));

const constantsOf = async ({ graph, weights }: Imported): Promise<number[][]> => {
  await weights.ready(weightsOf(graph));
  return [...graph.constants.values()].map((constant) => [...constant.read()]);
};

test('a TensorFlow graph of 49,000 nodes', async () => {
  const nodes = chain(49_000, (before, index) => [node('BiasAdd', `n${index}`, [before, 'b'])]);
  expect((await read(...nodes)).graph.layers.size).toBe(49_001);
});

test('dropout after dropout, each with a mask made from the one before it', async () => {
  const random = node('RandomUniform', 'random', []);
  const nodes = chain(16_000, (before, index) => [
    node('RealDiv', `scaled${index}`, [before, 'b']),
    node('Cast', `mask${index}`, [index === 0 ? 'random' : before]),
    node('Mul', `n${index}`, [`scaled${index}`, `mask${index}`]),
  ]);
  const { graph, output } = await read(random, ...nodes);
  expect(graph.nodes.get(output)!.op).toBe('conv2d');
});

test('branches whose flag comes down a long way', async () => {
  const flag = node('PlaceholderWithDefault', 'flag', ['b']);
  const nodes = chain(20_000, (before, index) => [
    node('Identity', `flag${index}`, [index === 0 ? 'flag' : `flag${index - 1}`]),
    node('Switch', `n${index}`, [before, `flag${index}`]),
  ]);
  const { graph, output } = await read(flag, ...nodes);
  expect(graph.nodes.get(output)!.op).toBe('conv2d');
});

test('thousands of merges of thousands of ways that are never gone', async () => {
  const flag = node('PlaceholderWithDefault', 'flag', ['b']);
  const trained = node('Switch', 'switch', ['conv', 'flag']);
  const ways = Array.from({ length: 3000 }, (_, index) =>
    node('Identity', `way${index}`, ['switch:1']),
  );
  const merged = ways.map(({ name }) => name);
  const merges = Array.from({ length: 300 }, (_, index) => node('Merge', `merge${index}`, merged));
  const last = node('Merge', 'last', ['switch', ...merges.map(({ name }) => name)]);
  const y = node('Relu', 'y', ['last']);
  const { graph, output } = await read(flag, trained, ...ways, ...merges, last, y);
  expect(graph.nodes.get(output)).toMatchObject({ op: 'relu', inputs: ['conv'] });
});

test('constants made from one another: each is computed once', async () => {
  const doubled = chain(60, (before, index) => {
    const source = index === 0 ? 'b' : before;
    return [node('Add', `n${index}`, [source, source])];
  });
  const imported = await read(
    floats('one', [3], [1, 1, 1]),
    ...doubled.map((each, index) => (index === 0 ? { ...each, input: ['one', 'one'] } : each)),
    node('BiasAdd', 'y', ['conv', 'n59']),
  );
  expect(await constantsOf(imported)).toContainEqual([2 ** 60, 2 ** 60, 2 ** 60]);
});

test('constants made from thousands of others are refused', async () => {
  const sums = chain(20_000, (before, index) => [
    node('Add', `n${index}`, [index === 0 ? 'b' : before, 'b']),
  ]);
  const y = node('BiasAdd', 'y', ['conv', 'n19999']);
  await expect(read(...sums, y)).rejects.toThrow("node 'n100' (Add) is computed from a hundred");
});

test('lists of sizes that double at every step are refused', async () => {
  const lists = chain(40, (before, index) => [
    node('ConcatV2', `n${index}`, [
      index === 0 ? 'shape' : before,
      index === 0 ? 'shape' : before,
      'axis',
    ]),
  ]);
  const y = node('Reshape', 'y', ['conv', 'n39']);
  const inputs = [node('Shape', 'shape', ['conv']), floats('axis', [], [0])];
  await expect(read(...inputs, ...lists, y)).rejects.toThrow('a list of 512 sizes');
});

test('an ONNX network in which 49,000 nodes read one', async () => {
  const nodes = Array.from({ length: 49_000 }, (_, index) => ({
    op: 'Add',
    inputs: [index === 0 ? 'c' : `n${index - 1}`, 'c'],
    outputs: [index === 48_999 ? 'y' : `n${index}`],
  }));
  const conv = { op: 'Conv', inputs: ['x', 'w'], outputs: ['c'] };
  const file = onnxFile({ nodes: [conv, ...nodes], weights: { w: seeded([3, 3, 1, 1]) } });
  expect((await readOnnx(file, nothingBeside)).graph.layers.size).toBe(49_001);
});

test('a graph model of more than 50,000 nodes is refused', async () => {
  const nodes = Array.from({ length: 50_001 }, (_, index) => ({ name: `n${index}`, op: 'NoOp' }));
  const json = { modelTopology: { node: nodes }, weightsManifest: [] };
  await expect(readGraphModel(json, nothingBeside.read)).rejects.toThrow('50000');
});
