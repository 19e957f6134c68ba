import { beforeAll, describe, expect, it } from 'vitest';
import { createImage } from '../../src/dream/image.ts';
import type { Image } from '../../src/dream/image.ts';
import { presets } from '../../src/dream/presets.ts';
import type { Recipe } from '../../src/dream/recipe.ts';
import type { Ascent, GradientEngine } from '../../src/engines/engine.ts';
import { onnxEngine } from '../../src/engines/onnx.ts';
import { seededRandom } from '../../src/kit/random.ts';
import { parseObjective } from '../../src/objectives/parse.ts';
import { loadModel } from '../../src/studio/catalogue.ts';
import type { Model } from '../../src/studio/catalogue.ts';
import { hasLayers, smallestSide, withObjective } from '../../src/studio/layers.ts';
import { planRender } from '../../src/studio/render.ts';
import { pictureNotices } from '../../src/studio/plan.ts';
import type { RenderPlan } from '../../src/studio/render.ts';

let model: Model;
let inception: Model;

beforeAll(async () => {
  [model, inception] = await Promise.all([loadModel('mobilenet_v2'), loadModel('inception_v3')]);
});

const recipe: Recipe = { ...presets.default, layer: 'block_1_expand', octaves: 2, steps: 2 };

function noise(rows: number, columns: number): Image {
  const random = seededRandom(1);
  const image = createImage(rows, columns);
  image.data.forEach((_, index) => (image.data[index] = 255 * random.uniform()));
  return image;
}

function pictureOf(
  rows: number,
  columns: number,
): { image: Image; originalRows: number; originalColumns: number } {
  return { image: noise(rows, columns), originalRows: rows, originalColumns: columns };
}

async function finish(
  plan: RenderPlan,
  engine: GradientEngine,
  signal?: AbortSignal,
): Promise<Image> {
  const frames = plan.run(engine, signal);
  for (;;) {
    const next = await frames.next();
    if (next.done) return next.value;
  }
}

/** An engine that climbs nothing and counts what it was asked for. */
function fakeEngine(at: Ascent['at']): GradientEngine & { disposed: number } {
  const engine = {
    name: 'fake',
    disposed: 0,
    describe: () => 'fake',
    prepare: () =>
      Promise.resolve({
        calibrate: () => Promise.resolve(),
        at,
        dispose: () => {
          engine.disposed++;
          return Promise.resolve();
        },
      }),
    evaluate: () => Promise.reject(new Error('not needed')),
  };
  return engine;
}

describe('a plan', () => {
  it('dreams: same plan, same picture, of the size of the given one', async () => {
    const plan = planRender(model, { picture: pictureOf(48, 56), recipe });
    expect(plan).toMatchObject({ formula: 'mean(block_1_expand²)', notices: [] });
    expect(plan.sizes).toEqual([
      { rows: 34, columns: 40 },
      { rows: 48, columns: 56 },
    ]);
    const engine = onnxEngine({ threads: 1 });
    const image = await finish(plan, engine);
    expect([image.rows, image.columns]).toEqual([48, 56]);
    expect(image.data).not.toEqual(noise(48, 56).data);
    expect((await finish(plan, engine)).data).toEqual(image.data);
  });

  it('tells what a person should know', () => {
    const picture = {
      ...pictureOf(40, 50),
      originalRows: 400,
      originalColumns: 500,
      note: ['Two frames.'],
    };
    const { notices } = planRender(model, { picture, recipe: { ...recipe, octaves: 4 } });
    expect(notices).toEqual([
      'Two frames.',
      'The picture was shrunk from 500×400 to 50×40 pixels.',
      "1 of 4 octaves: 3 would have a side under the network's minimum of 32 pixels",
    ]);
  });

  it('tells nothing of the size of a picture in place of which there is noise', () => {
    const picture = { ...pictureOf(40, 50), originalRows: 400, originalColumns: 500 };
    expect(pictureNotices({ picture, recipe })).toHaveLength(1);
    expect(pictureNotices({ picture, recipe: { ...recipe, from: 'noise' } })).toEqual([]);
  });

  it('refuses before anything is loaded', () => {
    const plan = (layer: string, deepLayers?: boolean): RenderPlan =>
      planRender(inception, {
        picture: pictureOf(300, 300),
        recipe: { ...recipe, layer },
        ...(deepLayers === undefined ? {} : { deepLayers }),
      });
    expect(() => plan('mixd4')).toThrow("no layer is named 'mixd4'; nearest: mixed4");
    expect(() => plan('mixed4:768')).toThrow('has channels 0 to 767; got 768');
    expect(() => plan('mixed3,mixed8:0.5,mixed7')).toThrow(
      "layer 'mixed8', 'mixed7' lies beyond 'mixed5'",
    );
    expect(() => plan('mixed6:pre')).toThrow("'mixed6' lies beyond");
    expect(plan('mixed8', true).formula).toBe('mean(mixed8²)');
    // A class is never what is dreamed of, deep layers or not.
    expect(() => plan('dense_3', true)).toThrow('has no rows and columns');
  });

  it('asks for as large a picture as the layer needs', () => {
    const sideFor = (layer: string, border: number): number =>
      smallestSide(
        withObjective(inception.graph, parseObjective(layer, { measure: 'mean', border })),
      );
    expect(sideFor('mixed5', 0)).toBe(43);
    expect(sideFor('mixed10', 0)).toBe(75);
    expect(sideFor('mixed5', 2)).toBeGreaterThan(43 + 3 * 16);
    const small = { picture: pictureOf(60, 60), recipe: { ...recipe, layer: 'mixed5' } };
    expect(() => planRender(inception, small)).toThrow('need at least 75 on each side');
  });
});

describe('a run', () => {
  it('gives back what the engine took, also when a step fails', async () => {
    const plan = planRender(model, { picture: pictureOf(40, 40), recipe });
    const failing = fakeEngine(() => Promise.reject(new Error('out of memory')));
    await expect(finish(plan, failing)).rejects.toThrow('out of memory');
    expect(failing.disposed).toBe(1);
  });

  it('ends within a step when it is cancelled, before the engine starts if it can', async () => {
    const plan = planRender(model, { picture: pictureOf(40, 40), recipe: { ...recipe, steps: 3 } });
    const controller = new AbortController();
    let steps = 0;
    const engine = fakeEngine(({ data }) => {
      if (++steps === 2) controller.abort();
      return Promise.resolve({ score: 1, gradient: data.slice() });
    });
    await expect(finish(plan, engine, controller.signal)).rejects.toMatchObject({
      code: 'cancelled',
    });
    expect([steps, engine.disposed]).toEqual([2, 1]);
    await expect(finish(plan, engine, controller.signal)).rejects.toMatchObject({
      code: 'cancelled',
    });
    expect([steps, engine.disposed]).toEqual([2, 1]);
  });
});

it('a model has the layers that a recipe names, or not', () => {
  expect(hasLayers(inception, 'mixed2:0.2,mixed3:pre:0.5')).toBe(true);
  expect(hasLayers(model, 'mixed2:0.2')).toBe(false);
});
