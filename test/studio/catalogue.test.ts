import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { slice } from '../../src/graph/graph.ts';
import { inferShapes } from '../../src/ops/shapes.ts';
import { dreamableLayers, loadModel } from '../../src/studio/catalogue.ts';
import type { Model } from '../../src/studio/catalogue.ts';
import { describeModel, modelNames } from '../../src/studio/descriptions.ts';
import { plainTensorflow } from '../helpers/tensorflow.ts';
import { run } from '../importers/run.ts';

describe('the models that come with the program', () => {
  test('are listed', async () => {
    const bundled = ['inception_v3', 'mobilenet_v2', 'mobilenet_v2_mid'];
    expect(await modelNames()).toEqual(expect.arrayContaining(bundled));
    const models = await Promise.all(bundled.map((name) => describeModel(name)));
    expect(models.map(({ name, title }) => [name, title])).toEqual([
      ['inception_v3', 'Inception V3'],
      ['mobilenet_v2', 'MobileNet V2'],
      ['mobilenet_v2_mid', 'MobileNet V2, width 1.4'],
    ]);
    for (const model of models) {
      expect(model).toMatchObject({ licence: 'MIT', dreamableClasses: false });
      expect(model.labels).toEqual(['Drawing', 'Hentai', 'Neutral', 'Porn', 'Sexy']);
    }
  });

  test('inception_v3 has the shapes of its paper', async () => {
    const model = await loadModel('inception_v3');
    const shapes = inferShapes(model.graph, { picture: [1, 299, 299, 3] });
    const mixed = Array.from({ length: 11 }, (_, index) =>
      shapes.get(model.graph.layers.get(`mixed${index}`)!)!.slice(1),
    );
    const repeat = (count: number, shape: number[]) => Array.from({ length: count }, () => shape);
    expect(mixed).toEqual([
      [35, 35, 256],
      ...repeat(2, [35, 35, 288]),
      ...repeat(5, [17, 17, 768]),
      [8, 8, 1280],
      ...repeat(2, [8, 8, 2048]),
    ]);
    expect(shapes.get(model.output)).toEqual([1, 5]);
    expect(model.inputSize).toEqual([299, 299]);
  });

  test.each([
    ['inception_v3', 'mixed10'],
    ['mobilenet_v2', 'out_relu'],
    ['mobilenet_v2_mid', 'Conv_1/Relu6'],
  ])('in the smallest picture of %s every window up to %s fits', async (name, last) => {
    const model = await loadModel(name);
    const side = model.minimumSide;
    expect(smallest(model, last, side)).toBeGreaterThanOrEqual(1);
    if (name === 'inception_v3') expect(smallest(model, last, side - 1)).toBe(0);
  });

  test('only layers that were not trained on explicit pictures can be dreamt at', async () => {
    const inception = dreamableLayers(await loadModel('inception_v3'));
    expect(inception.at(-1)).toBe('mixed5');
    expect(inception).toContain('conv2d_30');
    expect(inception).not.toContain('conv2d_51');
    const mobile = dreamableLayers(await loadModel('mobilenet_v2'));
    expect(mobile.at(-1)).toBe('block_10_project_BN');
    const { graph } = await loadModel('mobilenet_v2');
    expect(dreamableLayers({ graph, deepestLayer: undefined })).toHaveLength(161);
  });

  test('weights are read when they are asked for, and only then', async () => {
    const model = await loadModel('inception_v3');
    const node = model.graph.layers.get('mixed5')!;
    const { constants } = slice(model.graph, [node]);
    const kernel = constants.get('conv2d_1/kernel')!;
    expect(() => kernel.read()).toThrow('before ready');
    await model.ready([node]);
    for (const constant of constants.values()) {
      const count = constant.shape.reduce((product, size) => product * size, 1);
      expect(constant.read()).toHaveLength(count);
    }
    expect(() => model.graph.constants.get('dense_1/kernel')!.read()).toThrow('before ready');
    await model.ready([model.output]);
    expect(model.graph.constants.get('dense_1/kernel')!.read()).toHaveLength(2048 * 256);
  });

  test('the hash is that of the network, whatever has been read', async () => {
    const [one, two] = [await loadModel('mobilenet_v2'), await loadModel('mobilenet_v2')];
    await two.ready([two.output]);
    expect(await one.hash()).toBe(await two.hash());
    expect(await one.hash()).toMatch(/^[0-9a-f]{64}$/);
    expect(await one.hash()).not.toBe(await (await loadModel('mobilenet_v2_mid')).hash());
  });

  test('an unknown name is answered with the nearest ones and the list', async () => {
    await expect(loadModel('inception')).rejects.toMatchObject({
      code: 'unknown-model',
      message:
        "no model is named 'inception'; nearest: inception_v3, mobilenet_v2, mobilenet_v2_mid",
      hint: 'Models: inception_v3, mobilenet_v2, mobilenet_v2_mid.',
    });
    await expect(loadModel('../models/inception_v3')).rejects.toMatchObject({
      code: 'unknown-model',
    });
  });
});

/** The smallest side of all tensors that the layer needs, 0 where a window does not fit. */
function smallest(model: Model, layer: string, side: number): number {
  const graph = slice(model.graph, [model.graph.layers.get(layer)!]);
  const shapes = inferShapes(graph, { picture: [1, side, side, 3] });
  const pictures = [...shapes.values()].filter((shape) => shape.length === 4);
  return Math.min(...pictures.map((shape) => Math.min(shape[1]!, shape[2]!)));
}

describe("a host's own folder", () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'models-'));
  });
  afterAll(() => rm(directory, { recursive: true }));

  const description = {
    title: 'Tiny',
    source: { file: 'network.json' },
    licence: 'CC0',
    input: { range: [-1, 1], classifyRange: [0, 1] },
    labels: ['cat', 'dog'],
    defaultLayer: 'conv',
  };
  const network = {
    modelTopology: {
      class_name: 'Sequential',
      config: [
        {
          class_name: 'Conv2D',
          config: {
            name: 'conv',
            filters: 2,
            kernel_size: 1,
            use_bias: false,
            batch_input_shape: [null, 4, 4, 3],
          },
        },
        { class_name: 'GlobalAveragePooling2D', config: { name: 'mean' } },
      ],
    },
    weightsManifest: [
      {
        paths: ['weights.bin'],
        weights: [{ name: 'conv/kernel', shape: [1, 1, 3, 2], dtype: 'float32' }],
      },
    ],
  };

  async function put(
    name: string,
    model: unknown,
    files: Record<string, string | Uint8Array> = {},
  ) {
    await mkdir(join(directory, name), { recursive: true });
    const text = typeof model === 'string' ? model : JSON.stringify(model);
    await writeFile(join(directory, name, 'model.json'), text);
    for (const [file, content] of Object.entries(files)) {
      await writeFile(join(directory, name, file), content);
    }
  }

  test('holds networks of its own; pictures are brought to the range that they want', async () => {
    const kernel = Float32Array.of(1, 0, 0, 1, 0, 0);
    const files = {
      'network.json': JSON.stringify(network),
      'weights.bin': new Uint8Array(kernel.buffer),
    };
    await put('tiny', description, files);
    const model = await loadModel('tiny', directory);
    await model.ready([model.output]);
    const tf = await plainTensorflow();
    const picture = tf.tensor([0, 255, 0, 51, 102, 0], [1, 1, 2, 3]);
    const dreamt = run(tf, model.graph, 'conv', { picture }).dataSync();
    [-1, 1, -0.6, -0.2].forEach((value, index) => {
      expect(dreamt[index]).toBeCloseTo(value, 6);
    });
    const classified = run(tf, model.classifier, 'conv', { picture }).dataSync();
    [0, 1, 0.2, 0.4].forEach((value, index) => {
      expect(classified[index]).toBeCloseTo(value, 6);
    });
    expect(model.graph.nodes.get('picture')!.attributes['shape']).toEqual([1, null, null, 3]);
    const before = await model.hash();
    await put('tiny', description, { 'weights.bin': new Uint8Array(24) });
    expect(await (await loadModel('tiny', directory)).hash()).not.toBe(before);
    await rm(join(directory, 'tiny'), { recursive: true });
  });

  const files = { 'network.json': JSON.stringify(network) };
  test.each([
    ['no JSON', '{', {}, "model.json' cannot be read: Expected property name"],
    [
      'a field that is missing',
      { ...description, licence: undefined },
      {},
      "model.json': licence: Invalid input: expected string",
    ],
    [
      'a field too many',
      { ...description, colour: 1 },
      {},
      'model.json\': Unrecognized key: "colour"',
    ],
    [
      'a range upside down',
      { ...description, input: { range: [1, -1] } },
      {},
      "model.json': input.range: expected [low, high] with low below high",
    ],
    [
      'another source',
      { ...description, source: { url: 'x' } },
      {},
      'model.json\': source: expected {"npm": "nsfwjs/models/<name>"} or {"file": "<name>"}, found {"url":"x"}',
    ],
    [
      'a package that runs code',
      { ...description, source: { npm: 'left-pad' } },
      {},
      "source.npm: expected 'nsfwjs/models/<name>'",
    ],
    [
      'a file elsewhere',
      { ...description, source: { file: '../x.json' } },
      {},
      "source.file: expected the name of a file in the model's folder",
    ],
    [
      'a model that the package has not',
      { ...description, source: { npm: 'nsfwjs/models/nobody' } },
      {},
      "'nsfwjs/models/nobody' cannot be imported",
    ],
    ['no network', description, {}, "network.json' cannot be read"],
    [
      'a network that is not JSON',
      description,
      { 'network.json': 'x' },
      "'network.json' is not JSON",
    ],
    [
      'a layer that is not there',
      { ...description, defaultLayer: 'cony' },
      files,
      "model.json' names the layer 'cony', which the network has not; nearest: conv, mean",
    ],
    [
      'too few labels',
      { ...description, labels: ['cat'] },
      files,
      "model.json' lists 1 labels, the network's output has 2",
    ],
  ])('%s', async (_, model, content, message) => {
    await put('broken', model, content);
    await expect(loadModel('broken', directory)).rejects.toMatchObject({
      name: 'DreamError',
      code: 'bad-model',
      message: expect.stringContaining(message) as string,
    });
    await rm(join(directory, 'broken'), { recursive: true });
  });

  test('weights outside the folder are not read', async () => {
    const outside = structuredClone(network);
    outside.weightsManifest[0]!.paths = ['../weights.bin'];
    await put('outside', description, { 'network.json': JSON.stringify(outside) });
    const model = await loadModel('outside', directory);
    await expect(model.ready([model.output])).rejects.toThrow(
      "the weight file '../weights.bin' (one of 1) cannot be read: it lies outside the folder",
    );
    await rm(join(directory, 'outside'), { recursive: true });
  });

  test('a network for grey pictures sees how bright they are', async () => {
    const grey = structuredClone(network);
    grey.modelTopology.config[0]!.config.batch_input_shape = [null, 4, 4, 1];
    grey.weightsManifest[0]!.weights[0]!.shape = [1, 1, 1, 2];
    const weights = new Uint8Array(Float32Array.of(1, 2).buffer);
    await put('grey', description, {
      'network.json': JSON.stringify(grey),
      'weights.bin': weights,
    });
    const model = await loadModel('grey', directory);
    await model.ready([model.output]);
    const tf = await plainTensorflow();
    const picture = tf.tensor([255, 0, 0, 0, 255, 0], [1, 1, 2, 3]);
    const seen = run(tf, model.classifier, 'conv', { picture }).dataSync();
    [0.299, 0.598, 0.587, 1.174].forEach((value, index) => {
      expect(seen[index]).toBeCloseTo(value, 5);
    });
    await rm(join(directory, 'grey'), { recursive: true });
  });

  test('a folder that is not there', async () => {
    await expect(modelNames(join(directory, 'nowhere'))).rejects.toMatchObject({
      code: 'bad-model',
    });
  });
});
