import { beforeAll, describe, expect, it } from 'vitest';
import { readPicture } from '../../src/dream/picture.ts';
import type { Image } from '../../src/dream/image.ts';
import { chooseEngine } from '../../src/engines/choose.ts';
import type { GradientEngine } from '../../src/engines/engine.ts';
import { loadModel } from '../../src/studio/catalogue.ts';
import { explicitShare, Screen } from '../../src/studio/screening.ts';

describe('screening', () => {
  let engine: GradientEngine;
  let clouds: Image;

  beforeAll(async () => {
    ({ engine } = await chooseEngine({ engine: 'onnx', provider: 'cpu' }));
    clouds = (await readPicture('examples/clouds.png', { maxSide: 299 })).image;
  });

  it('adds up the classes that mark a picture', () => {
    const model = { labels: ['a', 'b', 'c'], explicitLabels: ['a', 'c'] };
    expect(explicitShare(model, [0.25, 0.5, 0.25])).toBe(0.5);
    expect(explicitShare({ ...model, explicitLabels: [] }, [1, 0, 0])).toBe(0);
  });

  it('lets clouds pass', async () => {
    expect(await new Screen(engine).isDoubtful(clouds)).toBe(false);
  });

  it('doubts a picture of the classes that are marked', async () => {
    const model = await loadModel('inception_v3');
    // No explicit picture is kept for tests: what the clouds are taken for is marked instead.
    const marked = { ...model, explicitLabels: ['Neutral', 'Drawing'] };
    expect(await new Screen(engine, () => Promise.resolve(marked)).isDoubtful(clouds)).toBe(true);
  });

  it('looks again after a failure', async () => {
    let failures = 1;
    const screen = new Screen(engine, () =>
      failures-- > 0 ? Promise.reject(new Error('too many open files')) : loadModel('inception_v3'),
    );
    await expect(screen.isDoubtful(clouds)).rejects.toThrow('too many open files');
    expect(await screen.isDoubtful(clouds)).toBe(false);
  });
});
