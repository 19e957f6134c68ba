import { dreamJob, noChange, recipeOptions } from '../../commands/dream-options.ts';
import { checkValues } from '../../src/chat/values.ts';
import { classRecipe } from '../../src/dream/class-recipes.ts';
import { PRESET_NAMES } from '../../src/dream/presets.ts';
import { Models } from '../../src/studio/models.ts';
import { describe, expect, it } from 'vitest';
import { commandFor } from '../../src/chat/command-text.ts';
import { parseCommandText } from '../../src/chat/text.ts';
import { duration, finalMessage, progressMessage } from '../../src/chat/words.ts';
import { commands } from '../../commands/index.ts';
import { presets } from '../../src/dream/presets.ts';
import type { Evidence } from '../../src/studio/evidence.ts';
import type { DreamJob, Order } from '../../src/studio/order.ts';

const JOB: DreamJob = {
  kind: 'dream',
  model: 'inception_v3',
  recipe: { ...presets.default, layer: 'mixed3 + mixed5', steps: 20, seed: 7 },
  size: 512,
  deepLayers: false,
};

const ORDER: Order = {
  id: 'abcdefghijkl',
  requester: { id: 'ann', name: 'Ann' },
  place: { platform: 'stage', channel: 'main' },
  address: {},
  job: JOB,
  source: { from: 'attachment', name: 'sea.png', reference: 'r' },
  event: 'e1',
  spoiler: true,
  state: 'queued',
  createdAt: 0,
  updatedAt: 0,
  crashes: 0,
  deliveryBegun: false,
};

const nothing = (): Promise<Uint8Array> => Promise.reject(new Error('not asked for'));

describe('what is said about an order', () => {
  it('says its place', () => {
    const queued = (ahead: number, eta: number | null) =>
      progressMessage(ORDER, { state: 'queued', ahead, eta }).text;
    expect(queued(0, null)).toBe('**Dream of mixed3 + mixed5** · next in line');
    expect(queued(1, 70)).toBe('**Dream of mixed3 + mixed5** · 1 dream before it');
    expect(queued(12, 600)).toContain('12 dreams before it');
  });

  it('shows how far it is, with the picture as it stands and a way to end it', async () => {
    const message = progressMessage(ORDER, {
      state: 'rendering',
      fraction: 0.996,
      eta: 3,
      octave: 2,
      octaves: 4,
      preview: new Uint8Array([255, 216, 255]),
    });
    expect(message.text).toBe('**Dream of mixed3 + mixed5** · octave 2 of 4');
    expect(message.progress).toEqual({ fraction: 0.996, eta: 3 });
    expect(message.buttons).toMatchObject([{ action: 'cancel:abcdefghijkl' }]);
    expect(message.picture).toMatchObject({ spoiler: true, id: null });
    expect(await message.picture!.fileWithin(1)).toMatchObject({ contentType: 'image/jpeg' });
  });

  it('offers another try only where it may help', () => {
    const failed = (code: 'render-crashed' | 'picture-too-small') =>
      finalMessage({ ...ORDER, state: 'failed', failure: { code, message: 'it failed' } }, nothing);
    expect(failed('render-crashed').buttons).toHaveLength(1);
    expect(failed('picture-too-small')).toEqual({
      text: 'It failed.',
      tone: 'problem',
      buttons: [],
    });
  });

  it('tells who attached no picture what the dream is on', () => {
    const textOf = (
      source: Order['source'],
      inContest = false,
      from: 'picture' | 'noise' = 'picture',
    ) => {
      const job = { ...JOB, recipe: { ...JOB.recipe, from } };
      const result = { rows: 1, columns: 1, formula: 'f', notices: [], engine: 'e', seconds: 1 };
      const done = { ...ORDER, source, job, state: 'rendered', result: { ...result, scores: [] } };
      return finalMessage(done as Order, nothing, inContest)
        .text.split('\n')
        .slice(1);
    };
    const clouds = { from: 'clouds' } as const;
    expect(textOf(clouds)).toEqual([
      'On the clouds that come with the bot: attach a picture to dream on yours.',
    ]);
    expect(textOf(clouds, true)).toEqual(['On the clouds that come with the bot.']);
    expect(textOf(clouds, false, 'noise')).toEqual([]);
    expect(textOf(ORDER.source)).toEqual([]);
  });

  it('offers to show a change that nobody sees, in place of another seed', () => {
    const result = { rows: 1, columns: 1, formula: 'f', notices: [], engine: 'e', seconds: 1 };
    const buttonsOf = (strength?: number) => {
      const recipe = {
        ...JOB.recipe,
        class: 'me',
        ...(strength === undefined ? {} : { strength }),
      };
      const job = { ...JOB, recipe };
      const done = { ...ORDER, job, state: 'rendered', result: { ...result, scores: [] } } as const;
      return finalMessage(done, nothing).buttons!.map(({ label }) => label);
    };
    expect(buttonsOf()).toContain('Again');
    expect(buttonsOf()).not.toContain('Difference');
    expect(buttonsOf(0)).toContain('Difference');
    expect(buttonsOf(0)).not.toContain('Again');
  });

  it('tells what the model was shown, also of orders that do not say it', () => {
    const share = { label: 'me', probability: 1 };
    const target = { ...share, weight: 1, before: 0, shifted: 0.5 };
    const evidence = {
      ...{ place: null, size: { rows: 8, columns: 8 }, stretched: true, views: 20 },
      ...{ targets: [target], before: [share], after: [share], others: [], psnr: 50, curve: [] },
    };
    const said = (more: Partial<Evidence>): string => {
      const result = { rows: 1, columns: 1, formula: 'f', notices: [], engine: 'e', seconds: 1 };
      const all = { ...result, scores: [], evidence: { ...evidence, ...more } };
      const { fields } = finalMessage({ ...ORDER, state: 'rendered', result: all }, nothing);
      return fields!.find(({ name }) => name === 'The model says')!.value;
    };
    expect(said({})).toContain('Shown all of it, stretched to 8×8.');
    expect(said({})).not.toContain('resized');
    expect(said({ targets: [{ ...target, resized: 0.45 }] })).toContain(
      '50 % over 20 shifts and scalings, 45 % at least if resized as other programs do',
    );
    const shown = { part: 'middle', share: 1 } as const;
    expect(said({ view: 'middle', shown })).toContain(
      'Shown its middle square, as its program shows it.',
    );
  });

  it('describes the picture for those who do not see it', () => {
    const result = {
      rows: 341,
      columns: 512,
      formula: 'f',
      notices: ['Shrunk.'],
      engine: 'e',
      seconds: 12.3,
      scores: [],
    };
    const message = finalMessage({ ...ORDER, state: 'rendered', result }, nothing);
    expect(message.picture!.alt).toBe(
      'A DeepDream of mixed3 + mixed5 of inception_v3 on sea.png, 512 by 341 pixels',
    );
    expect(message.text).toBe('**Dream of mixed3 + mixed5**\nShrunk.');
    expect(message.picture!.beforeId).toBe('abcdefghijkl/source');
  });

  it('names the class that grew, and shows nothing before what came out of noise', () => {
    const result = { rows: 1, columns: 2, formula: 'f', notices: [], engine: 'e', seconds: 1 };
    const picture = (more: Partial<DreamJob['recipe']>) => {
      const job = { ...JOB, recipe: { ...classRecipe, layer: 'mixed3', class: 'cat', ...more } };
      const done = { ...ORDER, job, state: 'rendered', result: { ...result, scores: [] } } as const;
      return finalMessage(done, nothing).picture!;
    };
    expect(picture({}).alt).toBe('A DeepDream of cat of inception_v3 on sea.png, 2 by 1 pixels');
    expect(picture({}).beforeId).toBe('abcdefghijkl/source');
    const { alt, beforeId } = picture({ from: 'noise' });
    expect(alt).toBe('A DeepDream of cat of inception_v3 out of noise, 2 by 1 pixels');
    expect(beforeId).toBeUndefined();
  });
});

describe('the command that makes a dream again', () => {
  it('is read back as it was meant', () => {
    const text = commandFor(JOB);
    expect(text).toBe('/dream layer:"mixed3 + mixed5" steps:20 size:512 seed:7');
    expect(parseCommandText(text, commands).values).toEqual({
      layer: 'mixed3 + mixed5',
      steps: '20',
      size: '512',
      seed: '7',
    });
  });
});

describe('the command of a dream in a style', () => {
  it.each(PRESET_NAMES)('%s makes the same dream again', async (style) => {
    const context = { models: new Models(), settings: { largestSize: 1024, deepLayers: false } };
    const asked = { ...noChange, style, model: 'inception_v3' };
    const made = await dreamJob(context as never, asked);
    const { values } = parseCommandText(commandFor(made), commands);
    const options = checkValues(recipeOptions, values);
    expect(await dreamJob(context as never, options)).toEqual(made);
    // As a form sends it whose boxes are left empty.
    const unticked = await dreamJob(context as never, { ...options, place: false });
    expect(commandFor(unticked)).toBe(commandFor(made));
  });
});

describe('durations', () => {
  it.each([
    [0.2, '1 s'],
    [59, '59 s'],
    [119, '2 min'],
    [3599, '1 h'],
    [3600, '1 h'],
    [4900, '1 h 22 min'],
  ])('%d', (seconds, words) => {
    expect(duration(seconds)).toBe(words);
  });
});
