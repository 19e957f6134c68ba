/** The bot's memory: opened, and brought to this version's tables. */
import { access, constants } from 'node:fs/promises';
import { DEFAULT_MIGRATION_TABLE, Kysely, Migrator } from 'kysely';
import { DreamError } from '../../kit/errors.ts';
import type { Logger } from '../../kit/log.ts';
import { makeFolder } from '../../kit/make-folder.ts';
import type { Backend } from './backend.ts';
import { migrations } from './migrations.ts';
import { openServer } from './postgres.ts';
import { openEmbedded } from './sqlite.ts';
import type { Tables } from './tables.ts';

export interface OpenDatabase {
  readonly tables: Kysely<Tables>;
  close(): Promise<void>;
}

/**
 * @param url of a PostgreSQL server; without it, a file in the folder.
 * @throws DreamError 'cannot-write' where the folder cannot be made, and when another process has it
 *   or the server's database.
 */
export async function openDatabase(
  folder: string,
  log: Logger,
  url?: string,
): Promise<OpenDatabase> {
  await checkFolder(folder);
  const backend = url === undefined ? openEmbedded(folder) : await openServer(url, log);
  const tables = new Kysely<Tables>({ dialect: backend.dialect });
  const close = async (): Promise<void> => {
    await tables.destroy();
    await backend.release();
  };
  try {
    await migrate(tables, backend, log);
  } catch (error) {
    await close();
    throw error;
  }
  return { tables, close };
}

async function checkFolder(folder: string): Promise<void> {
  try {
    await makeFolder(folder);
    await access(folder, constants.W_OK);
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    const message = `the folder '${folder}' for orders and pictures cannot be made or written to (${code})`;
    throw new DreamError('cannot-write', message, 'DATA_DIR names another.', { cause: error });
  }
}

async function migrate(tables: Kysely<Tables>, backend: Backend, log: Logger): Promise<void> {
  const provider = { getMigrations: () => Promise.resolve({ ...migrations }) };
  const migrator = new Migrator({ db: tables, provider });
  await checkVersion(tables);
  const known = await migrator.getMigrations();
  const pending = known.filter(({ executedAt }) => executedAt === undefined);
  if (pending.length === 0) return;
  const backup = await backend.backUp(pending[0]!.name);
  if (backup !== null) log.info({ backup }, 'database copied before its tables change');
  const { error, results } = await migrator.migrateToLatest();
  // What it hands back is whatever a migration threw.
  if (error !== undefined) throw error as Error;
  for (const { migrationName } of results ?? []) log.info({ migrationName }, 'database migrated');
}

/** A newer version may have changed what this one would not understand. */
async function checkVersion(tables: Kysely<Tables>): Promise<void> {
  const found = await tables.introspection.getTables({ withInternalKyselyTables: true });
  if (!found.some(({ name }) => name === DEFAULT_MIGRATION_TABLE)) return;
  const done = await tables
    .withTables<{ [DEFAULT_MIGRATION_TABLE]: { name: string } }>()
    .selectFrom(DEFAULT_MIGRATION_TABLE)
    .select('name')
    .execute();
  const unknown = done.find(({ name }) => !(name in migrations));
  if (!unknown) return;
  throw new DreamError(
    'cannot-write',
    `the data folder was written by a newer version of this program ('${unknown.name}')`,
    'Install that version, or give this one a folder of its own.',
  );
}
