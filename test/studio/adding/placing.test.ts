import { expect, it } from 'vitest';
import { placeFiles } from '../../../src/studio/adding/placing.ts';
import type { Placed } from '../../../src/studio/adding/placing.ts';
import { temporaryFolder } from '../../helpers/folder.ts';

const into = temporaryFolder();

it.each([
  ['ENOSPC', { code: 'cannot-write', message: 'the disk that holds the models is full' }],
  ['EIO', { code: 'EIO' }],
])('a copy that ends in %s', async (code, expected) => {
  const error = Object.assign(new Error('write'), { code });
  const placed = {
    brought: { names: [], copy: () => Promise.reject(error) },
    opened: { candidate: { name: 'face.h5' }, read: new Set() },
    others: [],
  } as unknown as Placed;
  await expect(placeFiles(placed, into)).rejects.toMatchObject(expected);
});
