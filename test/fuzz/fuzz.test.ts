import { expect, test } from 'vitest';
import { modelFixtures } from '../helpers/model-files.ts';
import { fuzz } from './fuzz.ts';
import { mutated } from './mutate.ts';

const fixtures = await modelFixtures();

test('files that were damaged are read or refused, and do no harm', async () => {
  const { read, refused, problems } = await fuzz(fixtures, 400, 1);
  expect(problems).toEqual([]);
  expect(read + refused).toBe(400);
  // Neither would show anything by itself.
  expect(read).toBeGreaterThan(40);
  expect(refused).toBeGreaterThan(100);
});

test('damage is the same for the same seed, and there is some', () => {
  const { files } = fixtures[0]!;
  expect(mutated(files, 9)).toEqual(mutated(files, 9));
  expect(mutated(files, 9)).not.toEqual(files);
});
