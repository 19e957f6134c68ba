/** Models brought and removed by the chat: the whole bot, on the local page. */
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commands } from '../../commands/index.ts';
import { Models } from '../../src/studio/models.ts';
import { temporaryFolder } from '../helpers/folder.ts';
import { kerasFile, smallWeights } from '../helpers/model-files.ts';
import type { Seen, Who } from '../helpers/platform-harness.ts';
import { startTestBot } from '../helpers/test-bot.ts';
import type { TestBot } from '../helpers/test-bot.ts';
import { webHarness } from '../helpers/web-harness.ts';

const folder = temporaryFolder();
const models = join(folder, 'models');
mkdirSync(models);
const network = await kerasFile(smallWeights());
const zip = zipSync({
  'face/small.h5': network,
  'face/labels.txt': strToU8('0 me\n1 you\n2 nobody\n'),
});
const MOST = 2 ** 20;

let bot: TestBot;
const harness = await webHarness(commands);

beforeAll(async () => {
  bot = await startTestBot(
    join(folder, 'data'),
    (studio) =>
      harness.connect({
        shelf: studio.shelf,
        pictures: { read: (id) => studio.result(id.split('/')[0]!) },
      }),
    {
      models: new Models({ folder: models, deepLayers: true }),
      adding: {
        mayAdd: ({ id }) => id === 'ann',
        environment: { PATH: process.env['PATH'] },
        maxBytes: MOST,
      },
    },
  );
});

afterAll(async () => {
  await bot.stop();
  await harness.close();
});

/** @returns the newest message, as soon as it is what is waited for. */
async function answer(
  ask: () => Promise<void>,
  who: Who,
  isIt: (seen: Seen) => boolean,
): Promise<Seen> {
  const before = new Set((await harness.messages(who)).map(({ id }) => id));
  await ask();
  for (;;) {
    const changed = harness.changed();
    const found = (await harness.messages(who)).find((seen) => !before.has(seen.id) && isIt(seen));
    if (found) return found;
    await changed;
  }
}

function add(
  values: Readonly<Record<string, string>>,
  file?: Uint8Array,
  who: Who = 'ann',
): Promise<Seen> {
  const ask = () => harness.command(who, 'models add', values, file);
  return answer(
    ask,
    who,
    ({ text }) => !/One moment|looking at the network|was removed/.test(text),
  );
}

describe('a model from the chat', () => {
  it('is looked at, listed, dreamed on and removed', async () => {
    const added = await add({ name: 'face' }, zip);
    expect(added.text).toContain('`/dream model:face class:me`');
    expect(added.private).toBe(false);
    expect(added.fields).toContain('Format: Keras HDF5 (.h5): small.h5');
    expect(added.fields).toContain('Input: 16×16, colour');
    expect(added.fields).toMatch(/^Range: -1\.\.1: its normalisations remember/m);
    expect(added.fields).toContain('Classes: 3 (labels.txt): me, you, nobody');
    expect(added.fields).toMatch(
      /^What it says of our picture of clouds: [\d.]+ % (me|you|nobody) · /m,
    );
    expect(readdirSync(models)).toEqual(['face']);

    const list = () => harness.command('bob', 'models list', {});
    const listed = await answer(list, 'bob', ({ text }) => text.includes('Models'));
    expect(listed.fields).toMatch(/^face: face · dreams at /m);

    const recipe = { model: 'face', class: 'me', size: '64', octaves: '1', steps: '1' };
    const dream = () => harness.command('bob', 'dream', recipe);
    const dreamed = await answer(dream, 'bob', ({ buttons }) =>
      buttons.some(({ label }) => label === 'Deeper'),
    );
    expect(dreamed.fields).toContain('me');

    const taken = await add({ name: 'face' }, zip);
    expect(taken.text).toContain("There is a model named 'face' already");

    const notAllowed = () => harness.command('bob', 'models remove', { model: 'face' });
    const refused = await answer(notAllowed, 'bob', ({ private: alone }) => alone);
    expect(refused.text).toContain('web:bob');
    expect(existsSync(join(models, 'face'))).toBe(true);
    const remove = () => harness.command('ann', 'models remove', { model: 'face' });
    await answer(remove, 'ann', ({ text }) => text === '**face** was removed, with its files.');
    expect(readdirSync(models)).toEqual([]);
  }, 120_000);

  it('is named, scaled and labelled as its person says', async () => {
    const said = { range: '0, 1', labels: 'a,b b,c', shown: 'middle,0.875' };
    const added = await add({ name: 'said', ...said }, network);
    expect(added.fields).toContain('Range: 0..1: you said so');
    const shown = "the middle 88 %, cut to the network's shape";
    expect(added.fields).toContain(`Shown: ${shown}: you said so`);
    const show = () => harness.command('bob', 'models show', { model: 'said' });
    const described = await answer(show, 'bob', ({ text }) => text.includes('**said**'));
    expect(described.fields).toContain(`Shown: ${shown}`);
    expect(added.fields).toContain('Classes: 3 (your labels): a, b b, c');
    const remove = () => harness.command('ann', 'models remove', { model: 'said' });
    await answer(remove, 'ann', ({ text }) => text.startsWith('**said** was removed'));
  }, 60_000);
});

describe('refused, with nothing left behind, is', () => {
  it.each([
    [
      'somebody whom the host has not named',
      {},
      zip,
      'bob',
      /MODEL_ADMINS, in its \.env: `web:bob`/,
    ],
    ['what is no model', { name: 'x' }, strToU8('no model'), 'ann', /format that is not known/],
    ['an archive that is cut off', { name: 'x' }, zip.subarray(0, 900), 'ann', /./],
    ['a name with a path', { name: '../x' }, zip, 'ann', /cannot be named '\.\.\/x'/],
    [
      'a file that is too large',
      { name: 'x' },
      new Uint8Array(MOST + 1),
      'ann',
      /larger than 1 MB/,
    ],
    [
      'a range that is none',
      { name: 'x', range: '1,0' },
      zip,
      'ann',
      /range: expected two numbers/,
    ],
    ['a list of other classes', { name: 'x', labels: 'a,b' }, zip, 'ann', /holds 2 classes/],
    ['a line without a file', { name: 'x' }, undefined, 'ann', /[Ff]ile is missing/],
  ] as const)(
    '%s',
    async (_, values, file, who, told) => {
      const { text, fields } = await add(values, file, who);
      expect(text).toMatch(told);
      expect(`${text}${fields}`).not.toContain('/tmp');
      expect(text).not.toContain('can dream now');
      expect(readdirSync(models)).toEqual([]);
    },
    60_000,
  );
});

it('nobody is left waiting', async () => {
  expect(await bot.studio.shelf.list('pending-models')).toEqual([]);
});
