import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { silentLog } from '../../src/kit/log.ts';
import { Housekeeping, tidyUp } from '../../src/studio/housekeeping.ts';
import { openDatabase } from '../../src/studio/store/database.ts';
import { OrderStore } from '../../src/studio/store/orders.ts';
import { PictureFolder } from '../../src/studio/store/pictures.ts';
import { temporaryFolder } from '../helpers/folder.ts';
import { newOrder, TestLog } from '../helpers/studio.ts';

const folder = temporaryFolder();
const DAY = 86_400_000;

it('removes old orders with their pictures, but what is needed or not delivered stays', async () => {
  const database = await openDatabase(join(folder, 'data'), silentLog);
  const store = new OrderStore(database.tables);
  const pictures = await PictureFolder.open(join(folder, 'pictures'));
  const keep = async (state: 'delivered' | 'rendered', days: number): Promise<string> => {
    const { order } = await store.add(newOrder(), () => undefined);
    await store.change(order.id, ['received'], { state });
    const at = Date.now() - days * DAY;
    const changed = database.tables.updateTable('orders').set({ updated_at: at });
    await changed.where('id', '=', order.id).execute();
    writeFileSync(pictures.path(order.id, 'source'), 'a picture');
    return order.id;
  };
  const [old, needed] = [await keep('delivered', 40), await keep('delivered', 40)];
  const [waiting, young] = [await keep('rendered', 40), await keep('delivered', 20)];
  const keeping = { days: 30, needed: (id: string) => Promise.resolve(id === needed) };
  expect(await tidyUp({ store, pictures, keeping })).toEqual({ orders: 1, pictures: 1 });
  expect(await store.find(old)).toBeNull();
  expect(existsSync(pictures.path(old, 'source'))).toBe(false);
  for (const id of [needed, waiting, young]) {
    expect(await store.find(id)).toMatchObject({ id });
    expect(existsSync(pictures.path(id, 'source'))).toBe(true);
  }
  await database.close();
});

it('removes pictures alone where there are too many: their buttons say so', async () => {
  const database = await openDatabase(join(folder, 'many'), silentLog);
  const store = new OrderStore(database.tables);
  const pictures = await PictureFolder.open(join(folder, 'many-pictures'));
  const keep = async (): Promise<string> => {
    const { order } = await store.add(newOrder(), () => undefined);
    await store.change(order.id, ['received'], { state: 'delivered' });
    writeFileSync(pictures.path(order.id, 'result'), 'a picture');
    return order.id;
  };
  const [id, needed] = [await keep(), await keep()];
  const keeping = { bytes: 1, needed: (order: string) => Promise.resolve(order === needed) };
  expect(await tidyUp({ store, pictures, keeping })).toEqual({ orders: 0, pictures: 1 });
  await pictures.check(needed, 'result');
  expect(await store.find(id)).toMatchObject({ state: 'delivered' });
  await expect(pictures.check(id, 'result')).rejects.toMatchObject({
    ...{ code: 'unknown-order', message: expect.stringContaining('not kept any more') as string },
  });
  await database.close();
});

it('looks once a day also where nothing is delivered', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const database = await openDatabase(join(folder, 'quiet'), silentLog);
  const store = new OrderStore(database.tables);
  const pictures = await PictureFolder.open(join(folder, 'quiet-pictures'));
  const log = new TestLog();
  const housekeeping = new Housekeeping({ store, pictures, keeping: {}, log });
  try {
    await housekeeping.begin();
    writeFileSync(pictures.path('0123456789ab', 'source'), 'of an order that is gone');
    vi.advanceTimersByTime(DAY);
    expect(await log.until('old orders removed')).toEqual({ orders: 0, pictures: 1 });
    await housekeeping.end();
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
    await database.close();
  }
});
