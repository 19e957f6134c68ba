/** Orders and the shelf in every kind of database. */
import { expect, it } from 'vitest';
import { openDatabase } from '../../../src/studio/store/database.ts';
import { OrderStore } from '../../../src/studio/store/orders.ts';
import { databaseShelf } from '../../../src/studio/store/shelf.ts';
import { onEveryDatabase } from '../../helpers/databases.ts';
import { newOrder, TestLog } from '../../helpers/studio.ts';

onEveryDatabase('the memory', (home) => {
  it('keeps orders, each once, in the order in which they came', async () => {
    const database = await (await home()).open();
    const store = new OrderStore(database.tables);
    const wishes = Array.from({ length: 10 }, () => newOrder());
    const added = await Promise.all(
      [...wishes, ...wishes].map((wish) => store.add(wish, () => undefined)),
    );
    expect(added.filter(({ isNew }) => isNew)).toHaveLength(10);
    const stored = await store.inStates(['received']);
    expect(stored.map(({ event }) => event)).toEqual(wishes.map(({ event }) => event));
    const [first] = stored;
    expect(await store.change(first!.id, ['queued'], { state: 'failed' })).toBeNull();
    const changed = await store.change(first!.id, ['received'], { state: 'queued', crashes: 1 });
    expect(changed).toMatchObject({ state: 'queued', crashes: 1, createdAt: first!.createdAt });
    expect(await store.of({ platform: 'test', id: 'ada' }, 3)).toHaveLength(3);
    await store.remove(first!.id);
    expect(await store.find(first!.id)).toBeNull();
    await database.close();
  });

  it('keeps the shelf', async () => {
    const where = await home();
    const database = await where.open();
    const shelf = databaseShelf(database.tables);
    for (const key of ['c', 'a', 'b', 'a']) await shelf.put('letters', key, { key });
    await database.close();
    const again = await where.open();
    const read = databaseShelf(again.tables);
    expect(await read.list('letters', { last: 2 })).toEqual([
      { key: 'b', value: { key: 'b' } },
      { key: 'c', value: { key: 'c' } },
    ]);
    await again.close();
  });

  it('belongs to one bot at a time', async () => {
    const where = await home();
    const database = await where.open();
    await expect(where.open()).rejects.toMatchObject({ code: 'cannot-write' });
    await database.close();
    await (await where.open()).close();
  });
});

it('a server that cannot be reached is named without its password', async () => {
  const url = 'postgresql://dream:hush-hush@127.0.0.1:1/dream';
  const opening = openDatabase('/tmp', new TestLog(), url);
  await expect(opening).rejects.toMatchObject({
    code: 'cannot-write',
    message: expect.not.stringContaining('hush') as string,
  });
});
