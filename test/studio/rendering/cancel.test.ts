/** A cancel that comes when the last step is done. */
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { encodePicture, readPicture } from '../../../src/dream/picture.ts';
import { MODELS } from '../../../src/studio/descriptions.ts';
import { Renderer } from '../../../src/studio/rendering/renderer.ts';
import { temporaryFolder } from '../../helpers/folder.ts';
import { job } from '../../helpers/studio.ts';

const folder = temporaryFolder();

it('leaves no result', async () => {
  const picturePath = join(folder, 'picture.png');
  const resultPath = join(folder, 'result.png');
  const { image } = await readPicture('examples/clouds.png', { maxSide: 64 });
  await writeFile(picturePath, await encodePicture(image, { format: 'png' }));
  const { rows, columns } = image;
  const controller = new AbortController();
  const rendering = new Renderer().render(
    {
      ...{ job, picturePath, resultPath, modelsFolder: MODELS, screening: 'off', version: '0' },
      facts: { rows, columns, originalRows: rows, originalColumns: columns, note: [] },
      ...{ engine: { engine: 'onnx', threads: 1 }, measurements: join(folder, 'engines.json') },
    },
    {
      signal: controller.signal,
      progress: ({ fraction }) => {
        if (fraction === 1) controller.abort();
      },
    },
  );
  await expect(rendering).rejects.toMatchObject({ code: 'cancelled' });
  expect(existsSync(resultPath)).toBe(false);
});
