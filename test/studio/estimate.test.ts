import { describe, expect, it } from 'vitest';
import { Estimator, finishTimes } from '../../src/studio/estimate.ts';
import { memoryShelf } from '../helpers/memory-shelf.ts';
import { job, models } from '../helpers/studio.ts';

describe('the estimate', () => {
  it('follows the measured speed of a model, and keeps it', async () => {
    const shelf = memoryShelf();
    const estimator = await Estimator.open(shelf);
    const before = estimator.seconds('small', 1e12);
    expect(before).toBeGreaterThan(1);
    await estimator.learn('small', 1e9, 1);
    const [one, two] = [estimator.seconds('small', 1e9), estimator.seconds('small', 2e9)];
    expect(two - one).toBeCloseTo(1);
    // What is known of one says something of all.
    expect(estimator.seconds('other', 1e9)).toBe(one);
    expect((await Estimator.open(shelf)).seconds('small', 1e9)).toBe(one);
    for (let times = 0; times < 20; times++) await estimator.learn('small', 1e9, 3);
    expect(estimator.seconds('small', 1e9) - one).toBeCloseTo(2, 1);
  });

  it('goes only a part of the way to each new measurement', async () => {
    const estimator = await Estimator.open(memoryShelf());
    await estimator.learn('small', 1e9, 2);
    const before = estimator.seconds('small', 1e9);
    await estimator.learn('small', 1e9, 8);
    const after = estimator.seconds('small', 1e9);
    expect(after - before).toBeGreaterThan(0.5);
    expect(after - before).toBeLessThan(3);
  });

  it('adds up what waits, over all processes', () => {
    expect(finishTimes([10], [5, 5, 1], 1)).toEqual([15, 20, 21]);
    expect(finishTimes([10], [5, 5, 1], 2)).toEqual([5, 10, 11]);
    expect(finishTimes([], [5], 1)).toEqual([5]);
  });

  it('knows a deep network’s work from a shallow one’s', async () => {
    const facts = { rows: 96, columns: 96, originalRows: 96, originalColumns: 96, note: [] };
    const work = async (layer: string, steps = 2): Promise<number> => {
      const recipe = { ...job.recipe, layer, steps };
      return (await models.weigh({ ...job, recipe }, facts)).units;
    };
    const shallow = await work('block_1_expand');
    expect(await work('block_8_expand')).toBeGreaterThan(1.5 * shallow);
    expect(await work('block_1_expand', 4)).toBeCloseTo(2 * shallow);
  });
});
