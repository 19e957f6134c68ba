import { strFromU8, strToU8, zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { openArchive } from '../../../src/importers/containers/archive.ts';
import { ZipArchive } from '../../../src/importers/containers/zip.ts';

const text = strToU8('what a dream is made of '.repeat(40));

/** Where a 32-bit number of an entry's header in the archive's list lies. */
const AT = { crc: 16, compressed: 20, size: 24, attributes: 38 };

/** Writes over a number in the list's first entry, and over the same in the entry itself. */
function changed(bytes: Uint8Array, field: keyof typeof AT, value: number): Uint8Array {
  const copy = Buffer.from(bytes);
  const entry = copy.indexOf(Buffer.from([0x50, 0x4b, 1, 2]));
  copy.writeUInt32LE(value, entry + AT[field]);
  return new Uint8Array(copy);
}

describe('zip archives', () => {
  test.each([0, 6] as const)('are read by name, at level %d', async (level) => {
    const bytes = zipSync({ 'a/one.txt': text, 'a/two.txt': strToU8('two') }, { level });
    const archive = await ZipArchive.open(bytes);
    expect(archive.names).toEqual(['a/one.txt', 'a/two.txt']);
    expect(await archive.read('a/one.txt')).toEqual(Buffer.from(text));
    expect(strFromU8(await archive.read('a/two.txt'))).toBe('two');
    await expect(archive.read('three')).rejects.toThrow("no file 'three'");
  });

  test('in one folder, they are that folder', async () => {
    const beside = await openArchive(
      zipSync({ 'tm/web/model.json': text, 'tm/web/w/1.bin': text, '__MACOSX/tm/._x': text }),
    );
    expect(beside.names).toEqual(['model.json', 'w/1.bin']);
    expect(await beside.read('./w/1.bin')).toHaveLength(text.length);
    const flat = await openArchive(zipSync({ 'model.json': text, 'a/b': text }));
    expect(flat.names).toEqual(['model.json', 'a/b']);
  });

  const one = zipSync({ 'one.txt': text });
  const link = zipSync({ 'one.txt': [text, { os: 3, attrs: 0o120777 << 16 }] });
  const many = zipSync(Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`${i}`, text])));

  test.each([
    ['a path that leads out', zipSync({ '../../etc/passwd': text }), 'invalid relative path'],
    ['a path from the root', zipSync({ '/etc/passwd': text }), 'absolute path'],
    ['a link', link, "'one.txt' in the archive is a link; expected files"],
    ['too many entries', many, 'the archive has 5000 entries, expected up to 4096'],
    ['a bomb', changed(one, 'size', 0x7fffffff), 'would unpack from'],
    ['no archive', strToU8('PK\u0003\u0004 and nothing more'), 'the archive cannot be read'],
    ['one that is cut short', one.slice(0, one.length - 30), 'the archive cannot be read'],
  ])('%s is refused before anything is inflated', async (_, bytes, message) => {
    await expect(ZipArchive.open(bytes)).rejects.toMatchObject({
      name: 'DreamError',
      code: 'bad-model',
      message: expect.stringContaining(message) as string,
    });
  });

  test('two files of one name', async () => {
    const bytes = Buffer.from(zipSync({ 'one.txt': text, 'two.txt': text }));
    for (let at = bytes.indexOf('two.txt'); at >= 0; at = bytes.indexOf('two.txt')) {
      bytes.write('one.txt', at);
    }
    await expect(ZipArchive.open(bytes)).rejects.toThrow("two files named 'one.txt'");
  });

  test.each([
    ['more than it says', changed(one, 'size', 20)],
    ['less than it says', changed(one, 'size', 5000)],
    ['something else', changed(one, 'crc', 1)],
    ['what lies beyond the end', changed(one, 'compressed', 1 << 20)],
  ])('an entry that holds %s', async (_, bytes) => {
    const reading = ZipArchive.open(bytes).then((archive) => archive.read('one.txt'));
    await expect(reading).rejects.toMatchObject({ name: 'DreamError', code: 'bad-model' });
  });
});
