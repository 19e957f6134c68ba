import type { Kysely } from 'kysely';
import type { Shelf } from '../../kit/shelf.ts';
import type { Tables } from './tables.ts';

/** A shelf in the database: what `put` has acknowledged is there after a crash. */
export function databaseShelf(tables: Kysely<Tables>): Shelf {
  return {
    async put(collection, key, value) {
      const row = { collection, key, value: JSON.stringify(value) };
      await tables
        .insertInto('shelf')
        .values(row)
        .onConflict((conflict) =>
          conflict.columns(['collection', 'key']).doUpdateSet({ value: row.value }),
        )
        .execute();
    },
    async get(collection, key) {
      const row = await tables
        .selectFrom('shelf')
        .select('value')
        .where('collection', '=', collection)
        .where('key', '=', key)
        .executeTakeFirst();
      return row && (JSON.parse(row.value) as unknown);
    },
    async list(collection, { last } = {}) {
      const query = tables
        .selectFrom('shelf')
        .select(['key', 'value'])
        .where('collection', '=', collection)
        .orderBy('key', last === undefined ? 'asc' : 'desc');
      const rows = await (last === undefined ? query : query.limit(last)).execute();
      if (last !== undefined) rows.reverse();
      return rows.map(({ key, value }) => ({ key, value: JSON.parse(value) as unknown }));
    },
    async remove(collection, key) {
      await tables
        .deleteFrom('shelf')
        .where('collection', '=', collection)
        .where('key', '=', key)
        .execute();
    },
  };
}
