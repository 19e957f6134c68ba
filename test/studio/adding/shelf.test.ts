import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { addModel, removeModel } from '../../../src/studio/adding/shelf.ts';
import { MODELS } from '../../../src/studio/descriptions.ts';
import { Models } from '../../../src/studio/models.ts';
import { temporaryFolder } from '../../helpers/folder.ts';
import { kerasFile, smallWeights, tfjsFiles } from '../../helpers/model-files.ts';

const folder = temporaryFolder();
const models = join(folder, 'models');
const path = join(folder, 'small.h5');
const labels = join(folder, 'labels.txt');
writeFileSync(path, await kerasFile(smallWeights()));
writeFileSync(labels, 'a\nb\nc');
const apart = { environment: {} };

describe('adding a model', () => {
  it('puts it where it can be dreamed on; replacing it is noticed', async () => {
    const added = await addModel({ path, name: 'mine' }, models, apart);
    expect(added.folder).toBe(join(models, 'mine'));
    expect(readdirSync(models)).toEqual(['mine']);
    const host = new Models({ folder: models });
    expect(await host.describe('mine')).toMatchObject({ title: 'mine', labels: ['a', 'b', 'c'] });

    await expect(addModel({ path, name: 'mine' }, models, apart)).rejects.toThrow('already');
    const overrides = { title: 'Another' };
    await addModel({ path, name: 'mine', overrides, replace: true }, models, apart);
    expect(await host.describe('mine')).toMatchObject({ title: 'Another' });

    await removeModel('mine', models);
    expect(readdirSync(models)).toEqual([]);
    await expect(host.describe('mine')).rejects.toMatchObject({ code: 'unknown-model' });
  });

  it('that fails leaves everything as it was', async () => {
    const broken = join(folder, 'broken.h5');
    writeFileSync(broken, 'no network');
    mkdirSync(join(models, 'old'), { recursive: true });
    writeFileSync(join(models, 'old', 'model.json'), '{}');
    const attempt = addModel({ path: broken, name: 'old', replace: true }, models, apart);
    await expect(attempt).rejects.toThrow("'broken.h5': it has a format that is not known");
    expect(readdirSync(models)).toEqual(['old']);
    expect(existsSync(join(models, 'old', 'model.json'))).toBe(true);
    await removeModel('old', models);
  });

  it.each(['../mine', 'a/b', '', '.hidden', 'x'.repeat(61), 'ö'])(
    'refuses the name %j',
    async (name) => {
      await expect(addModel({ path, name }, models, apart)).rejects.toMatchObject({
        code: 'bad-option',
      });
    },
  );

  it('that takes too long or too much is given up', async () => {
    const slow = addModel({ path, name: 'slow' }, models, { ...apart, deadline: 1 });
    await expect(slow).rejects.toThrow(/took more than 0.001 s/);
    const heavy = addModel({ path, name: 'heavy' }, models, { ...apart, memory: 2 ** 20 });
    await expect(heavy).rejects.toThrow(process.platform === 'linux' ? /took more than 1 MB/ : /./);
    expect(readdirSync(models)).toEqual([]);
  });
});

describe('removing a model', () => {
  it('leaves those that come with the program', async () => {
    await expect(removeModel('inception_v3', MODELS)).rejects.toMatchObject({
      code: 'not-allowed',
    });
    await expect(removeModel('../models', MODELS)).rejects.toMatchObject({ code: 'unknown-model' });
  });
});

describe('folders that are dropped into the folder of models', () => {
  it('are described; what is wrong with the others is told', async () => {
    const dropped = join(folder, 'dropped');
    for (const [name, bytes] of Object.entries(tfjsFiles(smallWeights()))) {
      mkdirSync(join(dropped, 'good'), { recursive: true });
      writeFileSync(join(dropped, 'good', name), bytes);
    }
    mkdirSync(join(dropped, 'bad'));
    writeFileSync(join(dropped, 'bad', 'm.onnx'), 'version https://git-lfs.github.com/spec/v1\n');
    mkdirSync(join(dropped, 'empty'));
    const host = new Models({ folder: dropped });
    const broken = await host.broken(60_000);
    expect(broken.map(({ name }) => name)).toEqual(['bad', 'empty']);
    expect(broken[0]!.error.message).toContain("'m.onnx': it is a git LFS pointer");
    expect(broken[1]!.error.message).toContain('there is no network');
    expect(await host.names()).toEqual(['good']);
    expect(await host.describe('good')).toMatchObject({ source: { file: 'network.json' } });
  });

  it('keep nobody waiting who asks for a list', async () => {
    const waiting = join(folder, 'waiting');
    mkdirSync(join(waiting, 'new'), { recursive: true });
    writeFileSync(join(waiting, 'new', 'm.h5'), 'x');
    const host = new Models({ folder: waiting });
    const [first] = await host.broken(0);
    expect(first!.error.message).toContain('ask again');
    const [second] = await host.broken(60_000);
    expect(second!.error.message).toContain('format that is not known');
  });
});
