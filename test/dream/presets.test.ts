/**
 * Presets: their constants, from the systems' own sources (../shared/reference/dreaming.md, whose
 * sections are named below), and what they make of a picture.
 *
 * The pictures are compared by fingerprints in test/expected/presets.json. After a change that is
 * meant to change pictures, look at them, and write the fingerprints anew:
 *
 *   UPDATE_EXPECTED=1 npx vitest run test/dream/presets.test.ts
 *
 * Dreaming is chaotic: noise of 1e-4 levels on the picture grows to whole levels within six steps.
 * So there are four steps, two for each of two octaves, all at mixed3. Measured: other kernels of
 * onnxruntime (its plain layout in place of its blocked one) change no bit, another preset at
 * least 20 of 64.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { dream } from '../../src/dream/dream.ts';
import type { Image } from '../../src/dream/image.ts';
import { planOctaves } from '../../src/dream/octaves.ts';
import { readPicture } from '../../src/dream/picture-read.ts';
import { PRESET_NAMES, presetNamed, presets } from '../../src/dream/presets.ts';
import type { PresetName } from '../../src/dream/presets.ts';
import { recipeSchema } from '../../src/dream/recipe.ts';
import type { Recipe } from '../../src/dream/recipe.ts';
import { onnxEngine } from '../../src/engines/onnx.ts';
import { parseObjective } from '../../src/objectives/parse.ts';
import { loadModel } from '../../src/studio/catalogue.ts';
import type { Model } from '../../src/studio/catalogue.ts';
import { fingerprintOf, unlikeness } from '../helpers/fingerprint.ts';
import type { Fingerprint } from '../helpers/fingerprint.ts';
import { at, drawn } from '../helpers/planes.ts';

/** Levels of 0..255 for each unit of a network's −1..1. */
const LEVELS = 127.5;
/** ImageNet's standard deviation for pictures of 0..1, in the mean of red, green and blue. */
const IMAGENET_DEVIATION = (0.229 + 0.224 + 0.225) / 3;

/** What none of the systems has: those levers are our own. */
const without = { whiten: 0, naturalColour: 0, seed: 0 };

const facts: Record<Exclude<PresetName, 'default'>, Recipe> = {
  // 1.1: inception_4c of GoogLeNet, for which mixed4 stands in; ½‖a‖² is the mean square, times a
  // constant that the normalisation takes away; scipy's zoom of order 1.
  caffe: {
    ...without,
    layer: 'mixed4',
    measure: 'mean-square',
    border: 0,
    octaves: 4,
    octaveScale: 1.4,
    enlargements: 0,
    reinject: 'before',
    resampling: 'bilinear-corners',
    steps: 10,
    stepSize: 1.5,
    jitter: 32,
    clip: true,
    normalise: 'mean-abs',
  },
  // 1.2 (b): sums over a[2:-2, 2:-2]² by the size of the whole layer; 0.01 of −1..1.
  keras: {
    ...without,
    layer: 'mixed2:0.2,mixed3:0.5,mixed4:2,mixed5:1.5',
    measure: 'mean-square',
    border: 2,
    octaves: 3,
    octaveScale: 1.4,
    enlargements: 0,
    reinject: 'after',
    resampling: 'bilinear-corners',
    steps: 20,
    stepSize: 0.01 * LEVELS,
    jitter: 0,
    clip: false,
    stopAtScore: 10,
    normalise: 'mean-abs',
  },
  // 1.4: render_deepdream on 0..255, mean(mixed4c²); rolls by U[0, 512), which is any shift.
  tensorflow: {
    ...without,
    layer: 'mixed4',
    measure: 'mean-square',
    border: 0,
    octaves: 4,
    octaveScale: 1.4,
    enlargements: 0,
    reinject: 'before',
    resampling: 'bilinear',
    steps: 10,
    stepSize: 1.5,
    jitter: 512,
    clip: false,
    normalise: 'mean-abs',
  },
  // 1.5: the sum of two layers' means; octaves −2 … 2 around the picture; 0.01 of −1..1.
  tensorflow2: {
    ...without,
    layer: 'mixed3:1,mixed5:1',
    measure: 'mean',
    border: 0,
    octaves: 2 - -2 + 1,
    octaveScale: 1.3,
    enlargements: 2,
    reinject: 'none',
    resampling: 'bilinear',
    steps: 50,
    stepSize: 0.01 * LEVELS,
    jitter: 512,
    clip: true,
    normalise: 'std',
  },
  // 1.7: relu4_3 of VGG16, for which mixed4 stands in; lr 0.09 on pictures divided by ImageNet's
  // deviation; blurred by (i + 1) / N · 2 + 0.5 in its step i of N = 10.
  pytorch: {
    ...without,
    layer: 'mixed4',
    measure: 'mean-square',
    border: 0,
    octaves: 4,
    octaveScale: 1.8,
    enlargements: 0,
    reinject: 'none',
    resampling: 'bilinear',
    steps: 10,
    stepSize: Number((0.09 * IMAGENET_DEVIATION * 255).toFixed(1)),
    jitter: 32,
    clip: true,
    normalise: 'standardise',
    blur: [(1 / 10) * 2 + 0.5, (10 / 10) * 2 + 0.5],
  },
};

describe('the constants of', () => {
  it.each(Object.keys(facts) as (keyof typeof facts)[])('%s are those of its system', (name) => {
    const { stepSize, blur, ...others } = facts[name];
    const preset: Recipe = presetNamed(name);
    expect(preset).toEqual({
      ...others,
      stepSize: expect.closeTo(stepSize, 9) as number,
      ...(blur ? { blur: blur.map((sigma) => expect.closeTo(sigma, 9) as number) } : {}),
    });
  });

  it('every preset are a recipe, and their layers an objective', () => {
    for (const name of PRESET_NAMES) {
      const preset: Recipe = presetNamed(name);
      expect(recipeSchema.parse(preset)).toEqual(preset);
      expect(parseObjective(preset.layer, preset).describe()).toContain('mean(mixed');
    }
    expect([...PRESET_NAMES].sort()).toEqual([...Object.keys(facts), 'default'].sort());
  });

  it('the default make natural colours of even channels, and keep detail', () => {
    expect(presets.default).toMatchObject({ naturalColour: 1, whiten: 0.5, reinject: 'before' });
  });
});

const FILE = new URL('../expected/presets.json', import.meta.url);
const TOLERANCE = { bits: 5, colours: 0.25 };

interface Expected {
  /** Of the picture that all were dreamed on. */
  readonly picture: Fingerprint;
  readonly dreams: Partial<Record<PresetName, Fingerprint>>;
}

describe('the picture that is dreamed by', () => {
  const found = new Map<PresetName, Fingerprint>();
  let expected: Expected;
  let picture: Image;
  let model: Model;

  /** 160 × 160 pixels of our clouds, each the mean of 3 × 3. */
  async function clouds(): Promise<Image> {
    const file = new URL('../../examples/clouds.png', import.meta.url);
    const { image } = await readPicture(readFileSync(file));
    return drawn(160, 160, (row, column, plane) => {
      let sum = 0;
      for (let down = 0; down < 3; down++) {
        for (let right = 0; right < 3; right++) {
          sum += at(image, plane, 16 + 3 * row + down, 144 + 3 * column + right);
        }
      }
      return sum / 9;
    });
  }

  async function dreamed(preset: Recipe): Promise<Image> {
    const recipe: Recipe = { ...preset, layer: 'mixed3', octaves: 2, steps: 2 };
    const { sizes } = planOctaves(160, 160, { ...recipe, minimumSide: 75 });
    expect(sizes).toHaveLength(2);
    const ascent = await onnxEngine().prepare(model.graph, parseObjective(recipe.layer, recipe));
    const steps = dream({ picture, recipe, ascent, sizes });
    for (;;) {
      const next = await steps.next();
      if (!next.done) continue;
      await ascent.dispose();
      return next.value;
    }
  }

  beforeAll(async () => {
    picture = await clouds();
    model = await loadModel('inception_v3');
    await model.ready([model.graph.layers.get('mixed3')!]);
    for (const name of PRESET_NAMES) {
      found.set(name, fingerprintOf(await dreamed(presetNamed(name)), picture));
    }
    const own = fingerprintOf(picture, { ...picture, data: picture.data.map(() => 0) });
    if (process.env['UPDATE_EXPECTED']) {
      const dreams = Object.fromEntries(found);
      writeFileSync(FILE, `${JSON.stringify({ picture: own, dreams }, null, 2)}\n`);
    }
    expected = JSON.parse(readFileSync(FILE, 'utf8')) as Expected;
    const { bits, colours } = unlikeness(own, expected.picture);
    if (bits > 0 || colours > 0.01) {
      throw new Error('examples/clouds.png has changed: see the head of this file');
    }
  });

  it.each(PRESET_NAMES)('%s is the one that was expected', (name) => {
    const { bits, colours } = unlikeness(found.get(name)!, expected.dreams[name]!);
    expect(bits).toBeLessThanOrEqual(TOLERANCE.bits);
    expect(colours).toBeLessThan(TOLERANCE.colours);
  });

  it.each(PRESET_NAMES)('%s is no other’s', (name) => {
    for (const other of PRESET_NAMES.filter((candidate) => candidate !== name)) {
      const { bits } = unlikeness(found.get(name)!, expected.dreams[other]!);
      expect(bits, other).toBeGreaterThan(2 * TOLERANCE.bits);
    }
  });

  it('a recipe with one constant changed is another picture', async () => {
    const changes: Partial<Recipe>[] = [
      { normalise: 'std' },
      { stepSize: 1.5 * 1.3 },
      { jitter: 0 },
      { reinject: 'none' },
      { naturalColour: 0.5 },
    ];
    for (const change of changes) {
      const image = await dreamed({ ...presets.caffe, ...change });
      const { bits, colours } = unlikeness(fingerprintOf(image, picture), expected.dreams.caffe!);
      const same = bits <= TOLERANCE.bits && colours < TOLERANCE.colours;
      expect(same, `${JSON.stringify(change)}: ${bits} bits, ${colours} levels`).toBe(false);
    }
  });
});
