/** Dreams of a class on the command line, with a small classifier in a folder of models. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { readSettings } from '../../src/cli/settings.ts';
import { baselineOf } from '../../src/cli/baseline.ts';
import { classRecipe, noiseRecipe } from '../../src/dream/class-recipes.ts';
import { presets } from '../../src/dream/presets.ts';
import type { Evidence } from '../../src/studio/evidence.ts';
import { runCli } from '../helpers/cli.ts';
import type { Outcome } from '../helpers/cli.ts';
import { temporaryFolder } from '../helpers/folder.ts';
import { noisyJpeg } from '../helpers/pictures.ts';

const folder = temporaryFolder();
const usual = ['--model', 'reddish', '--size', '48', '--steps', '6', '--octaves', '1'];

/** Tells red pictures from blue ones. */
const description = {
  title: 'Reddish',
  source: { file: 'network.json' },
  licence: 'CC0',
  input: { range: [-1, 1] },
  labels: ['red', 'blue'],
  defaultLayer: 'conv',
};
const network = {
  modelTopology: {
    class_name: 'Sequential',
    config: [
      {
        class_name: 'Conv2D',
        config: {
          ...{ name: 'conv', filters: 2, kernel_size: 1, use_bias: false },
          batch_input_shape: [null, 8, 8, 3],
        },
      },
      { class_name: 'GlobalAveragePooling2D', config: { name: 'mean' } },
      { class_name: 'Activation', config: { name: 'shares', activation: 'softmax' } },
    ],
  },
  weightsManifest: [
    {
      paths: ['weights.bin'],
      weights: [{ name: 'conv/kernel', shape: [1, 1, 3, 2], dtype: 'float32' }],
    },
  ],
};

function dream(...args: string[]): Promise<Outcome> {
  const env = { MODELS_DIR: join(folder, 'models') };
  return runCli(['photo.png', ...usual, ...args], { cwd: folder, env });
}

beforeAll(async () => {
  const model = join(folder, 'models', 'reddish');
  mkdirSync(model, { recursive: true });
  writeFileSync(join(model, 'model.json'), JSON.stringify(description));
  writeFileSync(join(model, 'network.json'), JSON.stringify(network));
  const kernel = Float32Array.of(9, -9, 0, 0, -9, 9);
  writeFileSync(join(model, 'weights.bin'), new Uint8Array(kernel.buffer));
  const photo = sharp(await noisyJpeg(48, 36, 3)).modulate({ saturation: 0.3 });
  await photo.tint({ r: 210, g: 120, b: 120 }).png().toFile(join(folder, 'photo.png'));
  const mask = sharp({ create: { width: 8, height: 8, channels: 3, background: '#000' } });
  await mask.png().toFile(join(folder, 'black.png'));
});

describe('dream --sheet', () => {
  it('shows the default layer of a model that names none worth dreaming at', async () => {
    const outcome = await dream('--preset', 'keras', '--quality', '90', '--json', '--sheet');
    expect(outcome.code).toBe(0);
    const sheet = JSON.parse(outcome.stdout) as { layers: string[]; notices: string[] };
    expect(sheet.layers).toEqual(['conv']);
    expect(sheet.notices).toContain('A .png loses nothing: --quality is for .jpg and .webp.');
    // The preset's layers are no part of it.
    expect(outcome.stderr).not.toContain('has not the layers of the preset');
  });
});

describe('dream --class', () => {
  it('makes the class appear, says what the model makes of the file, and can do it again', async () => {
    const outcome = await dream(
      '--class',
      'blue',
      '--step-size',
      '16',
      '--keep',
      'none',
      '-o',
      'blue.png',
    );
    expect(outcome).toMatchObject({ code: 0 });
    expect(outcome.stdout).toMatch(/^wrote blue\.png \(48×36, \(logit\(blue\) − 0\.5·others\) /);
    expect(outcome.stdout).toMatch(
      / {2}blue {2}\d+\.\d % → (9\d|100)\.\d %, (9\d|100)\.\d % on average over 20/,
    );
    expect(outcome.stdout).toMatch(/ {2}before: red \d+\.\d %, blue /);
    expect(outcome.stdout).toContain('on the file as it was saved, all of it, stretched to 8×8:');
    expect(outcome.stdout).toMatch(/ {2}its middle square: blue \d+\.\d % → (9\d|100)\.\d %/);
    const again = await dream('--redo', 'blue.png', '-o', 'again.png');
    expect(again).toMatchObject({ code: 0, stderr: expect.not.stringContaining('note') as string });
    expect(readFileSync(join(folder, 'again.png'))).toEqual(readFileSync(join(folder, 'blue.png')));
  });

  it('says where the description of the model has changed since', async () => {
    const path = join(folder, 'models', 'reddish', 'model.json');
    writeFileSync(path, JSON.stringify({ ...description, input: { range: [0, 1] } }));
    const again = await dream('--redo', 'blue.png', '-o', 'otherwise.png');
    writeFileSync(path, JSON.stringify(description));
    expect(again.code).toBe(0);
    expect(again.stderr).toContain('note: The model.json of reddish says something else of its ');
  });

  it.each([
    ['least-difference.png', 'black.png', 'the picture itself'],
    ['photo.png', 'least-difference.png', 'the mask'],
  ])('does not write over what it reads: %s, masked by %s', async (picture, mask, what) => {
    const path = join(folder, 'least-difference.png');
    const bytes = readFileSync(join(folder, 'photo.png'));
    writeFileSync(path, bytes);
    const env = { MODELS_DIR: join(folder, 'models') };
    const written =
      what === 'the mask'
        ? ['--mask', mask, '-o', 'least-difference.png']
        : ['--perturb', '-o', 'least.png'];
    const args = [picture, ...usual, '--class', 'blue', ...written];
    const { code, stderr } = await runCli(args, { cwd: folder, env });
    expect(stderr).toContain(`the output "least-difference.png" is ${what}, which would be lost`);
    expect(code).toBe(2);
    expect(readFileSync(path)).toEqual(bytes);
    rmSync(path);
  });

  it('refuses noise of more pixels than it may have', async () => {
    const args = [...usual, '--class', 'blue', '--from', 'noise', '--size', '60000'];
    const env = { MODELS_DIR: join(folder, 'models') };
    const { code, stderr } = await runCli(args, { cwd: folder, env });
    expect(stderr).toContain('noise of 60000×60000 has 3600000000 pixels; 64000000 are the most');
    expect(code).toBe(1);
  });

  it('finds the smallest change, and shows it', async () => {
    const outcome = await dream('--class', 'blue', '--perturb', '-o', 'least.png', '--json');
    expect(outcome.code).toBe(0);
    const told = JSON.parse(outcome.stdout) as { difference: string; evidence: Evidence };
    expect(told.difference).toBe('least-difference.png');
    expect(told.evidence.after[0]!.label).toBe('blue');
    expect(told.evidence.before[0]!.label).toBe('red');
    const picture = await sharp(join(folder, told.difference)).metadata();
    expect(picture).toMatchObject({ width: 48, height: 36 });
  });

  it('keeps to a mask, and asks for it again', async () => {
    const outcome = await dream(
      '--class',
      'blue',
      '--mask',
      'black.png',
      '-o',
      'masked.png',
      '--json',
    );
    const { evidence } = JSON.parse(outcome.stdout) as { evidence: Evidence };
    expect(evidence.psnr).toBeNull();
    const again = await dream('--redo', 'masked.png', '-o', 'unmasked.png');
    expect(again.stderr).toContain('note: The picture was made with a mask, and not with this');
  });

  it('keeps the dreams of a sheet to it too', async () => {
    const outcome = await dream('--sheet', 'conv', '--mask', 'black.png', '--json');
    const { notices } = JSON.parse(outcome.stdout) as { notices: string[] };
    expect(notices).toContainEqual(expect.stringContaining('The mask is black everywhere'));
  });

  it('answers a class that is none with the nearest', async () => {
    const outcome = await dream('--class', 'bleu');
    expect(outcome).toMatchObject({ code: 2, stdout: '' });
    expect(outcome.stderr).toContain("dream: no class is named 'bleu'; nearest: blue, red");
  });

  it('refuses the classes of a model that screens pictures as an option that cannot be', async () => {
    const args = ['photo.png', '--model', 'mobilenet_v2', '--class', 'drawing'];
    const { code, stderr } = await runCli(args, { cwd: folder });
    expect(stderr).toContain('the classes of mobilenet_v2 are for screening pictures');
    expect(code).toBe(2);
  });
});

it('has recipes of its own for classes and for noise', async () => {
  const recipeOf = async (given: Record<string, unknown>) =>
    (await baselineOf(readSettings(given), given)).recipe;
  expect(await recipeOf({ class: 'me' })).toEqual({ ...classRecipe, class: 'me' });
  expect(await recipeOf({ class: 'me', from: 'noise' })).toEqual({ ...noiseRecipe, class: 'me' });
  expect(await recipeOf({ class: 'me', preset: 'caffe' })).toEqual({
    ...presets.caffe,
    class: 'me',
  });
});
