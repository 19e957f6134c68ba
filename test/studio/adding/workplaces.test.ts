import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, it } from 'vitest';
import { clearLeftovers, workplace } from '../../../src/studio/adding/workplaces.ts';
import { temporaryFolder } from '../../helpers/folder.ts';

const folder = temporaryFolder();
const HOURS = 3_600_000;
/** The number of a process that has ended. */
const gone = execFileSync(process.execPath, ['-p', 'process.pid']).toString().trim();
let count = 0;

function models(): string {
  const path = join(folder, `models${(count += 1)}`);
  mkdirSync(path);
  return path;
}

/** A workplace of this process or, under its name, of one that is gone; a file lies in it. */
function left(path: string, owner = gone): string {
  const mine = `-${process.pid}-`;
  const name = basename(path).replace(mine, `-${owner}-`);
  const whole = join(path, '..', name);
  mkdirSync(whole);
  writeFileSync(join(whole, 'model.json'), '{}');
  return whole;
}

it('what a process left that is gone is taken away, and nothing else', async () => {
  const all = models();
  left(workplace(all, 'adding'));
  left(workplace(all, 'removed'));
  const mine = left(workplace(all, 'adding'), `${process.pid}`);
  // The test's own parent runs, too.
  const others = left(workplace(all, 'adding'), `${process.ppid}`);
  const elsewhere = join(all, '.adding-elsewhere-1-01234567');
  for (const name of [elsewhere, join(all, 'kept'), join(all, '.git')]) mkdirSync(name);
  await clearLeftovers(all);
  const kept = [mine, others, elsewhere].map((path) => basename(path));
  expect(readdirSync(all).sort()).toEqual([...kept, 'kept', '.git'].sort());
});

it('what is older than any work takes is taken away, whosever it is', async () => {
  const all = models();
  for (const name of ['.adding-elsewhere-1-01234567', '.adding-of-an-earlier-form', 'kept']) {
    mkdirSync(join(all, name));
  }
  await clearLeftovers(all, Date.now() + 2 * HOURS);
  expect(readdirSync(all)).toEqual(['kept']);
});

it('a model that was about to be replaced is put back', async () => {
  const all = models();
  left(workplace(all, 'replaced', 'my-birds'));
  left(workplace(all, 'replaced', 'cats'));
  mkdirSync(join(all, 'cats'));
  await clearLeftovers(all);
  expect(readdirSync(all).sort()).toEqual(['cats', 'my-birds']);
  expect(existsSync(join(all, 'my-birds', 'model.json'))).toBe(true);
  expect(readdirSync(join(all, 'cats'))).toEqual([]);
});

it('a folder that is not there is no failure', async () => {
  await expect(clearLeftovers(join(folder, 'nowhere'))).resolves.toBeUndefined();
});
