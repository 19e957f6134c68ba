import { strToU8, zipSync } from 'fflate';
import { expect, test } from 'vitest';
import { isTfjsArchive, readTfjsArchive } from '../../src/importers/tfjs-archive.ts';
import { floats, weightFiles } from './tfjs-files.ts';

const { manifest, shards } = weightFiles([floats('conv/kernel', [1, 1, 2, 2])], [8]);
const layersModel = {
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
          batch_input_shape: [null, 4, 5, 2],
        },
      },
    ],
    keras_version: 'tfjs-layers 1.7.4',
  },
  weightsManifest: manifest,
};
const graphModel = {
  modelTopology: {
    node: [
      {
        name: 'x',
        op: 'Placeholder',
        attr: {
          shape: { shape: { dim: [{ size: '-1' }, { size: '4' }, { size: '5' }, { size: '2' }] } },
        },
      },
      { name: 'conv/kernel', op: 'Const' },
      { name: 'y', op: 'Mul', input: ['x', 'conv/kernel'] },
    ],
  },
  weightsManifest: manifest,
};

const packed = (model: unknown, folder = ''): Uint8Array => {
  const files = { 'model.json': strToU8(JSON.stringify(model)), ...Object.fromEntries(shards) };
  const named = Object.entries(files).map(([name, bytes]) => [folder + name, bytes] as const);
  return zipSync({ 'read me.txt': strToU8('hello'), ...Object.fromEntries(named) });
};

test('a layers model, its weights beside its model.json, wherever that lies', async () => {
  const bytes = packed(layersModel, 'export/my model/');
  expect(isTfjsArchive(bytes)).toBe(true);
  const { weights, inputSize, output } = await readTfjsArchive(bytes);
  await weights.ready(['conv/kernel']);
  expect([...weights.constant('conv/kernel').read()]).toEqual([0.5, 1.5, 2.5, 3.5]);
  expect({ inputSize, output }).toEqual({ inputSize: [4, 5], output: 'conv' });
});

test('a graph model', async () => {
  const bytes = packed({ ...graphModel, weightsManifest: manifest });
  const { inputSize, output } = await readTfjsArchive(bytes);
  expect({ inputSize, output }).toEqual({ inputSize: [4, 5], output: 'y' });
});

test('no model in it', async () => {
  const other = zipSync({ 'model.json.txt': strToU8('{}') });
  await expect(readTfjsArchive(other)).rejects.toThrow(
    'the archive has no model.json; it holds model.json.txt',
  );
  await expect(readTfjsArchive(packed({ layers: [] }))).rejects.toThrow(
    "'model.json' in the archive is no tensorflow.js model",
  );
});
