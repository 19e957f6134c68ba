import { spawn } from 'node:child_process';
import {
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  realpath,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const START = fileURLToPath(new URL('../src/start.js', import.meta.url));
const { resolve } = createRequire(import.meta.url);

let project = '';

beforeEach(async () => {
  project = await realpath(await mkdtemp(join(tmpdir(), 'start-')));
  await mkdir(join(project, 'src'));
  await mkdir(join(project, 'node_modules'));
  for (const name of ['start.js', 'stacks.js']) {
    await copyFile(join(dirname(START), name), join(project, 'src', name));
  }
  await writeFile(join(project, 'package.json'), '{ "type": "module" }');
  await writeFile(join(project, 'tsconfig.json'), '{}');
  for (const name of ['esbuild', 'tsx', 'zod']) {
    const found = dirname(resolve(`${name}/package.json`));
    await symlink(found, join(project, 'node_modules', name), 'junction');
  }
  await write('part.ts', "export const part: string = 'first';");
  await write(
    'program.ts',
    `import { part } from './part.ts';
const [, self, ...rest] = process.argv;
console.log(JSON.stringify({ part, self, rest, url: import.meta.url, stack: new Error('x').stack }));`,
  );
});

afterEach(async () => {
  await rm(project, { recursive: true });
});

function write(name: string, text: string): Promise<void> {
  return writeFile(join(project, 'src', name), text);
}

interface Said {
  readonly part: string;
  readonly self: string;
  readonly rest: readonly string[];
  readonly url: string;
  readonly stack: string;
}

async function run(...args: readonly string[]): Promise<{ said: Said | null; words: string }> {
  const child = spawn(process.execPath, ['src/start.js', ...args], { cwd: project });
  let [stdout, words] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (words += text));
  await new Promise((done) => child.on('close', done));
  return { said: stdout === '' ? null : (JSON.parse(stdout) as Said), words };
}

async function bundles(): Promise<string[]> {
  const names = await readdir(join(project, 'node_modules/.cache/dream-bot'));
  return names.filter((name) => !name.includes('.'));
}

describe('start', () => {
  it('runs a program from its bundle as if from its own file', async () => {
    const program = join(project, 'src', 'program.ts');
    for (const time of ['makes the bundle', 'has it']) {
      const { said, words } = await run('src/program.ts', 'one', '--two');
      expect(words, time).toBe('');
      expect(said).toMatchObject({ part: 'first', self: program, rest: ['one', '--two'] });
      expect(said!.url).toBe(pathToFileURL(program).href);
      expect(said!.stack).toMatch(/src[\\/]program\.ts:3/);
      expect(await bundles()).toHaveLength(1);
    }
  });

  it('bundles anew when a file has changed', async () => {
    await run('src/program.ts');
    await write('part.ts', "export const part: string = 'other';");
    expect((await run('src/program.ts')).said!.part).toBe('other');
    await write('part.ts', "export const part: string = 'first';");
    expect((await run('src/program.ts')).said!.part).toBe('first');
  });

  it('does without a bundle where none can be kept', async () => {
    await mkdir(join(project, 'node_modules/.cache'));
    await writeFile(join(project, 'node_modules/.cache/dream-bot'), 'a file, not a folder');
    expect((await run('src/program.ts', 'one')).said).toMatchObject({
      part: 'first',
      rest: ['one'],
    });
  });

  it('says where a file has an error', async () => {
    await write('part.ts', 'export const part: string = ;');
    const { said, words } = await run('src/program.ts');
    expect(said).toBeNull();
    expect(words).toContain('part.ts:1:');
    expect(await bundles()).toEqual([]);
  });

  it('makes bundles ahead', async () => {
    expect(await run('--bundle', 'src/program.ts')).toEqual({ said: null, words: '' });
    expect(await bundles()).toHaveLength(1);
    await run('src/program.ts');
    expect(await bundles()).toHaveLength(1);
  });

  it('asks for a program', async () => {
    expect((await run()).words).toContain('expected a program');
  });
});
