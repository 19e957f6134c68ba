import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { DreamError } from '../../src/kit/errors.ts';
import { MODELS } from '../../src/studio/descriptions.ts';
import { Models } from '../../src/studio/models.ts';
import type { Job } from '../../src/studio/order.ts';
import { temporaryFolder } from '../helpers/folder.ts';
import { job, models } from '../helpers/studio.ts';

const folder = temporaryFolder();

describe('models', () => {
  it('are listed although one of them is broken', async () => {
    cpSync(join(MODELS, 'mobilenet_v2'), join(folder, 'mobilenet_v2'), { recursive: true });
    mkdirSync(join(folder, 'broken'));
    writeFileSync(join(folder, 'broken', 'model.json'), '{"title": 5}');
    const mine = new Models({ folder });
    expect(await mine.names()).toEqual(['mobilenet_v2']);
    const [broken] = await mine.broken();
    expect(broken).toMatchObject({ name: 'broken', error: { code: 'bad-model' } });
    await expect(mine.describe('broken')).rejects.toMatchObject({ code: 'bad-model' });
  });

  it('can be put right while the bot runs', async () => {
    const mine = new Models({ folder });
    const path = join(folder, 'late');
    await expect(mine.describe('late')).rejects.toMatchObject({ code: 'unknown-model' });
    cpSync(join(MODELS, 'mobilenet_v2'), path, { recursive: true });
    expect(await mine.describe('late')).toMatchObject({ title: 'MobileNet V2' });
  });

  it('are kept in memory, those asked for last, and others are loaded anew', async () => {
    const many = join(folder, 'many');
    const names = Array.from({ length: 10 }, (_, index) => `model${index}`);
    for (const name of names) {
      cpSync(join(MODELS, 'mobilenet_v2'), join(many, name), { recursive: true });
    }
    const mine = new Models({ folder: many });
    const described = new Map<string, unknown>();
    for (const name of names) described.set(name, await mine.describe(name));
    for (const other of ['none', 'such']) await expect(mine.describe(other)).rejects.toThrow();
    const kept: string[] = [];
    // The last first: what is loaded anew takes the room of the oldest.
    for (const name of names.toReversed()) {
      if ((await mine.describe(name)) === described.get(name)) kept.unshift(name);
    }
    expect(kept).toEqual(names.slice(2));
  });

  it('suggest names: beginning, holding, near', async () => {
    expect(await models.suggest('model', 'mob')).toEqual(['mobilenet_v2', 'mobilenet_v2_mid']);
    expect(await models.suggest('model', 'v3')).toEqual(['inception_v3']);
    expect((await models.suggest('model', 'mobylnet_v2'))[0]).toBe('mobilenet_v2');
    const layers = await models.suggest('layer', '', 'inception_v3');
    expect(layers.slice(0, 2)).toEqual(['mixed0', 'mixed1']);
    expect(layers).toHaveLength(25);
    expect((await models.suggest('layer', 'mixed2:0.2,mixed4', 'inception_v3'))[0]).toBe(
      'mixed2:0.2,mixed4',
    );
    expect(await models.suggest('layer', 'x', '../etc')).toEqual([]);
  });

  it('hold back layers beyond the deepest', async () => {
    expect(await models.layersOf('inception_v3')).not.toContain('mixed7');
    const deep = new Models({ deepLayers: true });
    expect(await deep.layersOf('inception_v3')).not.toContain('mixed7');
    expect(await deep.layersOf('inception_v3', true)).toContain('mixed7');
    expect(await models.layersOf('inception_v3', true)).not.toContain('mixed7');
  });

  it.each<[string, Job, string]>([
    ['an unknown model', { ...job, model: '../models/mobilenet_v2' }, 'unknown-model'],
    ['an unknown layer', { ...job, recipe: { ...job.recipe, layer: 'mixed99' } }, 'unknown-layer'],
    ['a deep layer', { ...job, recipe: { ...job.recipe, layer: 'Conv_1' } }, 'unknown-layer'],
    ['deep layers asked for', { ...job, deepLayers: true }, 'not-allowed'],
    ['a recipe that cannot be', { ...job, recipe: { ...job.recipe, steps: 1e9 } }, 'bad-option'],
    [
      'a sheet with one bad layer',
      { ...job, kind: 'sheet', layers: ['block_1_expand', 'no'] },
      'unknown-layer',
    ],
    [
      'a channel that is not there',
      { ...job, recipe: { ...job.recipe, layer: 'block_1_expand:9999' } },
      'bad-channel',
    ],
  ])('refuse a job with %s', async (_, wrong, code) => {
    const error: unknown = await models.checkJob(wrong).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'DreamError', code });
    // Nobody in a chat has a command line.
    expect((error as DreamError).hint ?? '').not.toContain('--');
  });

  it('take a job that can be', async () => {
    await expect(models.checkJob(job)).resolves.toBeUndefined();
  });
});
