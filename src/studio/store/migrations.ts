/**
 * How the tables came to be, step by step; each runs once on every database. To change a table:
 * a new step at the end, never a change of an earlier one.
 */
import type { Kysely, Migration } from 'kysely';
import { contestTables } from './migrations/contests.ts';

export const migrations: Readonly<Record<string, Migration>> = {
  '0001-orders-and-shelf': {
    async up(database: Kysely<unknown>) {
      await database.schema
        .createTable('orders')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('sequence', 'integer', (column) => column.notNull().unique())
        .addColumn('platform', 'text', (column) => column.notNull())
        .addColumn('event', 'text', (column) => column.notNull())
        .addColumn('person', 'text', (column) => column.notNull())
        .addColumn('server', 'text')
        .addColumn('state', 'text', (column) => column.notNull())
        .addColumn('wish', 'text', (column) => column.notNull())
        .addColumn('address', 'text', (column) => column.notNull())
        .addColumn('picture', 'text')
        .addColumn('result', 'text')
        .addColumn('failure', 'text')
        .addColumn('crashes', 'integer', (column) => column.notNull())
        .addColumn('interruptions', 'integer', (column) => column.notNull())
        .addColumn('delivery_begun', 'integer', (column) => column.notNull())
        .addColumn('forgotten', 'integer', (column) => column.notNull())
        .addColumn('created_at', 'bigint', (column) => column.notNull())
        .addColumn('updated_at', 'bigint', (column) => column.notNull())
        .addUniqueConstraint('orders_event', ['platform', 'event'])
        .execute();
      await database.schema.createIndex('orders_state').on('orders').column('state').execute();
      await database.schema
        .createIndex('orders_person')
        .on('orders')
        .columns(['platform', 'person', 'sequence'])
        .execute();
      await database.schema
        .createTable('shelf')
        .addColumn('collection', 'text', (column) => column.notNull())
        .addColumn('key', 'text', (column) => column.notNull())
        .addColumn('value', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('shelf_key', ['collection', 'key'])
        .execute();
    },
  },
  '0002-contests': contestTables,
};
