/** Options in words, in this process: what is expected, what is found, which option it is. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommanderError } from 'commander';
import sharp from 'sharp';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { baselineOf } from '../../src/cli/baseline.ts';
import { dreamCommand } from '../../src/cli/dream-command.ts';
import { explain } from '../../src/cli/failure.ts';
import { fileName, formatNotices } from '../../src/cli/output.ts';
import { buildProgram } from '../../src/cli/program.ts';
import type { Given } from '../../src/cli/program.ts';
import { recipeOptions } from '../../src/cli/recipe-options.ts';
import { readSettings } from '../../src/cli/settings.ts';
import { DEFAULT_MAX_PIXELS } from '../../src/dream/picture.ts';
import { presets } from '../../src/dream/presets.ts';
import { recipeSchema } from '../../src/dream/recipe.ts';
import type { Recipe } from '../../src/dream/recipe.ts';
import { DreamError } from '../../src/kit/errors.ts';
import { temporaryFolder } from '../helpers/folder.ts';
import { noisyJpeg } from '../helpers/pictures.ts';

const folder = temporaryFolder();
const photo = join(folder, 'photo.jpg');
const plain = join(folder, 'plain.png');

beforeAll(async () => {
  writeFileSync(photo, await noisyJpeg(128, 96));
  await sharp(photo).png().toFile(plain);
});

/** Through commander, as a command line is. */
async function given(args: readonly string[]): Promise<Given> {
  let seen: Given = {};
  const program = buildProgram('0', {
    dream: (_, options) => {
      seen = options;
      return Promise.resolve();
    },
    doctor: () => Promise.resolve(),
    models: () => Promise.reject(new Error('nobody asked for models')),
  });
  await program.exitOverride().parseAsync(args, { from: 'user' });
  return seen;
}

async function recipeOf(...args: string[]): Promise<Recipe> {
  const options = await given(args);
  return (await baselineOf(readSettings(options), options)).recipe;
}

describe('recipe options', () => {
  it('exist for every field, and for nothing else', () => {
    const fields = recipeOptions.map(({ field }) => field).sort();
    expect(fields).toEqual(Object.keys(recipeSchema.shape).sort());
  });

  it('change nothing unless given', async () => {
    expect(await recipeOf()).toEqual(presets.default);
    expect(await recipeOf('--preset', 'keras')).toEqual(presets.keras);
  });

  it('replace what the preset says', async () => {
    const recipe = await recipeOf(
      ...['--layer', 'mixed3:7', '--measure', 'mean', '--octave-scale', '1.25', '--steps', '3'],
      ...[
        '--blur',
        '0.5,2.5',
        '--bands',
        '3,1.5',
        '--local-energy',
        '20,0.5',
        '--no-clip',
        '--reinject',
        'none',
      ],
      ...['--stop-at-score', '4', '--seed', '4294967295', '--step-size', '.5'],
    );
    expect(recipe).toEqual({
      ...presets.default,
      ...{ layer: 'mixed3:7', measure: 'mean', octaveScale: 1.25, steps: 3, seed: 4294967295 },
      ...{
        blur: [0.5, 2.5],
        bands: { levels: 3, growth: 1.5 },
        localEnergy: { sigma: 20, floor: 0.5 },
      },
      ...{ clip: false, reinject: 'none', stopAtScore: 4, stepSize: 0.5 },
    });
  });

  it('switch a step off by none', async () => {
    const off = await recipeOf('--bands', 'none', '--local-energy', 'none', '--blur', 'none');
    expect([off.bands, off.localEnergy, off.blur]).toEqual([undefined, undefined, undefined]);
    expect(
      (await recipeOf('--preset', 'keras', '--stop-at-score', 'none')).stopAtScore,
    ).toBeUndefined();
    expect((await recipeOf('--preset', 'keras', '--clip')).clip).toBe(true);
  });
});

describe('bad options', () => {
  it.each([
    [['--steps', 'NaN'], "--steps: expected a number; got 'NaN'"],
    [['--steps', ''], "--steps: expected a number; got ''"],
    [['--steps', '0x10'], "--steps: expected a number; got '0x10'"],
    [['--steps', 'Infinity'], "--steps: expected a number; got 'Infinity'"],
    [['--steps', '1.5'], "--steps: expected a whole number; got '1.5'"],
    [['--steps', '1001'], "--steps: expected a number of at most 1000; got '1001'"],
    [['--steps', 'none'], "--steps: expected a number; got 'none'"],
    [['--octaves', '-3'], "--octaves: expected a number of at least 1; got '-3'"],
    [['--octave-scale', '1'], "--octave-scale: expected a number above 1; got '1'"],
    [['--seed', '-1'], "--seed: expected a number of at least 0; got '-1'"],
    [['--whiten', '2'], "--whiten: expected a number of at most 1; got '2'"],
    [['--measure', 'median'], "--measure: expected one of mean-square, mean; got 'median'"],
    [['--layer', ''], "--layer: expected a text that is not empty; got ''"],
    [['--blur', '1'], "--blur: expected two numbers; got '1'"],
    [['--blur', '1,2,3'], "--blur: expected two numbers; got '1,2,3'"],
    [['--blur', '1,x'], "--blur: expected a number for its '2'; got '1,x'"],
    [['--bands', '4'], "--bands: expected a number for its 'growth'; got '4'"],
    [['--bands', '4,2,1'], "--bands: expected fewer numbers; got '4,2,1'"],
    [['--windows', '4,0.6'], "--windows: expected a number for its 'rotation'; got '4,0.6'"],
    [['--windows', '4,0.6,'], "--windows: expected a number for its 'rotation'; got '4,0.6,'"],
    [['--windows', '4,0.6,10,1'], "--windows: expected fewer numbers; got '4,0.6,10,1'"],
    [
      ['--local-energy', '0,1'],
      "--local-energy: expected a number above 0 for its 'sigma'; got '0,1'",
    ],
    [['--size', '0'], "--size: expected a number of at least 1; got '0'"],
    [['--threads', '1.5'], "--threads: expected a whole number; got '1.5'"],
    [['--quality', '101'], "--quality: expected a number of at most 100; got '101'"],
    [['--max-pixels', 'lots'], "--max-pixels: expected a number; got 'lots'"],
    [['--preset', 'caffee'], '--preset: expected one of default, caffe, '],
    [['--class', 'me', '--layer', 'mixed4'], 'a dream of a class (me) has no layer'],
    [['--preset', 'keras', '--redo', 'x.png'], '--redo takes its recipe from the PNG'],
  ])('%j', async (args, message) => {
    const error: unknown = await recipeOf(...args).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(DreamError);
    const { words, exitCode } = explain(error, true);
    expect(words).toContain(`dream: ${message}`);
    expect(exitCode).toBe(2);
  });

  it.each<[string, string[], number, RegExp]>([
    [photo, ['--output', 'a.bmp'], 2, /Pictures are written as .* but "a\.bmp"/],
    [photo, ['--output', photo], 2, /is the picture itself, which would be lost/],
    [photo, ['--max-pixels', '100'], 1, /128 x 96 = 12288 pixels; at most 100 are read/],
    [photo, ['--layer', 'mixed7'], 2, /'mixed7' lies beyond 'mixed5'[^]*--deep-layers/],
    [photo, ['--layer', 'mixed4:'], 2, /expected a layer, .*; got 'mixed4:'/],
    [photo, ['--layer', 'dense_3', '--deep-layers'], 2, /'dense_3' has no rows and columns/],
    [
      photo,
      ['--engine', 'fast'],
      2,
      /--engine: expected one of auto, onnx, tensorflow; got 'fast'/,
    ],
    [photo, ['--provider', 'abacus'], 2, /--provider: expected one of cpu, .*; got 'abacus'/],
    [photo, ['--model', '../models'], 2, /no model is named '\.\.\/models'/],
    [photo, ['--layer', 'mixed4:5000'], 2, /has channels 0 to 767; got 5000/],
    [photo, ['--sheet', 'mixed0,nowhere'], 2, /no layer is named 'nowhere'/],
    [
      photo,
      ['--sheet', '--class', 'me'],
      2,
      /--sheet shows layers, and a dream of a class has none/,
    ],
    [photo, ['--sheet', '--layer', 'mixed4'], 2, /a dream for each of its layers\n.*after --sheet/],
    [photo, ['--redo', plain], 1, /cannot be dreamed again: it holds no recipe/],
    [photo, ['--redo', join(folder, 'no.png')], 1, /no\.png" does not exist/],
  ])('%s %j', async (picture, args, code, message) => {
    const output = join(folder, 'a.png');
    const options = await given(['--output', output, ...args]);
    const error: unknown = await dreamCommand(picture, options).catch((reason: unknown) => reason);
    const { words, exitCode } = explain(error, true);
    expect(words).toMatch(message);
    expect(exitCode).toBe(code);
    expect(existsSync(output)).toBe(false);
  });
});

describe('notes on the format', () => {
  const alpha = new Uint8Array(1);

  it.each([
    ['jpeg', { alpha }, {}, undefined, ['A .jpg is never transparent']],
    ['webp', { alpha }, {}, 50, []],
    ['png', { alpha }, { perturb: true }, 50, ['A .png loses nothing']],
    ['jpeg', {}, {}, 50, []],
    ['webp', {}, { perturb: true }, undefined, ['a .webp loses: a .png keeps it']],
  ] as const)('%s %j %j %s', (format, picture, recipe, quality, beginnings) => {
    const notices = formatNotices({ path: 'a', format }, { picture, recipe }, { quality });
    expect(notices).toHaveLength(beginnings.length);
    for (const [index, words] of beginnings.entries()) expect(notices[index]).toContain(words);
  });
});

describe('a line that the grammar does not take', () => {
  it.each([
    [['models', 'show'], "dream: missing required argument 'name'"],
    [['doctor', 'twice'], 'dream: too many arguments'],
    [['My', 'photo.jpg'], 'write "a name" with spaces'],
    [['--lyaer', 'mixed4'], 'Did you mean --layer?'],
  ])('%j is refused alike in every command', async (args, words) => {
    let said = '';
    const program = buildProgram('0', {
      dream: async () => {},
      doctor: async () => {},
      models: () => Promise.reject(new Error('nobody asked for models')),
    });
    const { stderr } = process;
    const write = vi.spyOn(stderr, 'write').mockImplementation((text) => {
      said += String(text);
      return true;
    });
    const parsed = program.parseAsync(args, { from: 'user' });
    await expect(parsed).rejects.toBeInstanceOf(CommanderError);
    write.mockRestore();
    expect(said).toContain(words);
  });
});

describe('the help', () => {
  it('shows every option of a recipe with its default', () => {
    const help = buildProgram('0', {
      dream: async () => {},
      doctor: async () => {},
      models: () => Promise.reject(new Error('nobody asked for models')),
    }).helpInformation();
    for (const { words } of recipeOptions) {
      expect(help.replace(/\s+/g, ' ')).toContain(`${words} (default: `);
    }
    expect(help).toContain(`(default: ${DEFAULT_MAX_PIXELS})`);
  });
});

describe('failures', () => {
  it('are explained without a stack, unless someone debugs a defect', () => {
    const error = new DreamError('bad-picture', 'no picture', 'try another');
    expect(explain(error, true)).toEqual({
      words: 'dream: no picture\n       try another',
      exitCode: 1,
    });
    const defect = new TypeError('x is undefined\nmore');
    expect(explain(defect, false).words).toBe(
      'dream: a defect: x is undefined (DREAM_DEBUG=1 shows where)',
    );
    expect(explain(defect, true).words).toContain('options.test.ts');
    expect(explain('thrown', false)).toMatchObject({ exitCode: 1 });
  });
});

describe('the name of a dream', () => {
  it.each([
    ['photo', ['mixed5'], 'photo-mixed5'],
    ['a b\nc', ['not dog', 'redo'], 'a-b-c-not-dog-redo'],
    ['../../etc', ['a:1,b:2'], '..-..-etc-a-1-b-2'],
  ])('is made of %j and %j', (stem, endings, name) => {
    expect(fileName(stem, ...endings)).toBe(name);
  });

  it.each(['x'.repeat(245), '\u65e5'.repeat(83), '\u{1d49c}'.repeat(62)])(
    'keeps its endings and fits a disk, of %s',
    (stem) => {
      for (const endings of [['mixed0'], ['mixed5', 'redo'], ['m'.repeat(1000), 'redo']]) {
        const name = fileName(stem, ...endings);
        expect(Buffer.byteLength(name)).toBeLessThanOrEqual(120);
        expect(name).not.toMatch(/\p{Surrogate}/u);
        expect(name.startsWith(stem.slice(0, 4))).toBe(true);
        expect(name.endsWith(`-${endings.at(-1)!}`)).toBe(true);
        expect(fileName(`${stem}.2`, ...endings)).not.toBe(name);
        expect(fileName(stem, ...endings)).toBe(name);
      }
    },
  );
});
