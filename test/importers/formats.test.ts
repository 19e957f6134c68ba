import { strToU8, zipSync } from 'fflate';
import { expect, test } from 'vitest';
import { importers, importModel } from '../../src/importers/index.ts';
import type { ModelFile } from '../../src/importers/index.ts';
import { hdf5 } from '../helpers/hdf5-files.ts';

const noFiles = { names: [], read: () => Promise.reject(new Error('no such file')) };
const whoReads = (file: ModelFile): string[] =>
  importers.filter((importer) => importer.match(file)).map(({ name }) => name);

test.each([
  ['Keras HDF5 (.h5)', hdf5(() => undefined)],
  [
    'Keras archive (.keras)',
    zipSync({ 'config.json': strToU8('{}'), 'model.weights.h5': strToU8('') }),
  ],
  ['tensorflow.js model in a zip archive', zipSync({ 'a/model.json': strToU8('{}') })],
])('one importer takes %s', async (name, bytes) => {
  expect(whoReads({ bytes: await bytes })).toEqual([name]);
});

test('an archive of other things is no model', async () => {
  const bytes = zipSync({ 'holiday.jpg': strToU8('a picture') });
  await expect(importModel({ bytes }, noFiles)).rejects.toMatchObject({ code: 'bad-model' });
});

test('weights that Keras 3 saved alone', async () => {
  const bytes = await hdf5((root) => {
    root.create_group('layers');
    root.create_group('vars');
  });
  await expect(importModel({ bytes }, noFiles)).rejects.toThrow('holds weights only');
});
