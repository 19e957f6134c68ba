/** `npm run register`, as it is typed. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const run = promisify(execFile);

it('says in a line what is wrong with the command', async () => {
  const program = ['src/start.js', 'src/main/register.ts', '--everywhere'];
  await expect(run(process.execPath, program)).rejects.toMatchObject({
    code: 2,
    stderr: "register: unknown option '--everywhere'\n       --help describes the option.\n",
  });
});
