/** What goes wrong: a message that says what and why, an exit code, no stack trace, no file. */
import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { CLI, runCli, START } from '../helpers/cli.ts';
import { temporaryFolder } from '../helpers/folder.ts';
import { noisyJpeg, pngThatClaims } from '../helpers/pictures.ts';

const folder = temporaryFolder();

beforeAll(async () => {
  const photo = await noisyJpeg(128, 96);
  const files: Record<string, string | Buffer> = {
    'photo.jpg': photo,
    'words.jpg': 'these are words, and no picture',
    'truncated.jpg': photo.subarray(0, photo.length / 2),
    'empty.png': '',
    'bomb.png': pngThatClaims(20_000, 20_000),
    'one.png': await sharp({ create: { width: 1, height: 1, channels: 3, background: '#888' } })
      .png()
      .toBuffer(),
  };
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
  mkdirSync(join(folder, 'pictures'));
  mkdirSync(join(folder, 'locked.png'));
});

const FAILED = 1;
const BAD_USAGE = 2;
const photo = 'photo.jpg';

/** [what, arguments, exit code, what the message says] */
const cases: readonly (readonly [string, readonly string[], number, RegExp])[] = [
  ['not a picture', ['words.jpg'], FAILED, /"words\.jpg" is of no known picture format; a JPEG/],
  ['truncated', ['truncated.jpg'], FAILED, /"truncated\.jpg" .* damaged or incomplete/],
  ['1×1', ['one.png'], FAILED, /has 1×1 pixels; .* at least 75 on each side/],
  [
    'a decompression bomb',
    ['bomb.png'],
    FAILED,
    /20000 x 20000 = 400000000 pixels; at most 64000000[^]*--max-pixels/,
  ],
  ['0 bytes', ['empty.png'], FAILED, /"empty\.png" is empty \(0 bytes\)/],
  ['a folder', ['pictures'], FAILED, /"pictures" is a folder/],
  ['no such file', ['missing.jpg'], FAILED, /"missing\.jpg" does not exist[^]*Names begin in \//],
  [
    'a folder that is not there',
    [photo, '-o', 'nowhere/a.png'],
    FAILED,
    /"nowhere\/a\.png" cannot be written: the folder "nowhere" does not exist/,
  ],
  [
    'an output that is a folder',
    [photo, '-o', 'locked.png'],
    FAILED,
    /"locked\.png" cannot be written: it is a folder/,
  ],
  [
    'an unknown layer',
    [photo, '--layer', 'mixd4'],
    BAD_USAGE,
    /no layer is named 'mixd4'; nearest: mixed4, /,
  ],
  [
    'a channel out of range',
    [photo, '--layer', 'mixed4:768'],
    BAD_USAGE,
    /'mixed4' has channels 0 to 767; got 768/,
  ],
  [
    'an unknown model',
    [photo, '--model', 'inseption'],
    BAD_USAGE,
    /no model is named 'inseption'; nearest: inception_v3/,
  ],
  ['not a number', [photo, '--steps', 'many'], BAD_USAGE, /--steps: expected a number; got 'many'/],
  [
    'a negative number',
    [photo, '--octaves', '-3'],
    BAD_USAGE,
    /--octaves: expected a number of at least 1; got '-3'/,
  ],
  [
    'an unknown option',
    [photo, '--stepz', '3'],
    BAD_USAGE,
    /unknown option '--stepz'\n\(Did you mean --steps\?\)/,
  ],
];

it.skipIf(!existsSync('/dev/full'))('a full disk behind the output is said in one line', () => {
  const args = [START, CLI, '--layers', '--model', 'mobilenet_v2'];
  const full = openSync('/dev/full', 'w');
  const { status, stderr } = spawnSync(process.execPath, args, { stdio: ['ignore', full, 'pipe'] });
  closeSync(full);
  expect(stderr.toString()).toBe('dream: what is printed cannot be written (ENOSPC)\n');
  expect(status).toBe(1);
});

describe('bad input', () => {
  it.each(cases)('%s', async (_, args, code, message) => {
    const before = readdirSync(folder, { recursive: true });
    const outcome = await runCli(args, { cwd: folder });
    expect(outcome).toMatchObject({ code, signal: null, stdout: '' });
    expect(outcome.stderr).toMatch(/^dream: /m);
    expect(outcome.stderr).toMatch(message);
    expect(outcome.stderr).not.toMatch(/^\s+at |node:internal/m);
    expect(readdirSync(folder, { recursive: true }).filter((name) => name !== 'out')).toEqual(
      before.filter((name) => name !== 'out'),
    );
  });

  it('a folder in place of the file with settings', async () => {
    const cwd = join(folder, 'mounted');
    mkdirSync(join(cwd, '.env'), { recursive: true });
    const { code, stdout, stderr } = await runCli(['--layers'], { cwd });
    expect({ code, stdout }).toEqual({ code: BAD_USAGE, stdout: '' });
    expect(stderr).toMatch(/^dream: '.*\/mounted\/\.env' is a folder, .*\n {7}Remove it, or .*\n$/);
    expect(await runCli(['models', '--help'], { cwd })).toMatchObject({ code: 0, stderr: '' });
  });

  it('a pipe in place of the file with settings', async ({ skip }) => {
    const cwd = join(folder, 'piped');
    mkdirSync(cwd);
    if (spawnSync('mkfifo', [join(cwd, '.env')]).status !== 0) skip('there is no mkfifo here');
    const { code, stdout, stderr } = await runCli(['--layers'], { cwd });
    expect({ code, stdout }).toEqual({ code: BAD_USAGE, stdout: '' });
    expect(stderr).toMatch(/^dream: '.*\/piped\/\.env' is a pipe, .*\n {7}Put the file .*\n$/);
  });

  it('a write-protected folder', async ({ skip }) => {
    if (process.getuid?.() === 0) skip('root may write anywhere');
    mkdirSync(join(folder, 'sealed'), { mode: 0o555 });
    const { code, stderr } = await runCli([photo, '-o', 'sealed/a.png'], { cwd: folder });
    expect(code).toBe(FAILED);
    expect(stderr).toMatch(/cannot be written: this user may not write there/);
  });
});
