import type { Kysely, Migration } from 'kysely';

type Database = Kysely<unknown>;

export const contestTables: Migration = {
  async up(database: Database) {
    await createContests(database);
    await createBallots(database);
    await database.schema
      .createTable('contest_announcements')
      .addColumn('contest', 'text', (column) => column.notNull())
      .addColumn('phase', 'text', (column) => column.notNull())
      .addColumn('state', 'text', (column) => column.notNull())
      .addColumn('attempts', 'integer', (column) => column.notNull())
      .addColumn('at', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('contest_announcements_key', ['contest', 'phase'])
      .execute();
  },
};

async function createContests(database: Database): Promise<void> {
  await database.schema
    .createTable('contests')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('platform', 'text', (column) => column.notNull())
    .addColumn('server', 'text')
    .addColumn('channel', 'text', (column) => column.notNull())
    .addColumn('event', 'text', (column) => column.notNull())
    .addColumn('phase', 'text', (column) => column.notNull())
    .addColumn('version', 'integer', (column) => column.notNull())
    .addColumn('votes', 'integer', (column) => column.notNull())
    .addColumn('due_at', 'bigint')
    .addColumn('started_at', 'bigint', (column) => column.notNull())
    .addColumn('ended_at', 'bigint')
    .addColumn('secret', 'text', (column) => column.notNull())
    .addColumn('results', 'text')
    .addUniqueConstraint('contests_event', ['platform', 'event'])
    .execute();
  await database.schema.createIndex('contests_due').on('contests').column('due_at').execute();
  await database.schema
    .createIndex('contests_place')
    .on('contests')
    .columns(['platform', 'server', 'started_at'])
    .execute();
  await database.schema
    .createTable('contest_events')
    .addColumn('contest', 'text', (column) => column.notNull())
    .addColumn('sequence', 'integer', (column) => column.notNull())
    .addColumn('event', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('contest_events_key', ['contest', 'sequence'])
    .execute();
}

async function createBallots(database: Database): Promise<void> {
  await database.schema
    .createTable('contest_ballots')
    .addColumn('contest', 'text', (column) => column.notNull())
    .addColumn('voter', 'text', (column) => column.notNull())
    .addColumn('pair', 'text', (column) => column.notNull())
    .addColumn('choice', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('contest_ballots_key', ['contest', 'voter', 'pair'])
    .execute();
  await database.schema
    .createTable('contest_ballot_log')
    .addColumn('contest', 'text', (column) => column.notNull())
    .addColumn('sequence', 'integer', (column) => column.notNull())
    .addColumn('voter', 'text', (column) => column.notNull())
    .addColumn('pair', 'text', (column) => column.notNull())
    .addColumn('choice', 'text', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('contest_ballot_log_key', ['contest', 'sequence'])
    .execute();
  await database.schema
    .createTable('contest_offers')
    .addColumn('contest', 'text', (column) => column.notNull())
    .addColumn('voter', 'text', (column) => column.notNull())
    .addColumn('pair', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('contest_offers_key', ['contest', 'voter'])
    .execute();
}
