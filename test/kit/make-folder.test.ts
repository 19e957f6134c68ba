import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeFolder } from '../../src/kit/make-folder.ts';
import { temporaryFolder } from '../helpers/folder.ts';

const folder = temporaryFolder();

describe('a folder', () => {
  it('is made with those that it lies in, by several at once, and again', async () => {
    const path = join(folder, 'a', 'b', 'c');
    await Promise.all([makeFolder(path), makeFolder(path), makeFolder(join(folder, 'a', 'd'))]);
    await makeFolder(path);
    expect(statSync(path).isDirectory()).toBe(true);
  });

  it('is not made where a file stands', async () => {
    const path = join(folder, 'file');
    writeFileSync(path, '');
    await expect(makeFolder(path)).rejects.toMatchObject({ code: 'EEXIST' });
    await expect(makeFolder(join(path, 'a'))).rejects.toMatchObject({ code: 'ENOTDIR' });
  });

  it.skipIf(!existsSync('/proc/self'))('that takes none is not tried for ever', async () => {
    await expect(makeFolder('/proc/dream/data')).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
