import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import type { Overrides } from '../../../src/studio/adding/messages.ts';
import { understand } from '../../../src/studio/adding/understand.ts';
import { loadModel } from '../../../src/studio/catalogue.ts';
import { planRender } from '../../../src/studio/render.ts';
import { chooseEngine } from '../../../src/engines/choose.ts';
import { createImage } from '../../../src/dream/image.ts';
import { presets } from '../../../src/dream/presets.ts';
import { temporaryFolder } from '../../helpers/folder.ts';
import {
  caffeFile,
  kerasFile,
  modelFixtures,
  onnxFile,
  SIDE,
  smallWeights,
  tfjsFiles,
} from '../../helpers/model-files.ts';

const folder = temporaryFolder();
const fixtures = await modelFixtures();
const VARIABLES = 'variables/variables.index';
const small = await kerasFile(smallWeights());
let count = 0;

/** A folder with these files. */
function brought(files: Readonly<Record<string, Uint8Array | string>>): string {
  const path = join(folder, `brought${(count += 1)}`);
  for (const [name, bytes] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), bytes);
  }
  return path;
}

function lookAt(path: string, overrides: Overrides = {}, name = `model${(count += 1)}`) {
  const into = join(folder, 'models', name);
  mkdirSync(into, { recursive: true });
  return understand({ path, name, overrides, into });
}

function placed(name: string): string[] {
  return readdirSync(join(folder, 'models', name)).sort();
}

describe('a network of every format', () => {
  it.each(fixtures.map((fixture) => [fixture.format, fixture.files] as const))(
    '%s is understood, and can be dreamed on',
    async (format, files) => {
      const name = `model${(count += 1)}`;
      const path = brought({ ...files, 'labels.txt': 'a\nb\nc', 'notes.md': 'mine', 'x.jpg': 'x' });
      const found = await lookAt(path, {}, name);
      expect(found).toMatchObject({ format, classes: 3, labelsFrom: 'labels.txt' });
      expect(found.size).toEqual([SIDE, SIDE, 3]);
      expect(found.description.labels).toEqual(['a', 'b', 'c']);
      expect(found.top).toHaveLength(3);
      expect(placed(name)).not.toContain('notes.md');
      expect(placed(name)).not.toContain('x.jpg');

      const model = await loadModel(name, join(folder, 'models'));
      expect(model.layersWorthDreaming).toContain(model.defaultLayer);
      const recipe = { ...presets.default, layer: model.defaultLayer, octaves: 1, steps: 1 };
      const image = createImage(32, 32);
      const picture = { image, format: 'png', originalRows: 32, originalColumns: 32 } as const;
      const { engine } = await chooseEngine({ engine: 'onnx', threads: 1 });
      const frames = planRender(model, { picture, recipe }).run(engine);
      for (let next = await frames.next(); ; next = await frames.next()) {
        if (!next.done) continue;
        expect(next.value.rows).toBe(32);
        break;
      }
    },
  );

  it('has a hash that every one of its weight files changes', async () => {
    const hashOf = async (
      files: Readonly<Record<string, Uint8Array | string>>,
    ): Promise<string> => {
      const name = `model${(count += 1)}`;
      await lookAt(brought(files), {}, name);
      return (await loadModel(name, join(folder, 'models'))).hash();
    };
    const files = tfjsFiles(smallWeights());
    const shard = Uint8Array.from(files['shard2']!);
    shard[4] = shard[4]! ^ 1;
    const caffe = fixtures.at(-1)!.files;
    const text = Buffer.from(caffe['deploy.prototxt']!).toString('utf8');
    expect(await hashOf(files)).toBe(await hashOf(files));
    expect(await hashOf({ ...files, shard2: shard })).not.toBe(await hashOf(files));
    expect(await hashOf({ ...caffe, 'deploy.prototxt': `${text}\n` })).not.toBe(
      await hashOf(caffe),
    );
  });
});

describe('the range of pictures', () => {
  it.each<[string, [number, number]]>([
    ['-1..1', [-1, 1]],
    ['0..1', [0, 1]],
    ['0..255', [0, 255]],
  ])('is %s where the normalisations remember that', async (title, range) => {
    const files = { 'small.onnx': onnxFile(smallWeights(range)) };
    const { range: found, description } = await lookAt(brought(files));
    expect(found).toMatchObject({ title, sure: true });
    expect(found.evidence).toMatch(/remember.*off/);
    expect(description.input.range).toEqual(range);
  });

  it('is a guess where nothing tells, and says so', async () => {
    const { range, notices, description } = await lookAt(
      brought({
        'small.caffemodel': caffeFile(smallWeights()),
        'd.prototxt': fixtures.at(-1)!.files['deploy.prototxt']!,
      }),
    );
    expect(range.sure).toBe(false);
    expect(notices.join()).toContain('--range');
    expect(description.input.channelOrder).toBe('bgr');
  });

  it('is what somebody says', async () => {
    const overrides = { range: [0, 1], order: 'bgr', mean: [0.4, 0.5, 0.6], std: [2] } as const;
    const { description, range } = await lookAt(brought({ 'small.h5': small }), overrides);
    expect(description.input).toEqual({
      range: [0, 1],
      channelOrder: 'bgr',
      mean: [0.4, 0.5, 0.6],
      std: 2,
    });
    expect(range.evidence).toBe('you said so');
  });
});

describe('what its program shows of a picture', () => {
  const TEACHABLE = '{"packageName":"@teachablemachine/image","labels":["a","b","c"]}';
  const customVision = (notes: object): Record<string, string> => ({
    'cvexport.manifest': '{}',
    'metadata_properties.json': JSON.stringify(notes),
  });

  it('is shown in the range and order that notes of ONNX tell', async () => {
    const files = customVision({
      'Image.BitmapPixelFormat': 'Rgb8',
      'Image.NominalPixelRange': 'Normalized_0_1',
    });
    const { description } = await lookAt(brought({ 'small.h5': small, ...files }));
    expect(description.input).toMatchObject({ range: [0, 1], channelOrder: 'rgb' });
    const order = customVision({
      'Image.BitmapPixelFormat': 'Bgr8',
      'Image.NominalPixelRange': '',
    });
    const blue = await lookAt(brought({ 'small.h5': small, ...order }));
    expect(blue.description.input.channelOrder).toBe('bgr');
  });

  it.each<[string, Record<string, string>, Overrides, object | null]>([
    ['is not known', {}, {}, null],
    ['is what Teachable Machine cuts', { 'metadata.json': TEACHABLE }, {}, { shown: 'middle' }],
    ['is not told by notes that cannot be read', { 'metadata.json': '{"packageName' }, {}, null],
    [
      'is cut twice by Custom Vision',
      { 'cvexport.manifest': '{}' },
      {},
      { shown: 'middle', middleShare: SIDE / 256 },
    ],
    [
      'is as Custom Vision notes it down',
      customVision({
        'CustomVision.Preprocess.CropMethod': 'OneCropCenter',
        'CustomVision.Preprocess.TargetHeight': String(2 * SIDE),
      }),
      {},
      { shown: 'middle', middleShare: 0.5 },
    ],
    [
      'is not known where Custom Vision keeps all of it unstretched',
      customVision({ 'CustomVision.Preprocess.CropMethod': 'FullImageShorterSide' }),
      {},
      null,
    ],
    [
      'is what somebody says',
      { 'metadata.json': TEACHABLE },
      { shown: { part: 'whole', share: 1 } },
      { shown: 'whole' },
    ],
  ])('%s', async (_, files, overrides, said) => {
    const { shown, description } = await lookAt(
      brought({ 'small.h5': small, ...files }),
      overrides,
    );
    const { shown: part, middleShare } = description.input;
    const found = { shown: part, ...(middleShare === undefined ? {} : { middleShare }) };
    expect(part === undefined ? null : found).toEqual(said);
    expect(shown === null).toBe(said === null);
  });

  it('comes with its reason', async () => {
    const files = { 'small.h5': small, 'metadata.json': TEACHABLE };
    expect((await lookAt(brought(files))).shown).toEqual({
      title: "the middle, cut to the network's shape",
      evidence: 'it is an export of Teachable Machine (metadata.json says so)',
    });
    const said = await lookAt(brought(files), { shown: { part: 'whole', share: 1 } });
    expect(said.shown).toMatchObject({ evidence: 'you said so' });
  });
});

describe('the files of a network', () => {
  it('are found in a zip archive, with folders around them', async () => {
    const archive = zipSync({ 'a/b/small.h5': small, 'a/b/labels.txt': strToU8('0 x\n1 y\n2 z') });
    const found = await lookAt(join(brought({ 'mine.zip': archive }), 'mine.zip'));
    expect(found.description).toMatchObject({
      source: { file: 'small.h5' },
      labels: ['x', 'y', 'z'],
    });
  });

  it('are the largest of several, and the others are named', async () => {
    const path = brought({ 'small.h5': small, 'small.onnx': onnxFile(smallWeights()) });
    const found = await lookAt(path);
    expect(found.file).toBe('small.h5');
    expect(found.notices[0]).toContain('small.onnx');
    expect((await lookAt(path, { file: 'small.onnx' })).file).toBe('small.onnx');
  });

  it('make room for our model.json', async () => {
    const name = `model${(count += 1)}`;
    await lookAt(brought(tfjsFiles(smallWeights())), {}, name);
    expect(placed(name)).toEqual(['model.json', 'network.json', 'shard1', 'shard2']);
  });

  it('are those of the folder of variables too, where only the graph is pointed at', async () => {
    const [files] = fixtures.map((fixture) => fixture.files).filter((each) => VARIABLES in each);
    const path = brought(files!);
    const name = `model${(count += 1)}`;
    await lookAt(join(path, 'saved_model.pb'), {}, name);
    expect(placed(name)).toEqual(['model.json', 'saved_model.pb', 'variables']);

    const other = brought({ 'saved_model.pb': files!['saved_model.pb']! });
    symlinkSync(join(path, 'variables'), join(other, 'variables'));
    await expect(lookAt(join(other, 'saved_model.pb'))).rejects.toThrow('variables');
  });

  it('that are links are left alone', async () => {
    const path = brought({ 'readme.md': 'x' });
    symlinkSync(join(brought({ 'small.h5': small }), 'small.h5'), join(path, 'small.h5'));
    await expect(lookAt(path)).rejects.toThrow(`no network in '${path}'`);
  });

  it('are numbered where the labels do not fit', async () => {
    const found = await lookAt(brought({ 'small.h5': small, 'labels.txt': 'a\nb' }));
    expect(found.description.labels).toEqual([]);
    expect(found.notices[0]).toContain('labels.txt lists 2 classes, the network tells 3 apart');
  });

  it.each<[string, Record<string, Uint8Array | string>, string]>([
    ['nothing', { 'x.jpg': 'x' }, 'there is no network in'],
    [
      'a git LFS pointer',
      { 'm.onnx': 'version https://git-lfs.github.com/spec/v1\noid x' },
      "'m.onnx': it is a git LFS pointer",
    ],
    [
      'a wrong beginning',
      { 'm.h5': 'MZ what is this' },
      "'m.h5': it has a format that is not known (it begins with the bytes 4d5a2077)",
    ],
    ['half a file', { 'm.h5': small.subarray(0, 2000) }, "'m.h5': the model holds 2000 bytes"],
    [
      'weights that are no numbers',
      {
        'm.onnx': onnxFile({
          ...smallWeights(),
          bias: { shape: [3], values: Float32Array.of(1, NaN, 2) },
        }),
      },
      "'m.onnx': 1 of the 3 weights of 'dense.bias' are no finite numbers",
    ],
    [
      'a missing shard',
      { 'model.json': tfjsFiles(smallWeights())['model.json']! },
      "'model.json': the weight file 'shard1'",
    ],
  ])('with %s are refused in one line', async (_, files, words) => {
    const error: unknown = await lookAt(brought(files)).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'DreamError', code: 'bad-model' });
    expect((error as Error).message).toContain(words);
    expect((error as Error).message).not.toContain('\n');
  });

  it.each<[string, Record<string, Uint8Array>]>([
    ['a path that leads out', { '../small.h5': small }],
    ['a path from the root', { '/etc/small.h5': small }],
  ])('in an archive with %s are refused', async (_, files) => {
    const path = join(brought({ 'mine.zip': zipSync(files) }), 'mine.zip');
    await expect(lookAt(path)).rejects.toMatchObject({ code: 'bad-model' });
  });

  it('stay as they were when a model.json is written beside them', async () => {
    const path = brought({ 'small.h5': small, 'labels.txt': 'a\nb\nc' });
    await understand({ path, name: 'mine', overrides: {}, into: null });
    expect(readdirSync(path).sort()).toEqual(['labels.txt', 'model.json', 'small.h5']);
    const written = JSON.parse(readFileSync(join(path, 'model.json'), 'utf8')) as object;
    expect(written).toMatchObject({
      title: 'mine',
      source: { file: 'small.h5' },
      labels: ['a', 'b', 'c'],
    });
  });
});
