import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { clearLeftovers } from '../../src/studio/adding/workplaces.ts';
import { temporaryFolder } from '../helpers/folder.ts';
import { kerasFile, smallWeights } from '../helpers/model-files.ts';

const folder = temporaryFolder();

it('what a crash leaves of a model that was looked at is gone after the next start', async () => {
  const [models, temporary] = [join(folder, 'models'), join(folder, 'tmp')];
  for (const path of [models, temporary]) mkdirSync(path);
  const network = join(folder, 'brought.bin');
  writeFileSync(network, await kerasFile(smallWeights()));
  const { signal } = spawnSync(
    process.execPath,
    ['src/start.js', 'test/helpers/looking-bot.ts', models, network],
    { env: { ...process.env, TMPDIR: temporary } },
  );
  expect(signal).toBe('SIGKILL');
  const left = (): string[] =>
    [models, temporary]
      .flatMap((path) => readdirSync(path, { recursive: true }).map(String))
      .filter((name) => name.endsWith('face.h5'));
  expect(left()).toHaveLength(1);
  await clearLeftovers(models);
  expect(left()).toEqual([]);
  expect(readdirSync(models)).toEqual([]);
}, 60_000);
