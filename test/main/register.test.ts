/** `npm run register`, as it is typed. */
import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../helpers/folder.ts';

const folder = temporaryFolder();
const run = promisify(execFile);

it('says in a line what is wrong with the command', async () => {
  const program = ['src/start.js', 'src/main/register.ts', '--everywhere'];
  await expect(run(process.execPath, program)).rejects.toMatchObject({
    code: 2,
    stderr: "register: unknown option '--everywhere'\n       --help describes the option.\n",
  });
});

it('says in a line what is wrong with the settings', async () => {
  mkdirSync(join(folder, '.env'));
  const program = [resolve('src/start.js'), resolve('src/main/register.ts')];
  await expect(run(process.execPath, program, { cwd: folder })).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^register: '.*\.env' is a folder, .*\nRemove it, /) as string,
  });
});
