/** What ONNX files say of the pictures that they want. */
import { expect, it } from 'vitest';
import { imageHints } from '../../src/importers/image-notes.ts';
import { readOnnx } from '../../src/importers/onnx.ts';
import { modelType } from '../../src/kit/onnx-format.ts';
import { modelFixtures } from '../helpers/model-files.ts';

it.each([
  [{ 'Image.BitmapPixelFormat': 'Bgr8' }, { channelOrder: 'bgr' }],
  [
    { 'Image.BitmapPixelFormat': 'Rgba8', 'Image.NominalPixelRange': 'Normalized_1_1' },
    { channelOrder: 'rgb', range: [-1, 1] },
  ],
  [{ 'Image.NominalPixelRange': 'NominalRange_0_255' }, { range: [0, 255] }],
  [{ 'Image.BitmapPixelFormat': 'Gray8', 'Image.NominalPixelRange': 'NominalRange_16_235' }, {}],
  [{ 'Image.BitmapPixelFormat': ['Bgr8', 7], 'Image.NominalPixelRange': 255, author: 'me' }, {}],
])('of %j', (notes, hints) => {
  expect(imageHints(notes)).toEqual(hints);
});

it('is read from the file', async () => {
  const { files } = (await modelFixtures()).find(({ format }) => /onnx/i.test(format))!;
  const [bytes] = Object.values(files) as [Uint8Array];
  const beside = { names: [], read: () => Promise.reject(new Error('nothing lies beside')) };
  const metadataProps = [
    { key: 'Image.NominalPixelRange', value: 'Normalized_0_1' },
    { key: 'Image.BitmapPixelFormat', value: 'Bgr8' },
  ];
  const more = modelType.encode(modelType.fromObject({ metadataProps })).finish();
  const { hints } = await readOnnx(Buffer.concat([bytes, more]), beside);
  expect(hints).toEqual({ range: [0, 1], channelOrder: 'bgr' });
  expect((await readOnnx(bytes, beside)).hints).toEqual({});
});
