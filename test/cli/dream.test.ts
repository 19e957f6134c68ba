/** The command line from end to end, in processes of its own. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { imprintText } from '../../src/studio/imprint.ts';
import { createImage } from '../../src/dream/image.ts';
import { encodePicture, readPictureText } from '../../src/dream/picture.ts';
import { presets } from '../../src/dream/presets.ts';
import { runCli } from '../helpers/cli.ts';
import type { Outcome } from '../helpers/cli.ts';
import { temporaryFolder } from '../helpers/folder.ts';
import { noisyJpeg } from '../helpers/pictures.ts';

const folder = temporaryFolder();
const small = ['--model', 'mobilenet_v2', '--layer', 'block_3_expand', '--size', '96'];

function inFolder(name: string): string {
  return join(folder, name);
}

function dream(...args: string[]): Promise<Outcome> {
  return runCli(args, { cwd: folder });
}

beforeAll(async () => {
  writeFileSync(inFolder('photo.jpg'), await noisyJpeg(160, 120));
});

describe('dream', () => {
  it('dreams on the clouds at mixed5 without any argument', async () => {
    const outcome = await dream('--size', '128', '--octaves', '1', '--steps', '2');
    expect(outcome).toMatchObject({ code: 0, signal: null });
    expect(outcome.stdout).toMatch(
      /^wrote out\/clouds-mixed5\.png \(128×85, mean\(mixed5²\) .* s\)\n$/,
    );
    expect(outcome.stderr).toContain('note: The picture was shrunk from 768×512 to 128×85 pixels.');
    expect(outcome.stderr).toContain('mixed5: octave 1 of 1, 128×85, 2 steps, score ');
    const bytes = readFileSync(inFolder('out/clouds-mixed5.png'));
    expect(await sharp(bytes).metadata()).toMatchObject({ width: 128, height: 85, format: 'png' });
    const text = readPictureText(bytes);
    expect(text.Software).toMatch(/^dream-bot \d/);
    expect(JSON.parse(text.Dream!)).toMatchObject({
      model: 'inception_v3',
      size: 128,
      recipe: { layer: 'mixed5' },
    });
  });

  it('keeps dreams of a long name apart, whatever its letters', async () => {
    const name = `${'日'.repeat(83)}.jpg`;
    writeFileSync(inFolder(name), readFileSync(inFolder('photo.jpg')));
    for (const layer of ['block_2_expand', 'block_3_expand']) {
      const outcome = await dream(
        ...[name, ...small, '--layer', layer, '--octaves', '1', '--steps', '1'],
      );
      expect(outcome).toMatchObject({ code: 0 });
      expect(outcome.stdout).toMatch(new RegExp(`^wrote out/日+-[0-9a-f]{8}-${layer}\\.png `, 'u'));
    }
  });

  it('leaves octaves out where a side would be too small, and says so', async () => {
    const outcome = await dream(
      'photo.jpg',
      ...small,
      '--octaves',
      '6',
      '--steps',
      '1',
      '-o',
      'few.png',
    );
    expect(outcome.code).toBe(0);
    expect(outcome.stderr).toMatch(
      /note: \d of 6 octaves: \d would have a side under .* minimum of \d+ pixels/,
    );
  });

  it('prints one line of JSON, and nothing but it when quiet', async () => {
    const outcome = await dream(
      'photo.jpg',
      ...small,
      '--octaves',
      '1',
      '--steps',
      '1',
      '--json',
      '--quiet',
      '-o',
      'j.webp',
    );
    expect(outcome).toMatchObject({ code: 0, stderr: '' });
    const result = JSON.parse(outcome.stdout) as object;
    expect(result).toMatchObject({
      output: 'j.webp',
      columns: 96,
      rows: 72,
      model: 'mobilenet_v2',
    });
    expect(await sharp(inFolder('j.webp')).metadata()).toMatchObject({ format: 'webp', width: 96 });
  });

  it('dreams the same again from what the PNG says', async () => {
    const first = await dream(
      'photo.jpg',
      ...small,
      '--preset',
      'pytorch',
      '--octaves',
      '2',
      '--steps',
      '3',
      '--seed',
      '7',
      '-o',
      'first.png',
    );
    expect(first.code).toBe(0);
    const again = await dream('--redo', 'first.png', 'photo.jpg');
    expect(again.code).toBe(0);
    expect(again.stderr).not.toContain('made by');
    const bytes = readFileSync(inFolder('out/photo-block_3_expand-redo.png'));
    expect(bytes.equals(readFileSync(inFolder('first.png')))).toBe(true);
    const other = await dream('--redo', 'first.png', 'photo.jpg', '--seed', '8', '-o', 'other.png');
    expect(other.code).toBe(0);
    expect(readFileSync(inFolder('other.png')).equals(bytes)).toBe(false);
  });

  it('dreams in half precision, and again by the recipe alone', async () => {
    const few = ['--octaves', '1', '--steps', '2', '--precision', 'half'];
    const first = await dream('photo.jpg', ...small, ...few, '-o', 'half.png');
    expect(first.code).toBe(0);
    const again = await dream('--redo', 'half.png', 'photo.jpg', '-o', 'half-again.png');
    expect(again.stderr).not.toContain('made by');
    const bytes = readFileSync(inFolder('half.png'));
    expect(readFileSync(inFolder('half-again.png')).equals(bytes)).toBe(true);
    const recipe = JSON.parse(readPictureText(bytes)['Dream']!) as { engine: unknown };
    expect(recipe.engine).toMatchObject({
      description: expect.stringMatching(/ half precision$/) as string,
      request: { precision: 'half' },
    });
    const float = await dream('--redo', 'half.png', 'photo.jpg', '--precision', 'float', '--json');
    expect(float.code).toBe(0);
    expect(float.stderr).toMatch(/made by .* half precision, this is /);
  });

  it('says what has changed since the picture was made', async () => {
    const imprint = imprintText({
      recipe: { ...presets.default, layer: 'block_3_expand', octaves: 1, steps: 1 },
      model: 'mobilenet_v2',
      modelHash: 'f'.repeat(64),
      engine: {
        description: 'tensorflow.js 0.0.0',
        request: { engine: 'tensorflow', provider: 'gpu' },
      },
      size: 64,
      version: '0.0.0',
    });
    const old = await encodePicture(createImage(48, 64), { format: 'png', text: imprint });
    writeFileSync(inFolder('old.png'), old);
    const { code, stderr } = await dream('--redo', 'old.png', 'photo.jpg', '-o', 'new.png');
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /with the model mobilenet_v2 \(ffffffffffff\), this is mobilenet_v2 \(\w+\)/,
    );
    expect(stderr).toMatch(/made by tensorflow\.js 0\.0\.0, this is /);
    expect(await sharp(inFolder('new.png')).metadata()).toMatchObject({ width: 64, height: 48 });
  });

  it('keeps transparency', async () => {
    const clear = await sharp(inFolder('photo.jpg')).ensureAlpha(0.5).png().toBuffer();
    writeFileSync(inFolder('clear.png'), clear);
    const steps = ['--octaves', '1', '--steps', '1', '-o', 'still-clear.png'];
    expect(await dream('clear.png', ...small, ...steps)).toMatchObject({ code: 0 });
    const { channels } = await sharp(inFolder('still-clear.png')).stats();
    expect(channels[3]).toMatchObject({ min: 127, max: 127 });
  });

  it('puts the dreams at several layers on one sheet', async () => {
    const outcome = await dream(
      'photo.jpg',
      '--model',
      'mobilenet_v2',
      '--size',
      '64',
      '--octaves',
      '1',
      '--steps',
      '1',
      '--sheet',
      'block_1_expand,Block_3_Expand:5',
    );
    expect(outcome).toMatchObject({
      code: 0,
      stdout: 'wrote out/photo-sheet.png (152×172, 2 layers)\n',
    });
    expect(await sharp(inFolder('out/photo-sheet.png')).metadata()).toMatchObject({ width: 152 });
  });
});

describe('a dream that is stopped', () => {
  // A quick first octave, whose end is told, and a second one that takes a while.
  const recipe = ['--octaves', '2', '--octave-scale', '2', '--steps', '80'];
  const long = ['photo.jpg', ...small, ...recipe, '-o'];

  it('ends within a step of Ctrl-C with exit code 130 and leaves the old file as it was', async () => {
    mkdirSync(inFolder('stopped'));
    writeFileSync(inFolder('stopped/old.png'), 'what was there before');
    const kill = { signal: 'SIGINT', after: 'octave 1 of 2' } as const;
    const outcome = await runCli([...long, 'stopped/old.png'], { cwd: folder, kill });
    expect(outcome).toMatchObject({ code: 130, signal: null, stdout: '' });
    expect(outcome.stderr).toMatch(/\ndream: cancelled\n$/);
    expect(outcome.stderr).not.toContain('octave 2 of 2, 96×72, 80 steps');
    expect(readdirSync(inFolder('stopped'))).toEqual(['old.png']);
    expect(readFileSync(inFolder('stopped/old.png'), 'utf8')).toBe('what was there before');
  });

  it('leaves nothing half-written when killed; the next run gives the whole picture', async () => {
    mkdirSync(inFolder('killed'));
    const kill = { signal: 'SIGKILL', after: 'octave 1 of 2' } as const;
    const outcome = await runCli([...long, 'killed/a.png'], { cwd: folder, kill });
    expect(outcome).toMatchObject({ code: null, signal: 'SIGKILL' });
    expect(readdirSync(inFolder('killed'))).toEqual([]);
    expect(await dream(...long, 'killed/a.png')).toMatchObject({ code: 0 });
    expect(await dream(...long, 'whole.png')).toMatchObject({ code: 0 });
    expect(readFileSync(inFolder('killed/a.png')).equals(readFileSync(inFolder('whole.png')))).toBe(
      true,
    );
  });
});

describe('what is no dream', () => {
  it('lists the layers with their shapes', async () => {
    const { code, stdout } = await dream('--layers');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^inception_v3: .* 299×299\n/);
    expect(stdout).toMatch(/^\* mixed5 +17×17×768$/m);
    expect(stdout).toMatch(/^ {2}conv2d_1 +149×149×32$/m);
    expect(stdout).not.toMatch(/mixed6/);
    expect(stdout).toMatch(/^\d+ deeper layers are off: --deep-layers$/m);
  });

  it('says what the machine has', async () => {
    const { code, stdout, stderr } = await dream('doctor');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^ {2}yes onnx, cpu +onnxruntime \d/m);
    expect(stdout).toMatch(/--engine auto takes /);
    expect(stdout).toMatch(/^ {2}mobilenet_v2_mid /m);
  });

  it('helps', async () => {
    const { code, stdout } = await dream('--help');
    expect(code).toBe(0);
    expect(stdout).toContain('--octave-scale <factor>');
    expect(stdout).toMatch(/--seed <number>.*\s+\(default: 0\)/);
    expect(existsSync(inFolder('.dream'))).toBe(false);
  });
});
