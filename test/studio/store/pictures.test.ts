import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { newOrderId } from '../../../src/studio/store/order-id.ts';
import { PictureFolder } from '../../../src/studio/store/pictures.ts';
import { temporaryFolder } from '../../helpers/folder.ts';

const folder = join(temporaryFolder(), 'pictures');

describe('the folder of pictures', () => {
  it('removes what a crash left half written, and nothing else', async () => {
    mkdirSync(folder);
    writeFileSync(join(folder, '.dream-1234.tmp'), 'half');
    writeFileSync(join(folder, 'note.txt'), 'mine');
    await PictureFolder.open(folder);
    expect(readdirSync(folder)).toEqual(['note.txt']);
  });

  it('keeps, lists and removes the pictures of an order', async () => {
    const pictures = await PictureFolder.open(folder);
    const id = newOrderId();
    writeFileSync(pictures.path(id, 'source'), 'one');
    writeFileSync(pictures.path(id, 'mask'), 'mask');
    writeFileSync(pictures.path(id, 'result'), 'three');
    expect(await pictures.read(id, 'result')).toEqual(Buffer.from('three'));
    expect(await pictures.list()).toMatchObject([{ id, bytes: 12 }]);
    await pictures.remove(id);
    expect(await pictures.list()).toEqual([]);
    await expect(pictures.read(id, 'source')).rejects.toMatchObject({ code: 'unknown-order' });
    await expect(pictures.check(id, 'source')).rejects.toMatchObject({ code: 'unknown-order' });
  });

  it.each(['', '../../../etc/pas', 'ABCDEFGHIJKL', '0123456789ab/', '0123456789ab\n'])(
    'takes %j for no id',
    (id) => {
      const pictures = PictureFolder.open(folder);
      return expect(pictures.then((opened) => opened.path(id, 'source'))).rejects.toMatchObject({
        code: 'unknown-order',
      });
    },
  );

  it('gives ids that nobody guesses', () => {
    const ids = Array.from({ length: 1000 }, newOrderId);
    expect(new Set(ids).size).toBe(1000);
    expect(ids.every((id) => /^[0-9a-z]{12}$/.test(id))).toBe(true);
  });
});
