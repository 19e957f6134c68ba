/** A database that fails while it is noted down what became of a render. */
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DreamError } from '../../src/kit/errors.ts';
import { silentLog } from '../../src/kit/log.ts';
import { Bells } from '../../src/studio/bells.ts';
import { EarlyEnds } from '../../src/studio/early-ends.ts';
import type { Estimator } from '../../src/studio/estimate.ts';
import { CRASHED } from '../../src/studio/failure.ts';
import { Notes } from '../../src/studio/notes.ts';
import { noObserver } from '../../src/studio/observer.ts';
import type { OrderState } from '../../src/studio/order.ts';
import type { Rendered, RenderTask } from '../../src/studio/rendering/messages.ts';
import type { RenderPool } from '../../src/studio/rendering/pool.ts';
import { Renders } from '../../src/studio/renders.ts';
import { openDatabase } from '../../src/studio/store/database.ts';
import type { OpenDatabase } from '../../src/studio/store/database.ts';
import type { OrderChange, StoredOrder } from '../../src/studio/store/order-rows.ts';
import { OrderStore } from '../../src/studio/store/orders.ts';
import { temporaryFolder } from '../helpers/folder.ts';
import { newOrder, TestLog } from '../helpers/studio.ts';

const folder = temporaryFolder();
const FAILED = 'a render could not be noted down';
/** So long that a test would not end. */
const FOR_EVER = 2 ** 30;

let count = 0;
let database: OpenDatabase;
let store: OrderStore;

beforeEach(async () => {
  database = await openDatabase(join(folder, `${(count += 1)}`), silentLog);
  store = new OrderStore(database.tables);
});

afterEach(() => database.close());

/** A store that refuses changes as long as the test says so. */
function failing(refuses: (change: OrderChange) => boolean): Pick<OrderStore, 'change'> {
  return {
    change: (id, from, change) =>
      refuses(change)
        ? Promise.reject(new Error('disk I/O error'))
        : store.change(id, from, change),
  };
}

/** Refuses so many times, then no more. */
function times(failures: number): () => boolean {
  return () => failures-- > 0;
}

async function queuedOrder(): Promise<StoredOrder> {
  const { order } = await store.add(newOrder(), () => undefined);
  return (await store.change(order.id, ['received'], { state: 'queued' }))!;
}

const rendered: Rendered = {
  result: {
    ...{ rows: 1, columns: 1, formula: '', notices: [], engine: 'none', seconds: 1, scores: [] },
  },
  stepSeconds: 1,
};

function rendersOn(
  failingStore: Pick<OrderStore, 'change'>,
  log: TestLog,
  run: RenderPool['run'] = () => Promise.resolve(rendered),
) {
  return new Renders({
    ...{ store: failingStore, log, concurrency: 1, maxSeconds: 60, observer: noObserver },
    ...{ firstPause: 1, taskOf: () => ({}) as RenderTask, changed: () => undefined },
    estimator: {
      seconds: () => 0,
      learn: () => Promise.resolve(),
    } as Partial<Estimator> as Estimator,
    pool: { run, close: () => Promise.resolve() },
  });
}

describe('an order that cannot go on', () => {
  it('ends once the database takes it', async () => {
    const { order } = await store.add(newOrder(), () => undefined);
    const log = new TestLog();
    const renders = rendersOn(failing(times(2)), log);
    const bells = new Bells();
    const bell = bells.listen(order.id);
    const ends = new EarlyEnds({ store, renders, bells, observer: noObserver });
    await ends.fail(order.id, CRASHED);
    await bell.next();
    expect(await store.stateOf(order.id)).toBe('failed');
    expect(log.of(FAILED)).toHaveLength(2);
    await renders.close(0);
  });

  it.each(['fail', 'cancel'] as const)(
    'is told to whoever watches where the answer to its %s was lost',
    async (how) => {
      const { order } = await store.add(newOrder(), () => undefined);
      let lost = 1;
      const losing: Pick<OrderStore, 'change'> = {
        change: async (...args) => {
          const changed = await store.change(...args);
          if (lost-- > 0) throw new Error('connection lost');
          return changed;
        },
      };
      const renders = rendersOn(losing, new TestLog());
      const bells = new Bells();
      const bell = bells.listen(order.id);
      const parts = { store: losing as OrderStore, renders, bells, observer: noObserver };
      const ends = new EarlyEnds(parts);
      if (how === 'fail') await ends.fail(order.id, CRASHED);
      else await expect(ends.cancel(order.id)).rejects.toThrow('connection lost');
      const told = await Promise.race([bell.next().then(() => true), setImmediate(false)]);
      expect(told).toBe(true);
      await renders.close(0);
    },
  );
});

describe('what becomes of a render', () => {
  it('is noted down when the database works again', async () => {
    const log = new TestLog();
    const order = await queuedOrder();
    const renders = rendersOn(failing(times(5)), log);
    renders.add(order, 1);
    renders.start();
    await log.until('rendered');
    expect(await store.stateOf(order.id)).toBe('rendered');
    expect(log.of(FAILED)).toHaveLength(5);
    await renders.close(0);
  });

  it('does not hold up the next one', async () => {
    const log = new TestLog();
    const [stuck, next] = [await queuedOrder(), await queuedOrder()];
    const renders = rendersOn(
      {
        change: (id, from, change) =>
          id === stuck.id ? Promise.reject(new Error('locked')) : store.change(id, from, change),
      },
      log,
    );
    for (const order of [stuck, next]) renders.add(order, 1);
    renders.start();
    expect(await log.until('rendered')).toMatchObject({ order: next.id });
    await renders.close(0);
    // The next start takes it up.
    expect(await store.stateOf(stuck.id)).toBe('queued');
  });
});

describe('the beginning of a render', () => {
  it('counts also where the database took it and did not say so', async () => {
    const order = await queuedOrder();
    let [tries, noted] = [0, (): void => undefined];
    const twice = new Promise<void>((resolve) => (noted = resolve));
    const forgetful: Pick<OrderStore, 'change'> = {
      change: async (id, from, change) => {
        const changed = await store.change(id, from, change);
        if (change.state !== 'rendering') return changed;
        tries += 1;
        if (tries === 1) throw new Error('Connection terminated unexpectedly');
        noted();
        return changed;
      },
    };
    const renders = rendersOn(forgetful, new TestLog(), async (_, { signal }) => {
      await twice;
      await setImmediate();
      if (signal?.aborted) throw new DreamError('cancelled', 'the dream was cancelled');
      return rendered;
    });
    renders.add(order, 1);
    renders.start();
    await twice;
    await renders.close(60_000);
    expect(await store.stateOf(order.id)).toBe('rendered');
  });
});

it('a render whose order has ended in that moment is stopped', async () => {
  const order = await queuedOrder();
  let aborted = false;
  const renders = rendersOn(store, new TestLog(), async (_, { signal }) => {
    await new Promise((resolve) => {
      signal!.addEventListener('abort', resolve, { once: true });
    });
    aborted = true;
    throw new DreamError('cancelled', 'the dream was cancelled');
  });
  await store.change(order.id, ['queued'], { state: 'cancelled' });
  renders.add(order, 1);
  renders.start();
  await renders.close(60_000);
  expect(aborted).toBe(true);
  expect(await store.stateOf(order.id)).toBe('cancelled');
});

describe('notes', () => {
  it('of one order stay in order, and fail for none of them', async () => {
    const { id } = await queuedOrder();
    const log = new TestLog();
    const notes = new Notes({ store: failing(times(2)), log, firstPause: 1 });
    const states: readonly [OrderState, OrderState][] = [
      ['queued', 'rendering'],
      ['rendering', 'queued'],
      ['queued', 'rendering'],
    ];
    const noted = await Promise.all(
      states.map(([from, state]) => notes.note(id, [from], { state })),
    );
    expect(noted.map((order) => order?.state)).toEqual(['rendering', 'queued', 'rendering']);
    expect(log.of(FAILED).map(({ state }) => state)).toEqual(['rendering', 'rendering']);
    await notes.close();
  });

  it('are tried once more when the bot ends, and then left to the next start', async () => {
    const { id } = await queuedOrder();
    const log = new TestLog();
    let works = false;
    const notes = new Notes({ store: failing(() => !works), log, firstPause: FOR_EVER });
    const noted = notes.note(id, ['queued'], { state: 'rendering' });
    await log.until(FAILED);
    works = true;
    await notes.close();
    expect(await noted).toMatchObject({ state: 'rendering' });
    works = false;
    expect(await notes.note(id, ['rendering'], { state: 'rendered' })).toBeNull();
    expect(await store.stateOf(id)).toBe('rendering');
  });
});
