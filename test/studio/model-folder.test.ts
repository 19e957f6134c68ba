/** Folders that somebody has put among the models, several at once. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import type { DroppedFolders } from '../../src/studio/adding/dropped.ts';
import { ModelFolder } from '../../src/studio/model-folder.ts';
import { temporaryFolder } from '../helpers/folder.ts';

const NAMES = ['one', 'three', 'two'];

const asked: string[] = [];
let allAsked = (): void => undefined;
const all = new Promise<void>((resolve) => (allAsked = resolve));

vi.mock('../../src/studio/adding/dropped.ts', async (original) => {
  const dropped = await original<typeof import('../../src/studio/adding/dropped.ts')>();
  /** Has nothing to say of a folder before it was asked of all. */
  class Patient implements Pick<DroppedFolders, 'look'> {
    async look(name: string): Promise<Error | null> {
      asked.push(name);
      if (asked.length === NAMES.length) allAsked();
      await all;
      return new Error(`${name} is no network`);
    }
  }
  return { ...dropped, DroppedFolders: Patient };
});

const folder = temporaryFolder();

it('are looked at together: a list waits for them no longer than for one', async () => {
  for (const name of NAMES) mkdirSync(join(folder, name));
  const broken = await new ModelFolder({ folder }).broken();
  expect(broken.map(({ name }) => name)).toEqual(NAMES);
  expect(broken[0]!.error.message).toBe('one is no network');
});
