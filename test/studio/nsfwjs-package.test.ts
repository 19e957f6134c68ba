import { expect, test } from 'vitest';
import { openPackaged, shardIn } from '../../src/studio/nsfwjs-package.ts';

const script = (content: string, end = '"},{}]},{},[1])(1)});'): Buffer =>
  Buffer.from(`!function(d){}(function(){}({1:[function(d,h,Z){h.exports="${content}${end}`);

test('a shard from its file is the one that the package gives', async () => {
  const specifier = 'nsfwjs/models/mobilenet_v2';
  const [bundle] = Object.values(
    (await import(specifier)) as Record<
      string,
      { weightBundles: (() => Promise<{ default: string }>)[] }
    >,
  );
  const given = Buffer.from((await bundle!.weightBundles[0]!()).default, 'base64');
  const { readShard } = await openPackaged(specifier);
  const shard = await readShard('group1-shard1of1');
  expect(given.equals(shard)).toBe(true);
  // As long as somebody holds it, it is not read again.
  expect(await readShard('group1-shard1of1')).toBe(shard);
  await expect(readShard('group1-shard2of1')).rejects.toThrow(
    'the package has no shard of this name',
  );
});

test('a script of another form is left to the package itself', () => {
  expect([...shardIn(script('AQIDBA=='))!]).toEqual([1, 2, 3, 4]);
  expect([...shardIn(script('AQIDBAUG'))!]).toEqual([1, 2, 3, 4, 5, 6]);
  expect(shardIn(script('AQIDBA=='.replace('Q', '\\')))).toBeNull();
  expect(shardIn(script('AQID", "BAUG'))).toBeNull();
  expect(shardIn(script('AQIDBA==', '"}]},{},[1])(1)});'))).toBeNull();
  expect(shardIn(Buffer.from('export default "AQIDBA=="'))).toBeNull();
});
