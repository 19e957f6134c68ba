/** What strangers bring that is no network for pictures, or is made to do harm. */
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import type { Overrides } from '../../../src/studio/adding/messages.ts';
import { addModel } from '../../../src/studio/adding/shelf.ts';
import { understand } from '../../../src/studio/adding/understand.ts';
import { temporaryFolder } from '../../helpers/folder.ts';
import { kerasFile, SIDE, smallWeights } from '../../helpers/model-files.ts';
import { graphFile, metaGraphFile, node, shape } from '../../importers/graphdef-files.ts';
import { onnxFile, seeded } from '../../importers/onnx-files.ts';
import type { ModelText } from '../../importers/onnx-files.ts';

const folder = temporaryFolder();
const small = await kerasFile(smallWeights());
let count = 0;

function brought(files: Readonly<Record<string, Uint8Array | string>>): string {
  const path = join(folder, `brought${(count += 1)}`);
  mkdirSync(path);
  for (const [name, bytes] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), bytes);
  }
  return path;
}

function lookAt(path: string, overrides: Overrides = {}): ReturnType<typeof understand> {
  const into = join(folder, `model${(count += 1)}`);
  mkdirSync(into);
  return understand({ path, name: 'mine', overrides, into });
}

const image = node('Placeholder', 'image', [], {
  ...{ dtype: { type: 1 }, shape: shape(-1, SIDE, SIDE, 3) },
});

function onnx(model: ModelText): Uint8Array {
  return onnxFile({ dims: [1, 3, SIDE, SIDE], ...model });
}

describe('files of other kinds are told by what they are', () => {
  it.each<[string, Record<string, Uint8Array | string>, RegExp]>([
    [
      'a git LFS pointer in the place of a graph',
      { 'model.pb': 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n' },
      /^'model.pb': it is a git LFS pointer/,
    ],
    [
      'a checkpoint without a graph',
      {
        'model.ckpt.index': Buffer.concat([
          Buffer.alloc(40),
          Buffer.from('57fb808b247547db', 'hex'),
        ]),
        'model.ckpt.data-00000-of-00001': 'weights',
      },
      /^'model.ckpt.index': it is the index of a training checkpoint/,
    ],
    [
      'a checkpoint with its graph',
      { 'model.ckpt.meta': metaGraphFile([image, node('Relu', 'y', ['image'])]) },
      /^'model.ckpt.meta': it is the graph of a training checkpoint/,
    ],
    [
      'a detector (TensorFlow)',
      { 'boxes.pb': graphFile([image, node('NonMaxSuppressionV3', 'boxes', ['image'])]) },
      /^'boxes.pb': node 'boxes' is a NonMaxSuppressionV3/,
    ],
    [
      'a detector (ONNX)',
      {
        'boxes.onnx': onnx({ nodes: [{ op: 'NonMaxSuppression', inputs: ['x'], outputs: ['y'] }] }),
      },
      /^'boxes.onnx': the network is a detector/,
    ],
    [
      'a network for text',
      { 'words.onnx': onnx({ nodes: [{ op: 'LSTM', inputs: ['x'], outputs: ['y'] }] }) },
      /^'words.onnx': the network is made for text/,
    ],
    [
      'weights of PyTorch',
      { 'weights.pt': zipSync({ 'archive/data.pkl': strToU8('x') }) },
      /^there is no network in|'weights.pt'/,
    ],
  ])('%s', async (_, files, words) => {
    await expect(lookAt(brought(files))).rejects.toMatchObject({
      name: 'DreamError',
      message: expect.stringMatching(words) as string,
    });
  });
});

describe('archives that are made to do harm', () => {
  /** Says in the archive's list that its first file has so many bytes. */
  const grown = (archive: Uint8Array, bytes: number): Uint8Array => {
    const copy = Buffer.from(archive);
    copy.writeUInt32LE(bytes, copy.indexOf(Buffer.from([0x50, 0x4b, 1, 2])) + 24);
    return copy;
  };
  it.each<[string, Uint8Array, RegExp]>([
    ['a bomb', zipSync({ 'm.h5': new Uint8Array(80 * 2 ** 20) }), /would unpack from \d+ to/],
    [
      'one that says less than it holds',
      grown(zipSync({ 'm.h5': new Uint8Array(2 ** 20) }), 10),
      /'m.h5' in the archive cannot be read|damaged/,
    ],
    ['a path that leads out', zipSync({ '../../m.h5': small }), /invalid relative path/],
    ['a path from the root', zipSync({ '/m.h5': small }), /absolute path/],
    [
      'a link',
      zipSync({ 'm.h5': [strToU8('/etc/passwd'), { os: 3, attrs: 0o120777 << 16 }] }),
      /is a link; expected files/,
    ],
  ])('%s', async (_, archive, words) => {
    const models = join(folder, `models${(count += 1)}`);
    const path = join(brought({ 'mine.zip': archive }), 'mine.zip');
    await expect(addModel({ path }, models, { environment: {} })).rejects.toMatchObject({
      ...{ name: 'DreamError', code: 'bad-model' },
      message: expect.stringMatching(words) as string,
    });
    expect(readdirSync(models)).toEqual([]);
    expect(existsSync(join(folder, 'm.h5'))).toBe(false);
  });

  it('a manifest whose weights are a link beside it', async () => {
    const secret = join(brought({ secret: 'mine' }), 'secret');
    const manifest = [
      { paths: ['shard'], weights: [{ name: 'a/kernel', shape: [1, 1, 3, 1], dtype: 'float32' }] },
    ];
    const layer = {
      name: 'a',
      filters: 1,
      kernel_size: [1, 1],
      batch_input_shape: [null, 8, 8, 3],
    };
    const config = {
      ...{ class_name: 'Sequential', config: [{ class_name: 'Conv2D', config: layer }] },
    };
    const path = brought({
      'model.json': JSON.stringify({
        ...{ format: 'layers-model', weightsManifest: manifest },
        modelTopology: { model_config: config },
      }),
    });
    symlinkSync(secret, join(path, 'shard'));
    await expect(lookAt(path)).rejects.toMatchObject({ name: 'DreamError', code: 'bad-model' });
  });
});

describe('graphs without measure', () => {
  it('of a million nodes are refused before they are built', async () => {
    const one = graphFile([node('Relu', 'r', ['image'])]);
    const start = graphFile([image]);
    const million = new Uint8Array(start.length + one.length * 1_000_000);
    million.set(start);
    for (let at = start.length; at < million.length; at += one.length) million.set(one, at);
    await expect(lookAt(brought({ 'm.pb': million }))).rejects.toThrow(/more than 50000 nodes/);
  });

  it('of more nodes than networks have are refused in ONNX, too', async () => {
    const relu = { op: 'Relu', inputs: ['x'], outputs: ['y'] } as const;
    const nodes = Array.from({ length: 60_000 }, () => relu);
    await expect(lookAt(brought({ 'm.onnx': onnx({ nodes }) }))).rejects.toThrow(
      /has 60000 nodes; expected at most 50000/,
    );
  });

  it.each<[string, Record<string, Uint8Array>]>([
    [
      'TensorFlow',
      { 'm.pb': graphFile([image, node('Add', 'a', ['image', 'b']), node('Relu', 'b', ['a'])]) },
    ],
    [
      'ONNX',
      {
        'm.onnx': onnx({
          nodes: [
            { op: 'Add', inputs: ['x', 'b'], outputs: ['a'] },
            { op: 'Relu', inputs: ['a'], outputs: ['b'] },
            { op: 'Relu', inputs: ['b'], outputs: ['y'] },
          ],
        }),
      },
    ],
    [
      'ONNX, at the decision about its classes',
      { 'm.onnx': onnx({ nodes: [{ op: 'ArgMax', inputs: ['y'], outputs: ['y'] }] }) },
    ],
  ])('that go in circles are refused (%s)', async (_, files) => {
    await expect(lookAt(brought(files))).rejects.toMatchObject({ name: 'DreamError' });
  });
});

describe('what is found out', () => {
  const weights = { w: seeded([3, 3, 1, 1]) };
  const guessed = onnx({
    nodes: [
      { op: 'Conv', inputs: ['x', 'w'], outputs: ['c'] },
      { op: 'Relu', inputs: ['c'], outputs: ['r'] },
      { op: 'GlobalAveragePool', inputs: ['r'], outputs: ['p'] },
      { op: 'Flatten', inputs: ['p'], outputs: ['y'] },
    ],
    weights,
  });

  it('is called a guess where nothing tells, with what was tried', async () => {
    const { range, notices } = await lookAt(brought({ 'm.onnx': guessed }));
    expect(range.sure).toBe(false);
    expect(range.evidence).toMatch(/^the most usual.*by [\d.e+-]+ with 0\.\.1, less 0\.485/);
    expect(notices.join()).toContain('no more than a guess');
  });

  it.each<[string, Overrides, object]>([
    ['the order alone', { order: 'bgr' }, { channelOrder: 'bgr' }],
    ['the deviation alone', { std: [0.5] }, { std: 0.5 }],
    ['means of pixels', { mean: [104, 117, 123] }, { range: [0, 255], mean: [104, 117, 123] }],
    ['means of 0 to 1', { mean: [0.5] }, { range: [0, 1], mean: 0.5 }],
    ['the range', { range: [-1, 1] }, { range: [-1, 1] }],
    ['the size', { size: [32, 24] }, { size: [32, 24] }],
  ])('gives way to %s', async (_, overrides, input) => {
    const { description, size } = await lookAt(brought({ 'm.onnx': guessed }), overrides);
    expect(description.input).toMatchObject(input);
    if (overrides.size) expect(size).toEqual([...overrides.size, 3]);
  });

  it('gives way to a title, a licence and a list of labels', async () => {
    const labels = join(brought({ mine: 'a\nb\nc' }), 'mine');
    const overrides = { title: 'Mine', licence: 'MIT', labels };
    const { description } = await lookAt(brought({ 'm.onnx': guessed, LICENSE: 'x' }), overrides);
    expect(description).toMatchObject({ title: 'Mine', licence: 'MIT', labels: ['a', 'b', 'c'] });
  });
});
