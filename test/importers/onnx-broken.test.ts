import { describe, expect, it } from 'vitest';
import { importModel } from '../../src/importers/index.ts';
import { isOnnx, readOnnx } from '../../src/importers/onnx.ts';
import { modelType } from '../../src/kit/onnx-format.ts';
import { damaged, readOrRefused } from './broken.ts';
import { attentionCases } from './onnx-attention-cases.ts';
import { onnxCases } from './onnx-cases.ts';
import { integers, nothingBeside, onnxFile, scalar, seeded, tensor } from './onnx-files.ts';
import type { ModelText, NodeText } from './onnx-files.ts';

const cases = [...onnxCases, ...attentionCases];
const read = (model: ModelText) => readOnnx(onnxFile(model), nothingBeside);

describe('a damaged ONNX file', () => {
  it('is read or refused in words, whatever is wrong with it', async () => {
    const found = { read: 0, refused: 0 };
    for (let seed = 1; seed <= 600; seed++) {
      const bytes = damaged(onnxFile(cases[seed % cases.length]!), seed);
      found[await readOrRefused(() => readOnnx(bytes, nothingBeside))]++;
    }
    expect(found.read).toBeGreaterThan(50);
    expect(found.refused).toBeGreaterThan(200);
  });

  it('that breaks off is known for what it is', async () => {
    const bytes = onnxFile(onnxCases[0]!);
    const start = bytes.subarray(0, bytes.length / 2);
    expect(isOnnx(start)).toBe(true);
    await expect(importModel({ bytes: start }, nothingBeside)).rejects.toThrow(
      /the ONNX file cannot be read/,
    );
  });

  it.each([
    ['nothing', ''],
    ['a git LFS pointer', 'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 9\n'],
    ['a text', 'name: "GoogleNet"\n'],
  ])('that is %s is not taken for one', (_, text) => {
    expect(isOnnx(Buffer.from(text))).toBe(false);
  });

  it('without a network', async () => {
    const bytes = modelType.encode(modelType.fromObject({ irVersion: 8, graph: {} })).finish();
    await expect(readOnnx(bytes, nothingBeside)).rejects.toThrow('holds no network');
  });
});

describe('an ONNX file beyond all measure', () => {
  const chain = (count: number, node: (from: string, to: string) => NodeText): NodeText[] =>
    Array.from({ length: count }, (_, index) =>
      node(index === 0 ? 'x' : `v${index}`, index === count - 1 ? 'y' : `v${index + 1}`),
    );

  it('of a million nodes', async () => {
    const node = modelType
      .encode(
        modelType.fromObject({
          irVersion: 8,
          graph: { node: [{ opType: 'Relu', output: ['y'] }] },
        }),
      )
      .finish();
    // The same graph field, merged over and over.
    const [version, graph] = [node.subarray(0, 2), node.subarray(2)];
    const bytes = Buffer.concat([version, ...Array.from({ length: 1_000_000 }, () => graph)]);
    await expect(readOnnx(bytes, nothingBeside)).rejects.toThrow(
      /bytes of nodes|has 1000000 nodes/,
    );
  });

  it('of a chain as deep as it may be is read without a stack', async () => {
    const nodes = chain(20_000, (from, to) => ({ op: 'Relu', inputs: [from], outputs: [to] }));
    expect((await read({ nodes })).graph.nodes.size).toBe(20_001);
  });

  it.each<[string, ModelText, RegExp]>([
    [
      'sizes that the file does not hold',
      {
        nodes: [{ op: 'Conv', inputs: ['x', 'w'] }],
        graph: { initializer: [{ ...tensor('w', scalar(1)), dims: [60000, 3, 100, 100] }] },
      },
      /'w' of \[60000, 3, 100, 100\] needs 1800000000 numbers, the file holds 1/,
    ],
    [
      'sizes that are none',
      {
        nodes: [{ op: 'Conv', inputs: ['x', 'w'] }],
        graph: { initializer: [{ ...tensor('w', scalar(1)), dims: [-1, 2 ** 40] }] },
      },
      /'w' has an impossible shape/,
    ],
    [
      'a constant of a petabyte',
      {
        nodes: [
          { op: 'ConstantOfShape', inputs: ['s'], outputs: ['c'], name: 'c' },
          { op: 'Add', inputs: ['x', 'c'] },
        ],
        weights: { s: integers(1e5, 1e5, 1e5) },
      },
      /node 'c' .*impossible shape/,
    ],
    [
      'a weight that is stretched to a petabyte',
      {
        nodes: [
          { op: 'Expand', inputs: ['w', 's'], outputs: ['c'], name: 'c' },
          { op: 'Add', inputs: ['x', 'c'] },
        ],
        weights: { w: scalar(1), s: integers(1e5, 1e5, 1e5) },
      },
      /node 'c' .*out of nothing/,
    ],
    [
      'weights doubled a thousand times',
      {
        nodes: [
          ...chain(1000, (from, to) => {
            const source = from === 'x' ? 'w' : from;
            const inputs = [source, source];
            return { op: 'Mul', inputs, outputs: [to === 'y' ? 'z' : to] };
          }),
          { op: 'Add', inputs: ['x', 'z'] },
        ],
        weights: { w: seeded([3, 1, 1]) },
      },
      /one after another/,
    ],
    [
      'a picture of a million rows',
      { nodes: [{ op: 'Relu', inputs: ['x'] }], dims: [1, 3, 1e6, 1e6] },
      /no picture's shape/,
    ],
    [
      'a border of a million rows',
      {
        nodes: [{ op: 'Pad', inputs: ['x'], settings: { pads: [0, 0, 1e6, 0, 0, 0, 0, 0] } }],
        opset: 10,
      },
      /has pads/,
    ],
    [
      'a tensor of ten axes',
      {
        nodes: [{ op: 'Reshape', inputs: ['x', 's'] }],
        weights: { s: integers(1, 3, 6, 7, 1, 1, 1, 1, 1, 1) },
      },
      /a tensor of 10 axes/,
    ],
    [
      'a window larger than the picture',
      { nodes: [{ op: 'MaxPool', inputs: ['x'], settings: { kernel_shape: [1e6, 1e6] } }] },
      /nothing is left/,
    ],
    [
      'a step of nothing',
      {
        nodes: [
          { op: 'MaxPool', inputs: ['x'], settings: { kernel_shape: [2, 2], strides: [0, 0] } },
        ],
      },
      /has strides = \[0,0\]/,
    ],
  ])('%s', async (_, model, message) => {
    const failure = await read(model).then(
      () => null,
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({ name: 'DreamError' });
    expect((failure as Error).message).toMatch(message);
  });

  it('with weights that are no numbers is read as it is', async () => {
    const weights = { w: { dims: [1, 3, 1, 1], values: [NaN, Infinity, 0] } };
    const imported = await read({ nodes: [{ op: 'Conv', inputs: ['x', 'w'] }], weights });
    expect(await readOrRefused(() => Promise.resolve(imported))).toBe('read');
  });
});
