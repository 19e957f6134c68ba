/** The text of a PNG comes from whoever made the PNG. */
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { baselineOf } from '../../src/cli/baseline.ts';
import { readSettings } from '../../src/cli/settings.ts';
import { imprintText, readImprint } from '../../src/studio/imprint.ts';
import type { Imprint } from '../../src/studio/imprint.ts';
import { createImage } from '../../src/dream/image.ts';
import { encodePicture } from '../../src/dream/picture.ts';
import { presets } from '../../src/dream/presets.ts';
import { temporaryFolder } from '../helpers/folder.ts';

const folder = temporaryFolder();
const path = join(folder, 'dreamed.png');

const imprint: Imprint = {
  recipe: presets.default,
  model: 'inception_v3',
  modelHash: '0'.repeat(64),
  engine: { description: 'onnxruntime', request: { engine: 'onnx', provider: 'cpu', threads: 2 } },
  size: 1024,
  version: '0.1.0',
};

async function write(text: Record<string, string>): Promise<void> {
  writeFileSync(path, await encodePicture(createImage(4, 4), { format: 'png', text }));
}

describe('the imprint of a PNG', () => {
  beforeEach(() => write(imprintText(imprint)));

  it('is read back', async () => {
    expect(await readImprint(path)).toEqual(imprint);
  });

  it('does not depend on the order in which a recipe is written', () => {
    const turned = Object.fromEntries(
      Object.entries(presets.default).reverse(),
    ) as typeof presets.default;
    expect(imprintText({ ...imprint, recipe: turned })).toEqual(imprintText(imprint));
  });

  it.each<[string, unknown, RegExp]>([
    ['no JSON', '{', /its recipe is not JSON/],
    ['another form', '[]', /not one of this version/],
    ['no numbers', { ...imprint, recipe: { ...presets.default, steps: 'many' } }, /recipe\.steps/],
    [
      'far too much work',
      { ...imprint, recipe: { ...presets.default, steps: 1e9 } },
      /recipe\.steps/,
    ],
    ['an unknown field', { ...imprint, recipe: { ...presets.default, evil: 1 } }, /recipe/],
    ['a polluted prototype', '{"__proto__": {"model": "x"}}', /not one of this version/],
    [
      'another engine',
      { ...imprint, engine: { description: '', request: { engine: 'rm -rf', provider: '' } } },
      /engine\.request\.engine/,
    ],
    ['a hash that is none', { ...imprint, modelHash: 'x' }, /modelHash/],
  ])('is refused with %s', async (_, value, message) => {
    await write({ Dream: typeof value === 'string' ? value : JSON.stringify(value) });
    await expect(readImprint(path)).rejects.toMatchObject({
      code: 'bad-picture',
      message: expect.stringMatching(message) as string,
    });
  });

  it('asks for no more threads than this machine has cores', async () => {
    const request = { ...imprint.engine.request, threads: 1000 };
    await write(imprintText({ ...imprint, engine: { description: '', request } }));
    const given = { redo: path };
    const { engine } = await baselineOf(readSettings(given), given);
    expect(engine).toEqual({ ...request, threads: availableParallelism() });
  });

  it('is missed where there is none', async () => {
    await write({ Software: 'another program' });
    await expect(readImprint(path)).rejects.toThrow('it holds no recipe');
  });
});
