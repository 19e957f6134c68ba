/** What one order may cost: asked before it is rendered, watched while it is. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { silentLog } from '../../src/kit/log.ts';
import { DreamError } from '../../src/kit/errors.ts';
import { presets } from '../../src/dream/presets.ts';
import { checkWeight } from '../../src/studio/allowance.ts';
import type { Estimator } from '../../src/studio/estimate.ts';
import { noObserver } from '../../src/studio/observer.ts';
import type { DreamJob } from '../../src/studio/order.ts';
import { Renders } from '../../src/studio/renders.ts';
import type { RenderTask } from '../../src/studio/rendering/messages.ts';
import { openDatabase } from '../../src/studio/store/database.ts';
import { OrderStore } from '../../src/studio/store/orders.ts';
import { temporaryFolder } from '../helpers/folder.ts';
import { noisyJpeg } from '../helpers/pictures.ts';
import { attachment, job, models, newOrder, openStudio } from '../helpers/studio.ts';

const folder = temporaryFolder();
const GUESS = 4e-11;
const HALF_AN_HOUR = 1800;

function factsOf(side: number) {
  return { rows: side, columns: side, originalRows: side, originalColumns: side, note: [] };
}

async function refusal(changes: Partial<DreamJob['recipe']>, size: number) {
  const recipe = { ...presets.default, layer: 'mixed5', ...changes };
  const asked: DreamJob = { ...job, model: 'inception_v3', recipe, size };
  const facts = factsOf(size);
  const weight = await models.weigh(asked, facts);
  try {
    checkWeight({ job: asked, facts, weight }, weight.units * GUESS, HALF_AN_HOUR);
    return null;
  } catch (error) {
    return error as { code: string; message: string; hint: string };
  }
}

describe('the allowance', () => {
  it('is enough for the largest picture by itself, and not for all limits at once', async () => {
    expect(await refusal({}, 1024)).toBeNull();
    expect(await refusal({}, 4096)).toBeNull();
    const monster = await refusal({ octaves: 12, octaveScale: 1.05, steps: 100 }, 4096);
    expect(monster).toMatchObject({ code: 'too-much-work' });
    expect(monster!.message).toMatch(/^this dream would take about \d+ minutes here; 30 minutes/);
  });

  it('names a size and a number of steps that do fit', async () => {
    const asked = { octaves: 12, octaveScale: 1.05, steps: 100 };
    const [, size, steps] = /size:(\d+) or steps:(\d+)/.exec((await refusal(asked, 4096))!.hint)!;
    expect(await refusal(asked, Number(size))).toBeNull();
    expect(await refusal({ ...asked, steps: Number(steps) }, 4096)).toBeNull();
    expect(Number(size)).toBeGreaterThan(512);
  });

  it('does not let octaves outgrow the memory, however few their steps', async () => {
    const { octaveScale, enlargements } = presets.tensorflow2;
    expect(await refusal({ octaveScale, enlargements, steps: 1 }, 4096)).toBeNull();
    const grown = await refusal({ octaveScale: 2.5, enlargements, steps: 1 }, 4096);
    expect(grown!.message).toContain('25600×25600 pixels');
  });
});

describe('an order', () => {
  it('beyond it fails before its picture is kept', async () => {
    const { studio } = await openStudio(join(folder, 'beyond'), { maxMinutes: 0.001 });
    const { id } = await studio.submit(newOrder({ source: attachment }));
    const refused = studio.supply(id, await noisyJpeg(64, 64));
    await expect(refused).rejects.toMatchObject({ code: 'too-much-work' });
    await expect(studio.source(id)).rejects.toMatchObject({ code: 'unknown-order' });
    await studio.close();
  });

  it('that takes far longer than was foreseen is stopped', async () => {
    const database = await openDatabase(join(folder, 'longer'), silentLog);
    const store = new OrderStore(database.tables);
    const { order } = await store.add(newOrder(), () => undefined);
    const queued = (await store.change(order.id, ['received'], { state: 'queued' }))!;
    const failed: string[] = [];
    const over = new Promise<void>((resolve) => {
      const renders = new Renders({
        ...{ store, concurrency: 1, maxSeconds: 0.001, log: silentLog },
        estimator: { seconds: () => 0 } as Partial<Estimator> as Estimator,
        observer: { ...noObserver, failed: (code) => void failed.push(code) },
        taskOf: () => ({}) as RenderTask,
        changed: () => {
          if (failed.length > 0) resolve();
        },
        pool: {
          close: () => Promise.resolve(),
          // Ends at the signal alone.
          run: (_, { signal }) =>
            new Promise((_done, reject) => {
              signal!.addEventListener('abort', () => {
                reject(new DreamError('cancelled', 'the dream was cancelled'));
              });
            }),
        },
      });
      renders.add(queued, 1);
      renders.start();
    });
    await over;
    expect(failed).toEqual(['too-much-work']);
    expect(await store.find(order.id)).toMatchObject({
      state: 'failed',
      failure: { code: 'too-much-work' },
    });
    await database.close();
  });
});
