/**
 * Makes docs/default-recipe.jpg: the clouds dreamed at three layers, with the levers of the
 * default recipe added one after the other.
 *
 *   node --import tsx examples/make-recipe-sheet.ts
 */
import sharp from 'sharp';
import type { OverlayOptions } from 'sharp';
import { encodePicture, readPicture } from '../src/dream/picture.ts';
import { presetNamed } from '../src/dream/presets.ts';
import type { Recipe } from '../src/dream/recipe.ts';
import { chooseEngine } from '../src/engines/choose.ts';
import { loadModel } from '../src/studio/catalogue.ts';
import { planRender } from '../src/studio/render.ts';

const WIDTH = 480;
const GAP = 4;
const LAYERS = ['mixed3', 'mixed4', 'mixed5'];

const { bands, localEnergy, ...rest } = presetNamed('default');
const plain: Recipe = { ...rest, naturalColour: 0, whiten: 0 };
const coloured: Recipe = { ...plain, naturalColour: 1 };
const banded: Recipe = { ...coloured, ...(bands ? { bands } : {}) };
const even: Recipe = { ...banded, ...(localEnergy ? { localEnergy } : {}) };
const rows = [plain, coloured, banded, even, presetNamed('default')];

const model = await loadModel('inception_v3');
const { engine } = await chooseEngine({ engine: 'auto' });
const picture = await readPicture('examples/clouds.png', { maxSide: WIDTH });
const tiles: OverlayOptions[] = [];
for (const [row, recipe] of rows.entries()) {
  for (const [column, layer] of LAYERS.entries()) {
    const frames = planRender(model, { picture, recipe: { ...recipe, layer } }).run(engine);
    let next = await frames.next();
    while (next.done !== true) next = await frames.next();
    tiles.push({
      input: await encodePicture(next.value, { format: 'png' }),
      left: column * (WIDTH + GAP),
      top: row * (picture.image.rows + GAP),
    });
  }
}
await sharp({
  create: {
    width: LAYERS.length * (WIDTH + GAP) - GAP,
    height: rows.length * (picture.image.rows + GAP) - GAP,
    channels: 3,
    background: '#ffffff',
  },
})
  .composite(tiles)
  .jpeg({ quality: 85 })
  .toFile('docs/default-recipe.jpg');
