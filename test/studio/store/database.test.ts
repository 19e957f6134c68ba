import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import Database from 'libsql';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../../src/studio/store/database.ts';
import { OrderStore } from '../../../src/studio/store/orders.ts';
import { databaseShelf } from '../../../src/studio/store/shelf.ts';
import { temporaryFolder } from '../../helpers/folder.ts';
import { newOrder, TestLog } from '../../helpers/studio.ts';

const folder = temporaryFolder();
const folderOf = (name: string): string => join(folder, name);

describe('the database', () => {
  it('is made where there is none, without a backup', async () => {
    const path = folderOf('new');
    await (await openDatabase(path, new TestLog())).close();
    expect(existsSync(join(path, 'dream.db'))).toBe(true);
    expect(readdirSync(path).filter((name) => name.includes('before'))).toEqual([]);
  });

  it('is copied before its tables change, and only then', async () => {
    const path = folderOf('old');
    mkdirSync(path);
    const old = new Database(join(path, 'dream.db'));
    old.exec('CREATE TABLE precious (thing TEXT); INSERT INTO precious VALUES (42);');
    old.close();
    const log = new TestLog();
    const database = await openDatabase(path, log);
    await databaseShelf(database.tables).put('a', 'b', 1);
    await database.close();
    const copy = join(path, 'dream-before-0001-orders-and-shelf.db');
    expect(log.of('database copied before its tables change')).toEqual([{ backup: copy }]);
    expect(new Database(copy).prepare('SELECT thing FROM precious').all([])).toEqual([
      { thing: '42' },
    ]);
    const again = new TestLog();
    await (await openDatabase(path, again)).close();
    expect(again.entries).toEqual([]);
  });

  it('is migrated whole or not at all', async () => {
    const path = folderOf('half');
    mkdirSync(path);
    // In the way of the second migration, after several of its tables.
    const before = new Database(join(path, 'dream.db'));
    before.exec('CREATE TABLE contest_offers (thing TEXT)');
    before.close();
    await expect(openDatabase(path, new TestLog())).rejects.toThrow('contest_offers');
    const after = new Database(join(path, 'dream.db'));
    after.exec('DROP TABLE contest_offers');
    after.close();
    await (await openDatabase(path, new TestLog())).close();
    await (await openDatabase(path, new TestLog())).close();
  });

  it('says that the disk is full, and goes on when it is not any more', async () => {
    const database = await openDatabase(folderOf('disk'), new TestLog());
    const store = new OrderStore(database.tables);
    const mostPages = (most: string): Promise<unknown> =>
      sql.raw(`PRAGMA max_page_count = ${most}`).execute(database.tables);
    const add = (): Promise<unknown> =>
      store.add(newOrder({ address: { long: 'x'.repeat(10_000) } }), () => undefined);
    await mostPages('1');
    await expect(add()).rejects.toMatchObject({ code: 'SQLITE_FULL' });
    expect(await store.inStates(['received'])).toEqual([]);
    await mostPages('1000000');
    await add();
    expect(await store.inStates(['received'])).toHaveLength(1);
    await database.close();
  });

  it('belongs to one bot at a time', async () => {
    const path = folderOf('shared');
    const first = await openDatabase(path, new TestLog());
    await expect(openDatabase(path, new TestLog())).rejects.toMatchObject({
      code: 'cannot-write',
      message: expect.stringContaining('another bot') as string,
    });
    await first.close();
    await (await openDatabase(path, new TestLog())).close();
  });

  it('says which folder cannot be made', async () => {
    const path = folderOf('file');
    writeFileSync(path, '');
    await expect(openDatabase(join(path, 'data'), new TestLog())).rejects.toMatchObject({
      code: 'cannot-write',
      message: expect.stringMatching(
        /file\/data'.* cannot be made or written to \(ENOTDIR\)/,
      ) as string,
      hint: 'DATA_DIR names another.',
    });
  });

  it.each(['dream.db', 'lock.db'])(
    'says that %s is no database, and lets go of it',
    async (name) => {
      const path = folderOf(`damaged-${name}`);
      mkdirSync(path);
      writeFileSync(join(path, name), 'no database, however long one looks at it'.repeat(50));
      await expect(openDatabase(path, new TestLog())).rejects.toMatchObject({
        code: 'cannot-write',
        message: expect.stringContaining(name) as string,
      });
      rmSync(join(path, name));
      await (await openDatabase(path, new TestLog())).close();
    },
  );

  it('is not touched by an older version of the program', async () => {
    const path = folderOf('future');
    await (await openDatabase(path, new TestLog())).close();
    const future = new Database(join(path, 'dream.db'));
    future.exec("INSERT INTO kysely_migration VALUES ('0999-later', '2099')");
    future.close();
    await expect(openDatabase(path, new TestLog())).rejects.toMatchObject({
      code: 'cannot-write',
      message: expect.stringContaining('0999-later') as string,
    });
  });

  it('writes to the disk before it says so', async () => {
    const database = await openDatabase(folderOf('full'), new TestLog());
    const found = await Promise.all([
      sql`PRAGMA journal_mode`.execute(database.tables),
      sql`PRAGMA synchronous`.execute(database.tables),
    ]);
    expect(found.map(({ rows }) => rows[0])).toEqual([{ journal_mode: 'wal' }, { synchronous: 2 }]);
    await database.close();
  });
});

describe('the shelf', () => {
  it('keeps, replaces, lists and removes', async () => {
    const database = await openDatabase(folderOf('shelf'), new TestLog());
    const shelf = databaseShelf(database.tables);
    for (const key of ['c', 'a', 'b']) await shelf.put('letters', key, { key });
    await shelf.put('letters', 'a', [1, null]);
    await shelf.put('numbers', 'a', 7);
    expect(await shelf.get('letters', 'a')).toEqual([1, null]);
    expect(await shelf.get('letters', 'z')).toBeUndefined();
    expect((await shelf.list('letters')).map(({ key }) => key)).toEqual(['a', 'b', 'c']);
    expect(await shelf.list('letters', { last: 2 })).toEqual([
      { key: 'b', value: { key: 'b' } },
      { key: 'c', value: { key: 'c' } },
    ]);
    await shelf.remove('letters', 'b');
    expect((await shelf.list('letters')).map(({ key }) => key)).toEqual(['a', 'c']);
    await database.close();
  });
});
