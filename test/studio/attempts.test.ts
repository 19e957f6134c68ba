/** How often an order is tried, over the lives of several bots. */
import { describe, expect, it } from 'vitest';
import { Attempts } from '../../src/studio/attempts.ts';
import { ProcessCrash } from '../../src/studio/processes/task-process.ts';
import type { RenderTask } from '../../src/studio/rendering/messages.ts';
import { begin } from '../../src/studio/running.ts';
import type { StoredOrder } from '../../src/studio/store/order-rows.ts';
import { TestLog } from '../helpers/studio.ts';

/** An order of so many crashes, and a process that dies of it. */
async function tried(crashes: number) {
  const tasks: RenderTask[] = [];
  const noted: number[] = [];
  const attempts = new Attempts({
    pool: {
      run: (task) => {
        tasks.push(task);
        return Promise.reject(new ProcessCrash('killed'));
      },
      close: () => Promise.resolve(),
    },
    ...{ log: new TestLog(), maxSeconds: 60, taskOf: () => ({}) as RenderTask },
    ...{ changed: () => undefined, crashed: (_, died) => noted.push(died) },
  });
  const order = { id: 'abcdefghijkl', crashes } as StoredOrder;
  const outcome = await attempts.outcomeOf(begin({ order, units: 1, seconds: 1 }));
  expect(outcome).toMatchObject({ kind: 'failed', failure: { code: 'render-crashed' } });
  return { noted, cautious: tasks.map((task) => task.cautious) };
}

describe('an order whose process dies', () => {
  it('is tried once more, on the processor', async () => {
    expect(await tried(0)).toEqual({ noted: [1, 2], cautious: [false, true] });
  });

  it('is tried no more where it has taken two down, though the bot went down before it was told', async () => {
    expect(await tried(1)).toEqual({ noted: [2], cautious: [true] });
    expect(await tried(2)).toEqual({ noted: [], cautious: [] });
  });
});
